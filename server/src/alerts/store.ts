/** Alerts as they are told: rows of the database by the contract's shapes, within a scope. */
import {
  type Alert,
  type AlertAnswer,
  type AlertLedger,
  type Alerts,
  type AlertTimeline,
  type EarlierAlerts,
  isRuledDimension,
  owns,
  type PendingAlert,
  type Reading,
  type Rule,
  type Scope,
} from '@room/contract';
import type { AlertInstanceRow, AlertRow, AlertTable, Cause, Documents } from '@room/database';
import { entryOf } from './timeline.ts';
import { outcomeIn, stateOf } from './turn.ts';

/** Ended ones that are listed. */
const MOST_ENDED = 200;
/** Of one rule that are looked at, and of those that are listed. */
const MOST_EARLIER = 500;
const MOST_SAME = 20;
const MOST_ANSWERED = 5;
/** Entries of a page of the ledger that are looked at. */
const LEDGER_PAGE = 100;

type Answered = AlertAnswer & { who: string; at: number };

export class AlertStore {
  readonly #table: AlertTable;
  readonly #rules: Pick<Documents<Rule>, 'list'>;

  constructor(table: AlertTable, rules: Pick<Documents<Rule>, 'list'>) {
    this.#table = table;
    this.#rules = rules;
  }

  async list(which: 'open' | 'ended', scope: Scope): Promise<Alerts> {
    const [rows, instances, rules, lookedAt] = await Promise.all([
      this.#table.list(which, MOST_ENDED),
      this.#table.instances(),
      this.#rules.list(),
      this.#table.lookedAt(),
    ]);
    const covered = coveredIn(instances, scope);
    const bodies = new Map(rules.map(({ id, body }) => [id, body]));
    const pending = which === 'open' ? instances.filter(({ state }) => state === 'pending') : [];
    return {
      ...(lookedAt === undefined ? {} : { evaluatedAt: Date.parse(lookedAt) }),
      alerts: rows.filter((row) => isSeen(row, scope)).map((row) => alertOf(row, covered)),
      pending: pending
        .filter((row) => isSeen(row, scope))
        .flatMap((row) => {
          const body = bodies.get(row.rule);
          return body === undefined ? [] : [pendingOf(row, body, Date.now())];
        }),
    };
  }

  /** Undefined where there is none, or it is of nobody in the scope. */
  async get(id: string, scope: Scope): Promise<AlertTimeline | undefined> {
    const row = await this.#table.get(id);
    if (row === undefined || !isSeen(row, scope)) return undefined;
    const [instances, entries] = await Promise.all([this.#table.instances(), this.#table.timeline(id)]);
    return { alert: alertOf(row, coveredIn(instances, scope)), entries: entries.map(entryOf) };
  }

  /** Of the alerts of a scope, before an entry. A page may have few, or none, and still go on. */
  async ledger(which: 'all' | 'told', scope: Scope, before?: number): Promise<AlertLedger> {
    const { entries, next } = await this.#table.ledger(before, LEDGER_PAGE);
    const rows = await this.#table.some([...new Set(entries.map(({ subject }) => subject))]);
    const seen = new Map(rows.filter((row) => isSeen(row, scope)).map((row) => [row.id, alertOf(row)]));
    return {
      entries: entries.flatMap((audited) => {
        const entry = entryOf(audited);
        const alert = seen.get(audited.subject);
        if (alert === undefined || (which === 'told' && entry.told === undefined)) return [];
        const { id, rule, dim, code, body } = alert;
        return [{ ...entry, alert: { id, rule, dim, code, body } }];
      }),
      ...(next === undefined ? {} : { next }),
    };
  }

  /** Of the same rule, within a scope: those of the same unit, and others from whose answers one may learn. */
  async earlier({ id, rule, dim, code, beganAt }: Alert, scope: Scope): Promise<EarlierAlerts> {
    const began_at = new Date(beganAt).toISOString();
    const rows = await this.#table.earlier({ id, rule, began_at }, MOST_EARLIER);
    const alerts = rows.filter((row) => isSeen(row, scope)).map((row) => alertOf(row));
    const isSame = (alert: Alert): boolean => alert.dim === dim && alert.code === code;
    return {
      same: alerts.filter(isSame).slice(0, MOST_SAME),
      answered: alerts
        .filter((alert) => !isSame(alert) && alert.answer !== undefined && alert.state === 'ended')
        .slice(0, MOST_ANSWERED),
    };
  }

  acknowledge(cause: Cause, id: string): Promise<AlertRow | undefined> {
    return this.#table.acknowledge(cause, id);
  }

  answer(cause: Cause, id: string, edited: number, answer: AlertAnswer): Promise<AlertRow | undefined> {
    return this.#table.answer(cause, id, edited, answer);
  }

  /** Whom a change of this alert concerns; everybody where it is not there. */
  async seenBy(id: string): Promise<(scope: Scope) => boolean> {
    const row = await this.#table.get(id);
    return row === undefined ? () => true : (scope) => isSeen(row, scope);
  }
}

export const dimOf = (dim: string): Alert['dim'] => (isRuledDimension(dim) ? dim : 'all');
export const isSeen = ({ dim, code }: Pick<AlertRow, 'dim' | 'code'>, scope: Scope): boolean =>
  owns(scope, dimOf(dim), code);

/** By portal, the instances of a scope that are unknown because of it, and do not ring by themselves. */
function coveredIn(instances: readonly AlertInstanceRow[], scope: Scope): ReadonlyMap<string, number> {
  const covered = new Map<string, number>();
  for (const row of instances) {
    const { state, alert, reading } = row;
    if (state !== 'unknown' || alert !== null || !isSeen(row, scope)) continue;
    const { missing } = JSON.parse(reading) as Reading;
    if (missing !== undefined) covered.set(missing, (covered.get(missing) ?? 0) + 1);
  }
  return covered;
}

/** `covered`: by portal, instances that are unknown because of it. */
export function alertOf(row: AlertRow, covered: ReadonlyMap<string, number> = new Map()): Alert {
  const outcome = outcomeIn(row.outcome);
  const answer = row.answer === null ? undefined : (JSON.parse(row.answer) as Answered);
  const body = JSON.parse(row.body) as Rule;
  const state = row.ended_at === null ? stateOf(row.state) : 'ended';
  return {
    id: row.id,
    rule: row.rule,
    ruleVersion: row.rule_version,
    dim: dimOf(row.dim),
    code: row.code,
    body,
    state: state === 'normal' || state === 'pending' ? 'ended' : state,
    since: Date.parse(row.since),
    beganAt: Date.parse(row.began_at),
    ...(row.ended_at === null ? {} : { endedAt: Date.parse(row.ended_at) }),
    ...(outcome === undefined ? {} : { outcome }),
    opened: JSON.parse(row.opened) as Reading,
    latest: JSON.parse(row.latest) as Reading,
    ...(row.acknowledged_at === null || row.acknowledged_by === null
      ? {}
      : { acknowledged: { who: row.acknowledged_by, at: Date.parse(row.acknowledged_at) } }),
    answerVersion: row.answer_version,
    ...(answer === undefined ? {} : { answer }),
    covers: body.when.kind === 'silent' ? (covered.get(row.code) ?? 0) : 0,
  };
}

/** What is due to ring rings at the next look: never in the past, whatever holds up who looks or became of the calendar. */
export const pendingOf = (
  { rule, dim, code, since, reading }: AlertInstanceRow,
  body: Rule,
  now: number,
): PendingAlert => ({
  rule,
  dim: dimOf(dim),
  code,
  body,
  since: Date.parse(since),
  ringsAt: Math.max(now, Date.parse(since) + body.forSeconds * 1_000),
  latest: JSON.parse(reading) as Reading,
});
