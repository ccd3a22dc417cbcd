/** One look at all rules: which instances change, and what that means for what rings. Pure but for the ids of new alerts. */
import { randomUUID } from 'node:crypto';
import {
  ALERT_OUTCOMES,
  type AlertOutcome,
  type Catalogue,
  type Condition,
  INSTANCE_STATES,
  type Instance,
  type InstanceState,
  localDay,
  type Moment,
  membersOf,
  NORMAL,
  type Reading,
  type Rule,
  type RuleMember,
  step,
  targetsOn,
} from '@room/contract';
import type { AlertInstanceRow, AlertMove, AlertRow, Document, InstanceChange } from '@room/database';
import { turn as nextTurn } from '@room/runtime';
import { isTakenBack, type Observed, observe, type Scene, type Seen, sceneOf } from './observe.ts';

/** An instance that is not normal, as it is kept. */
export interface Kept {
  row: AlertInstanceRow;
  instance: Instance;
  reading: Reading;
  /** Of its alert, where it has one: what it began with. */
  opened?: Reading;
}

export const keyOf = ({ rule, dim, code }: Pick<AlertInstanceRow, 'rule' | 'dim' | 'code'>): string =>
  `${rule}\n${dim}\n${code}`;

export interface Turn {
  rules: readonly Document<Rule>[];
  kept: ReadonlyMap<string, Kept>;
  seen: Seen;
  catalogue: Catalogue;
  /** Whether a correction undid the crossing that this alert of a past stretch began with. */
  isUndone?: (kept: Kept) => boolean;
}

export interface Turned {
  changes: InstanceChange[];
  /** Newest readings of open alerts that did not change their state, by id. */
  latest: Map<string, Reading>;
}

/** Milliseconds that a look holds the event loop at a time: walls and portals are served in between. */
const SLICE_MS = 5;

/** All of it at once. */
export function turn(of: Turn): Turned {
  const going = turning(of);
  for (;;) {
    const next = going.next();
    if (next.done === true) return next.value;
  }
}

/**
 * The same in slices, with a turn of the event loop between them; nobody else may change what it was given meanwhile. `spent` is told
 * how long each slice was.
 */
export async function turnInSlices(of: Turn, spent: (ms: number) => void = () => undefined): Promise<Turned> {
  const going = turning(of);
  let began = performance.now();
  for (;;) {
    const next = going.next();
    const took = performance.now() - began;
    if (next.done !== true && took < SLICE_MS) continue;
    spent(took);
    if (next.done === true) return next.value;
    await nextTurn();
    began = performance.now();
  }
}

/** Stops after each instance. */
function* turning({
  rules,
  kept,
  seen: told,
  catalogue,
  isUndone = () => false,
}: Turn): Generator<undefined, Turned, undefined> {
  const scene = sceneOf(told, catalogue);
  const today = localDay(scene.at, catalogue.timeZone);
  const left = new Map(kept);
  const turned: Turned = { changes: [], latest: new Map() };
  const covered = coveredBy(coveredSources(rules, catalogue, today), scene);
  for (const rule of rules) {
    if (!rule.body.isEnabled || isOver(rule.body.when, catalogue, today)) continue;
    const { forSeconds, keepSeconds } = rule.body;
    const timing = { forMs: forSeconds * 1_000, keepMs: keepSeconds * 1_000 };
    for (const member of membersOf(rule.body, catalogue, today)) {
      const key = keyOf({ rule: rule.id, ...member });
      const before = left.get(key);
      left.delete(key);
      yield;
      const seen = observe(rule.body, member, scene, catalogue);
      if (seen === undefined) continue;
      const instance = step(before?.instance ?? NORMAL, seen.look, scene, timing);
      if (instance !== (before?.instance ?? NORMAL))
        turned.changes.push(changeOf({ rule, member, before, instance, seen, covered, isUndone }));
      else if (before?.row.alert != null) turned.latest.set(before.row.alert, seen.reading);
    }
  }
  for (const gone of left.values()) turned.changes.push(withdrawn(gone, scene.at));
  return turned;
}

/** What is asked of a target is settled once its time is over, and nothing was asked before it began. */
const isOver = (when: Condition, catalogue: Catalogue, today: string): boolean =>
  when.kind === 'target' && !targetsOn(catalogue, today).some(({ id }) => id === when.target);

/** Portals whose silence rings by itself: what is not known because of it does not ring besides. */
function coveredSources(rules: readonly Document<Rule>[], catalogue: Catalogue, today: string): ReadonlySet<string> {
  return new Set(
    rules
      .filter(({ body }) => body.isEnabled && body.when.kind === 'silent')
      .flatMap(({ body }) => membersOf(body, catalogue, today).map(({ code }) => code)),
  );
}

/**
 * That nobody computes numbers every screen says; that too few report is said where each that is silent rings; and what nobody had
 * reported earlier nobody can mend.
 */
function coveredBy(sources: ReadonlySet<string>, { state }: Scene): (missing: string) => boolean {
  const areAll = Object.entries(state.sources).every(([id, { status }]) => status !== 'silent' || sources.has(id));
  return (missing) =>
    missing === 'room' ||
    missing === 'earlier' ||
    missing === 'link' ||
    (missing === 'coverage' ? areAll : sources.has(missing));
}

interface Changing {
  rule: Document<Rule>;
  member: RuleMember;
  before: Kept | undefined;
  instance: Instance;
  seen: Observed;
  covered: (missing: string) => boolean;
  isUndone: (kept: Kept) => boolean;
}

const text = (at: number): string => new Date(at).toISOString();
const json = (value: unknown): string => JSON.stringify(value);

function changeOf(changing: Changing): InstanceChange {
  const { rule, member, before, instance, seen } = changing;
  const { state, since, former } = instance;
  const { reading } = seen;
  const key = { rule: rule.id, dim: member.dim, code: member.code };
  const row: AlertInstanceRow = {
    ...key,
    state,
    since: text(since),
    former: former ?? null,
    alert: before?.row.alert ?? null,
    reading: json(reading),
    version: before?.row.version ?? 0,
  };
  const alert = row.alert ?? undefined;
  const change = { from: row.version, key };
  if (alert !== undefined) {
    const outcome = outcomeOf(changing);
    const set: AlertMove = {
      state: outcome === undefined ? state : 'ended',
      since: row.since,
      latest: row.reading,
      ...(outcome === undefined ? {} : { ended_at: row.since, outcome }),
    };
    const told = {
      alert,
      action: actionOf(changing),
      after: { reading, ...(outcome === undefined ? {} : { outcome }) },
    };
    const to = state === 'normal' ? undefined : outcome === undefined ? row : { ...row, alert: null };
    return { ...change, to, moves: { id: alert, set }, told };
  }
  if (!rings(changing)) return { ...change, to: state === 'normal' ? undefined : row };
  const begins: AlertRow = {
    id: randomUUID(),
    ...key,
    rule_version: rule.version,
    body: json(rule.body),
    state,
    since: row.since,
    began_at: row.since,
    ended_at: null,
    outcome: null,
    opened: row.reading,
    latest: row.reading,
    acknowledged_at: null,
    acknowledged_by: null,
    answer: null,
    answer_version: 0,
  };
  const told = { alert: begins.id, action: actionOf(changing), after: { rule: key, reading } };
  return { ...change, to: { ...row, alert: begins.id }, begins, told };
}

/** What is unknown rings too, unless something else that rings says why, or nobody computes numbers at all. */
function rings({ instance: { state }, seen: { reading }, covered }: Changing): boolean {
  if (state === 'firing') return true;
  return state === 'unknown' && !covered(reading.missing ?? '');
}

/** Undefined while its alert goes on. */
function outcomeOf({ rule, before, instance: { state }, seen, isUndone }: Changing): AlertOutcome | undefined {
  if (state !== 'normal' && state !== 'pending') return undefined;
  const { state: was, former } = before?.instance ?? NORMAL;
  const hadRung = was !== 'unknown' || former === 'firing' || former === 'recovering';
  if (!hadRung) return 'data-back';
  const { opened } = before ?? {};
  const isCorrected =
    before !== undefined &&
    ((opened !== undefined && isTakenBack(rule.body.when, opened, seen.reading)) || isUndone(before));
  return isCorrected ? 'corrected' : 'recovered';
}

function actionOf({ before, instance: { state } }: Changing): string {
  const { state: was, former } = before?.instance ?? NORMAL;
  if (state === 'unknown') return 'alert.unknown';
  if (state === 'recovering') return 'alert.recovering';
  if (state !== 'firing') return 'alert.ended';
  if (was === 'recovering') return 'alert.fired_again';
  return was === 'unknown' && (former === 'firing' || former === 'recovering') ? 'alert.known_again' : 'alert.fired';
}

/** Its rule was switched off or removed, its unit is no more, or the time of its target is over. */
function withdrawn({ row, instance, reading }: Kept, at: number): InstanceChange {
  const { rule, dim, code, version, alert } = row;
  const change = { from: version, key: { rule, dim, code }, to: undefined };
  if (alert === null) return change;
  const ended_at = text(Math.max(at, instance.since));
  const outcome: AlertOutcome = 'withdrawn';
  const set = { state: 'ended', since: ended_at, latest: json(reading), ended_at, outcome };
  return { ...change, moves: { id: alert, set }, told: { alert, action: 'alert.ended', after: { outcome } } };
}

export const stateOf = (text: string): InstanceState => INSTANCE_STATES.find((state) => state === text) ?? 'normal';
export const outcomeIn = (text: string | null): AlertOutcome | undefined =>
  ALERT_OUTCOMES.find((outcome) => outcome === text);

/** As it was read from the database at `now`: what was written before is as long ago as the calendar says. */
export function keptOf(row: AlertInstanceRow, opened: Reading | undefined, now: Moment): Kept {
  const since = Date.parse(row.since);
  const former = row.former === null ? undefined : stateOf(row.former);
  return {
    row,
    instance: {
      state: stateOf(row.state),
      since,
      tick: now.tick - Math.max(0, now.at - since),
      ...(former === undefined || former === 'unknown' ? {} : { former }),
    },
    reading: JSON.parse(row.reading) as Reading,
    ...(opened === undefined ? {} : { opened }),
  };
}
