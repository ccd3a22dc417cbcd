/** A look at rules: who is an instance, what is known of each, what it begins and ends, from states of the wall as it is. */

import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import {
  type Catalogue,
  catalogueSchema,
  type Moment,
  membersOf,
  NOTHING,
  type Rule,
  ruleSchema,
  type SourceStatus,
  unknownInRule,
  type WallState,
} from '@room/contract';
import type { Document, InstanceChange } from '@room/database';
import { beforeAll, describe, expect, it } from 'vitest';
import { pendingOf } from '../../../server/src/alerts/store.ts';
import { type Kept, keptOf, keyOf, turn, turnInSlices } from '../../../server/src/alerts/turn.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-11-19T03:00:00Z');
const label = { vi: 'tên', en: 'name' };

let catalogue: Catalogue;
let starters: Readonly<Record<string, Rule>>;
beforeAll(async () => {
  ({ catalogue, rules: starters } = await loadCatalogue(DEFAULT_CATALOGUE));
});

const ruleOf = (given: object): Rule =>
  ruleSchema.parse({ label, reason: label, owner: 'somebody', severity: 'warning', ...given });
const kept = (id: string, given: object): Document<Rule> => ({
  id,
  version: 1,
  who: 'test',
  at: new Date(START).toISOString(),
  body: ruleOf(given),
});
const above = (limit: number, more: object = {}): object => ({
  kind: 'threshold',
  measure: 'submitted',
  window: { kind: 'today' },
  side: 'above',
  against: { kind: 'value', limit },
  ...more,
});

interface Told {
  submitted?: number;
  status?: SourceStatus;
  receivedAt?: number;
  day?: string;
  more?: object;
  overdue?: number;
}

/** The national portal reports; of the ministry's own that is told. */
function stateOf({ submitted = 0, status = 'reporting', receivedAt, day = '2026-11-19', more = {} }: Told): WallState {
  const sources: WallState['sources'] = Object.fromEntries(
    catalogue.sources.map(({ id }) => [id, { status: 'never' as const, weight: 0 }]),
  );
  sources['urn:portal:national'] = { status: 'reporting', weight: 0.5, reportedTo: START };
  const heard = receivedAt === undefined ? {} : { receivedAt };
  sources['urn:portal:agency:MPS'] = { status, weight: 0.5, reportedTo: START, ...heard };
  return {
    period: { from: day, to: day },
    kind: 'now',
    computedAt: START,
    simulated: false,
    events: 1,
    total: { ...NOTHING, submitted },
    coverage: { asOf: START, share: 1 },
    coverageNow: { asOf: START, share: 1 },
    hours: {},
    minutes: {},
    days: {},
    agencies: { MPS: { ...NOTHING, submitted } },
    provinces: {},
    services: {},
    channels: {},
    statuses: {},
    sources,
    lateChanges: {},
    pipeline: {},
    ...more,
  };
}

const levelsIn = ({ overdue }: Told) =>
  new Map([['agency', new Map(overdue === undefined ? [] : [['MPS', { backlogOverdue: overdue, asOf: START }]])]]);

/** A room that is looked at once and again, as the evaluator does. */
class Looked {
  readonly #rules: Document<Rule>[];
  #kept = new Map<string, Kept>();
  #now: Moment = { at: START, tick: 0 };
  readonly said: string[] = [];
  /** What open alerts became by the last look. */
  moved: string[] = [];

  constructor(...rules: Document<Rule>[]) {
    this.#rules = rules;
  }

  /** What is told of alerts by this look; `set` is by how much the calendar was set ahead since the start. */
  at(minutes: number, told: Told, isStale = false, set = 0): string[] {
    this.#now = { at: START + minutes * MINUTE + set, tick: minutes * MINUTE };
    const seen = { state: stateOf(told), ...this.#now, isStale, last: new Map(), levels: levelsIn(told) };
    const { changes } = turn({ rules: this.#rules, kept: this.#kept, seen, catalogue });
    this.#take(changes);
    this.moved = changes.flatMap(({ moves }) => moves?.set.state ?? []);
    return changes.flatMap(({ told, moves }) =>
      told === undefined ? [] : [`${told.action}${moves?.set.outcome == null ? '' : ` ${moves.set.outcome}`}`],
    );
  }

  #take(changes: readonly InstanceChange[]): void {
    for (const { key, to, from, begins } of changes) {
      const before = this.#kept.get(keyOf(key));
      if (to === undefined) this.#kept.delete(keyOf(key));
      else {
        const opened = begins === undefined ? before?.opened : JSON.parse(begins.opened);
        this.#kept.set(keyOf(key), keptOf({ ...to, version: from + 1 }, opened, this.#now));
      }
    }
  }

  since(): string[] {
    return [...this.#kept.values()].map(({ row }) => row.since);
  }

  /** Of each instance, the alert that is open. */
  alerts(): (string | null)[] {
    return [...this.#kept.values()].map(({ row }) => row.alert);
  }

  readings(): unknown[] {
    return [...this.#kept.values()].map(({ reading }) => reading);
  }

  states(): string[] {
    return [...this.#kept.values()].map(({ row }) => `${row.rule} ${row.code} ${row.state}`);
  }
}

const MPS = { over: { dim: 'agency', codes: ['MPS'] } };

describe('a threshold', () => {
  it('rings once it held for long enough, and ends once it was over for long enough', () => {
    const looked = new Looked(kept('R', { ...MPS, when: above(100), forSeconds: 120, keepSeconds: 60 }));
    expect(looked.at(0, { submitted: 100 })).toEqual([]);
    expect(looked.states()).toEqual([]);
    expect(looked.at(1, { submitted: 101 })).toEqual([]);
    expect(looked.states()).toEqual(['R MPS pending']);
    expect(looked.at(2, { submitted: 101 })).toEqual([]);
    expect(looked.at(3, { submitted: 101 })).toEqual(['alert.fired']);
    expect(looked.at(4, { submitted: 150 })).toEqual([]);
    // A new day.
    expect(looked.at(5, { submitted: 1, day: '2026-11-20' })).toEqual(['alert.recovering']);
    expect(looked.at(5.5, { submitted: 200, day: '2026-11-20' })).toEqual(['alert.fired_again']);
    expect(looked.at(6, { submitted: 1, day: '2026-11-20' })).toEqual(['alert.recovering']);
    expect(looked.at(7, { submitted: 1, day: '2026-11-20' })).toEqual(['alert.ended recovered']);
    expect(looked.states()).toEqual([]);
  });

  it('neither rings nor ends because somebody set the calendar, and says since when by what it was set to', () => {
    const day = 24 * 60 * MINUTE;
    const looked = new Looked(kept('R', { ...MPS, when: above(100), forSeconds: 120, keepSeconds: 120 }));
    looked.at(0, { submitted: 101 });
    expect(looked.at(1, { submitted: 101 }, false, day)).toEqual([]);
    expect(looked.at(1.5, { submitted: 101 }, false, -day)).toEqual([]);
    expect(looked.at(2, { submitted: 101 }, false, day)).toEqual(['alert.fired']);
    expect(looked.since()).toEqual([new Date(START + 2 * MINUTE + day).toISOString()]);
    looked.at(3, { submitted: 1 }, false, day);
    expect(looked.at(4, { submitted: 1 }, false, 3 * day)).toEqual([]);
    expect(looked.at(5, { submitted: 1 }, false, -day)).toEqual(['alert.ended corrected']);
  });

  it('does not end between its limit and where it has recovered', () => {
    const when = above(100, { against: { kind: 'value', limit: 100, recover: 80 } });
    const looked = new Looked(kept('R', { ...MPS, when }));
    expect(looked.at(0, { submitted: 101 })).toEqual(['alert.fired']);
    expect(looked.at(1, { submitted: 90 })).toEqual([]);
    expect(looked.at(2, { submitted: 80 })).toEqual(['alert.ended corrected']);
  });

  it('says that a correction undid it, and that a new day did not', () => {
    const looked = new Looked(kept('R', { ...MPS, when: above(100) }));
    looked.at(0, { submitted: 150 });
    expect(looked.at(1, { submitted: 90 })).toEqual(['alert.ended corrected']);
    looked.at(2, { submitted: 150 });
    expect(looked.at(3, { submitted: 90, day: '2026-11-20' })).toEqual(['alert.ended recovered']);
  });

  it('of a share says nothing of few, and takes the limits of the catalogue by name', () => {
    const when = {
      ...above(0),
      measure: 'shareOnTime',
      side: 'below',
      against: { kind: 'value', limit: 'onTimeAct' },
      enough: 'finishedEnough',
    };
    const { onTimeAct, finishedEnough } = catalogue.thresholds;
    const looked = new Looked(kept('R', { ...MPS, when }));
    const share = (onTime: number, late: number): Told => ({
      more: { agencies: { MPS: { ...NOTHING, onTime, late } } },
    });
    expect(looked.at(0, share(1, finishedEnough - 2))).toEqual([]);
    expect(looked.at(1, share(1, finishedEnough))).toEqual(['alert.fired']);
    expect(looked.at(2, share(1_000 * onTimeAct, 1_000 * (1 - onTimeAct)))).toEqual(['alert.ended recovered']);
  });

  it('of what waits is decided by what was last reported, and by nothing where nobody told of it', () => {
    const when = above(0, {
      measure: 'backlogOverdue',
      window: { kind: 'now' },
      against: { kind: 'value', limit: 36_000, recover: 30_000 },
    });
    const looked = new Looked(kept('R', { ...MPS, when }));
    expect(looked.at(0, { overdue: 36_001 })).toEqual(['alert.fired']);
    expect(looked.at(1, {})).toEqual([]);
    expect(looked.at(2, { overdue: 30_001 })).toEqual([]);
    expect(looked.at(3, { overdue: 30_000 })).toEqual(['alert.ended recovered']);
  });

  it('against the usual range is crossed beyond its edge', () => {
    const when = above(0, { against: { kind: 'usual', beyond: 0.2 } });
    const looked = new Looked(kept('R', { ...MPS, when }));
    const held = (submitted: number, days: number): Told => ({
      more: { agencies: { MPS: { ...NOTHING, submitted, usual: { low: 80, median: 90, high: 100, days } } } },
    });
    expect(looked.at(0, held(500, 1))).toEqual([]);
    expect(looked.at(1, held(120, 8))).toEqual([]);
    expect(looked.at(2, held(121, 8))).toEqual(['alert.fired']);
  });
});

describe('where data stops', () => {
  it('what rings becomes unknown and goes on as the same; nothing is resolved', () => {
    const looked = new Looked(kept('R', { ...MPS, when: above(100) }));
    expect(looked.at(0, { submitted: 150 })).toEqual(['alert.fired']);
    expect(looked.at(1, { submitted: 0, status: 'silent' })).toEqual(['alert.unknown']);
    expect(looked.at(500, { submitted: 0, status: 'silent' })).toEqual([]);
    expect(looked.at(501, { submitted: 150 })).toEqual(['alert.known_again']);
    expect(looked.at(502, { submitted: 150 }, true)).toEqual(['alert.unknown']);
    expect(looked.at(503, { submitted: 90 })).toEqual(['alert.ended corrected']);
  });

  it('what did not ring is an alert of its own, which ends when data are back', () => {
    const looked = new Looked(kept('R', { ...MPS, when: above(100) }));
    expect(looked.at(0, {})).toEqual([]);
    expect(looked.at(1, { status: 'silent' })).toEqual(['alert.unknown']);
    expect(looked.at(2, {})).toEqual(['alert.ended data-back']);
  });

  it('data that are back and cross the limit end that alert, and what rings then is another', () => {
    const looked = new Looked(kept('R', { ...MPS, when: above(100), forSeconds: 120 }));
    expect(looked.at(0, { status: 'silent' })).toEqual(['alert.unknown']);
    const [silent] = looked.alerts();
    expect(silent).not.toBeNull();
    expect(looked.at(1, { submitted: 150 })).toEqual(['alert.ended data-back']);
    expect([looked.states(), looked.alerts(), looked.moved]).toEqual([['R MPS pending'], [null], ['ended']]);
    expect(looked.at(3, { submitted: 150 })).toEqual(['alert.fired']);
    expect(looked.alerts()).not.toContain(silent);
    expect(looked.alerts()).not.toContain(null);
  });

  it('one alert says that a portal is silent, not each that follows from it', () => {
    const silent = kept('S', { over: { dim: 'source' }, when: { kind: 'silent' } });
    const looked = new Looked(kept('R', { ...MPS, when: above(100) }), silent);
    expect(looked.at(0, {})).toEqual([]);
    expect(looked.at(1, { status: 'silent' })).toEqual(['alert.fired']);
    expect(looked.states()).toEqual(['R MPS unknown', 'S urn:portal:agency:MPS firing']);
    expect(looked.at(2, {})).toEqual(['alert.ended recovered']);
    expect(looked.states()).toEqual([]);
  });

  it('a portal that fills in what it had not sent is heard, and does not ring', () => {
    const silent = kept('S', { over: { dim: 'source' }, when: { kind: 'silent' } });
    const looked = new Looked(silent);
    const filling = { status: 'silent', receivedAt: START + MINUTE } as const;
    expect(looked.at(1, filling)).toEqual([]);
    expect(looked.at(24 * 60, filling)).toEqual(['alert.fired']);
  });

  it('a room that computes nothing rings for no unit, and says of what rang that it is unknown', () => {
    const silent = kept('S', { over: { dim: 'source' }, when: { kind: 'silent' } });
    const looked = new Looked(kept('R', { ...MPS, when: above(100) }), silent);
    looked.at(0, { submitted: 150 });
    expect(looked.at(1, { submitted: 150 }, true)).toEqual(['alert.unknown']);
  });

  it('the country is unknown while too little of it is reported', () => {
    const looked = new Looked(kept('R', { over: { dim: 'all' }, when: above(100) }));
    expect(looked.at(0, { submitted: 150 })).toEqual(['alert.fired']);
    expect(looked.at(1, { submitted: 150, status: 'silent' })).toEqual(['alert.unknown']);
  });
});

describe('where too little is reported to tell', () => {
  const when = {
    kind: 'ratio',
    part: 'late',
    whole: 'submitted',
    window: { kind: 'today' },
    side: 'above',
    limit: 0.5,
  };
  const rule = kept('R', { ...MPS, when: { ...when, least: 20 }, forSeconds: 120, keepSeconds: 60 });
  const of = (late: number, submitted: number): Told => ({
    more: { agencies: { MPS: { ...NOTHING, late, submitted } } },
  });

  it('what waits to ring waits no longer, and begins anew', () => {
    const looked = new Looked(rule);
    looked.at(0, of(30, 40));
    expect(looked.states()).toEqual(['R MPS pending']);
    expect(looked.at(1, of(1, 1))).toEqual([]);
    expect(looked.states()).toEqual([]);
    looked.at(2, of(30, 40));
    expect(looked.at(3, of(30, 40))).toEqual([]);
    expect(looked.at(4, of(30, 40))).toEqual(['alert.fired']);
  });

  it('what rings goes on as unknown, says so and of when, and ends only by what says so', () => {
    const looked = new Looked(rule);
    looked.at(0, of(30, 40));
    expect(looked.at(2, of(30, 40))).toEqual(['alert.fired']);
    expect(looked.at(3, of(1, 1))).toEqual(['alert.unknown']);
    expect(looked.readings()).toEqual([expect.objectContaining({ missing: 'few', whole: 1, to: START })]);
    expect(looked.at(600, of(1, 1))).toEqual([]);
    expect(looked.at(601, of(1, 40))).toEqual(['alert.recovering']);
    expect(looked.at(602, of(1, 40))).toEqual(['alert.ended recovered']);
  });

  it('an alert that nothing was known ends, for there are data again', () => {
    const looked = new Looked(rule);
    looked.at(0, of(1, 1));
    expect(looked.at(1, { status: 'silent' })).toEqual(['alert.unknown']);
    expect(looked.at(2, of(1, 1))).toEqual(['alert.ended data-back']);
  });
});

it('what waits never says that it rings in the past', () => {
  const row = {
    rule: 'R',
    dim: 'agency',
    code: 'MPS',
    state: 'pending',
    since: new Date(START).toISOString(),
    former: null,
    alert: null,
    reading: '{"at":0}',
    version: 1,
  };
  const body = ruleOf({ ...MPS, when: above(1), forSeconds: 120 });
  const ringsAt = (now: number): number => pendingOf(row, body, START + now).ringsAt - START;
  expect([0, 120_000, 500_000].map(ringsAt)).toEqual([120_000, 120_000, 500_000]);
});

it('an alert ends as withdrawn with its rule', () => {
  const rule = kept('R', { ...MPS, when: above(100) });
  const looked = new Looked(rule);
  looked.at(0, { submitted: 150 });
  rule.body = { ...rule.body, isEnabled: false };
  expect(looked.at(1, { submitted: 150 })).toEqual(['alert.ended withdrawn']);
  expect(looked.states()).toEqual([]);
});

it('an alert of a target ends as withdrawn once the time of its target is over', () => {
  const target = catalogue.targets?.[0];
  expect(target).toBeDefined();
  const { id = '', by = '' } = target ?? {};
  const looked = new Looked(kept('R', { over: { dim: 'all' }, when: { kind: 'target', target: id, limit: 0.5 } }));
  const lastDay = Date.parse(`${by}T12:00:00+07:00`) - START;
  const foreseen = (days: number, targets: object[]): Told => {
    const madeAt = START + lastDay + days * 24 * 60 * MINUTE;
    return { more: { forecasts: { madeAt, knownTo: madeAt, targets, projections: {}, episodes: [] } } };
  };
  expect(looked.at(0, foreseen(0, [{ id, probability: 0.2 }]), false, lastDay)).toEqual(['alert.fired']);
  expect(looked.at(1, foreseen(0, []), false, lastDay)).toEqual([]);
  expect(looked.at(2, foreseen(1, []), false, lastDay + 24 * 60 * MINUTE)).toEqual(['alert.ended withdrawn']);
});

describe('a rule', () => {
  it('over each of a kind has one instance for each that exists today', () => {
    const of = (over: object): string[] =>
      membersOf(ruleOf({ over, when: above(1) }), catalogue, '2026-11-19').map(({ code }) => code);
    expect(of({ dim: 'province' })).toHaveLength(34);
    const services = catalogue.services.filter(({ agency }) => agency === 'MPS').map(({ code }) => code);
    expect(services.length).toBeGreaterThan(1);
    expect(of({ dim: 'service', agency: 'MPS' })).toEqual(services);
    expect(of({ dim: 'agency', codes: ['MPS'] })).toEqual(['MPS']);
    expect(of({ dim: 'all' })).toEqual(['']);
  });

  it.each([
    ['over.dim', { over: { dim: 'agency' }, when: { kind: 'silent' } }],
    ['over.dim', { over: { dim: 'source' }, when: above(1) }],
    ['when.against.limit', { ...MPS, when: above(1.5, { measure: 'shareOnTime' }) }],
    ['when.against.recover', { ...MPS, when: above(1, { against: { kind: 'value', limit: 1, recover: 2 } }) }],
    ['when.against', { ...MPS, when: above(0, { measure: 'late', against: { kind: 'usual', beyond: 0.1 } }) }],
    ['when.window', { ...MPS, when: above(1, { measure: 'backlogOverdue' }) }],
    ['when.window', { ...MPS, when: above(1, { window: { kind: 'now' } }) }],
    ['when.enough', { ...MPS, when: above(1, { enough: 30 }) }],
    ['when.measure', { ...MPS, when: above(1, { measure: 'unheard-of' }) }],
  ])('that cannot be is refused by the name of its field: %s', (field, given) => {
    const found = ruleSchema.safeParse({ label, reason: label, owner: 'somebody', severity: 'warning', ...given });
    expect(found.error?.issues.map(({ path }) => path.join('.'))).toContain(field);
  });

  it('over a unit that the catalogue does not have is named', () => {
    const named = ruleOf({ over: { dim: 'agency', codes: ['NOPE'] }, when: above(1) });
    expect(unknownInRule(named, catalogue)).toContain('agency NOPE');
  });
});

it('the starter rules are valid, and quiet in a room that reports as usual', () => {
  expect(Object.keys(starters).length).toBeGreaterThan(4);
  expect(catalogueSchema.parse(catalogue).id).toBe(catalogue.id);
  const looked = new Looked(...Object.entries(starters).map(([id, rule]) => kept(id, rule)));
  for (const minutes of [0, 1, 60, 120]) expect(looked.at(minutes, { submitted: 10 })).toEqual([]);
  expect(looked.states()).toEqual([]);
});

it('a look at twenty thousand instances leaves the event loop free in between, and says the same', {
  timeout: 60_000,
}, async () => {
  const over = { over: { dim: 'province' }, when: above(1_000_000) };
  const rules = Array.from({ length: 590 }, (_, n) => kept(`R-${n}`, over));
  const seen = {
    state: stateOf({}),
    at: START,
    tick: 0,
    isStale: false,
    last: new Map(),
    levels: new Map(),
  };
  const of = { rules, kept: new Map<string, Kept>(), seen, catalogue };
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const began = performance.now();
  const sliced = await turnInSlices(of);
  const took = performance.now() - began;
  isOver = true;
  process.stdout.write(`a look at ${34 * rules.length} instances: ${took.toFixed(0)} ms in ${turns} turns\n`);
  expect(turns).toBeGreaterThan(3);
  expect(sliced).toEqual(turn(of));
});
