/**
 * How long rows are kept, by table. Hours, days, months, drill-downs and the identities of counted events stay for ever: totals
 * of any past period are read from them, and an event that is sent again after years must still count once.
 */
import type { Access } from './access.ts';
import { type Dialect, onCluster, ttlIn } from './migrate.ts';
import type { Quarantine } from './quarantine.ts';

/** Days; undefined keeps for ever. */
export interface Retention {
  seconds: number | undefined;
  minutes: number | undefined;
  /** The base table: counted from when the room took an event, so that a late one can still be looked at. */
  submissions: number | undefined;
  /** Reports of levels and of links. */
  backlog: number | undefined;
  /** Forecasts and what walls showed of them, from when they were made; projections of totals and episodes stay. */
  forecasts: number | undefined;
  /** What walls showed: to the record, and once a minute. */
  pulses: number | undefined;
  shown: number | undefined;
  /** Cases in quarantine, from when they were resolved. Unresolved ones stay, whatever their age. */
  resolved: number | undefined;
}

type KeptTable = Exclude<keyof Retention, 'resolved'>;

const TABLES: readonly { keeps: KeptTable; table: string; instant: string }[] = [
  { keeps: 'seconds', table: 'rollup_second', instant: 'bucket' },
  { keeps: 'minutes', table: 'rollup_minute', instant: 'bucket' },
  { keeps: 'submissions', table: 'submission', instant: 'toDateTime(received_at)' },
  { keeps: 'backlog', table: 'backlog', instant: 'toDateTime(received_at)' },
  { keeps: 'backlog', table: 'link', instant: 'toDateTime(received_at)' },
  { keeps: 'forecasts', table: 'forecast', instant: 'toDateTime(made_at)' },
  { keeps: 'forecasts', table: 'foresight', instant: 'toDateTime(made_at)' },
  { keeps: 'pulses', table: 'shown_pulse', instant: 'toDateTime(computed_at)' },
  { keeps: 'shown', table: 'shown_minute', instant: 'toDateTime(computed_at)' },
  { keeps: 'shown', table: 'shown_answer', instant: 'toDateTime(at)' },
];

/** Views that leave out what is older than their table keeps it, judged against when the log took the event. */
const VIEWS: readonly { keeps: KeptTable; view: string }[] = [
  { keeps: 'seconds', view: 'rollup_second_from_submission' },
  { keeps: 'minutes', view: 'rollup_minute_from_block_minute' },
];
const LIMIT = /toIntervalDay\((\d+)\)/;
/** Days; the contract takes nothing so old. */
const EVER = 36_500;

const SWEEP_MS = 6 * 3_600_000;
const DAY_MS = 86_400_000;

/** Gives each table the retention that is set, where it has another; returns what changed, in words. */
export async function applyRetention(access: Access, dialect: Dialect, retention: Retention): Promise<string[]> {
  const present = await access.read<{ name: string; engine: string }>(
    `SELECT name, engine_full AS engine FROM system.tables
     WHERE database = currentDatabase() AND name IN (${TABLES.map(({ table }) => `'${table}'`)})`,
  );
  const changed: string[] = [];
  for (const { keeps, table, instant } of TABLES) {
    const days = retention[keeps];
    const wanted = days === undefined ? undefined : `${instant} + toIntervalDay(${days})`;
    const found = present.find((row) => row.name === table);
    // The engine spells the clause back as it is written here.
    if (found === undefined || ttlIn(found.engine) === wanted) continue;
    const change = wanted === undefined ? 'REMOVE TTL' : `MODIFY TTL ${wanted}`;
    await access.command(`ALTER TABLE ${table} ${onCluster(dialect)} ${change}`);
    changed.push(`${table} keeps its rows ${days === undefined ? 'for ever' : `${days} days`}`);
  }
  for (const { keeps, view } of VIEWS) await limit(access, dialect, view, retention[keeps] ?? EVER);
  return changed;
}

/**
 * Makes a view pass on what its table keeps. Its query is changed, not the view: what tells its blocks from another's, and so
 * a replay from something new, stays as it was.
 */
async function limit(access: Access, dialect: Dialect, view: string, days: number): Promise<void> {
  const [found] = await access.read<{ query: string }>(
    `SELECT as_select AS query FROM system.tables WHERE database = currentDatabase() AND name = '${view}'`,
  );
  if (found === undefined || LIMIT.exec(found.query)?.[1] === String(days)) return;
  await access.command(
    `ALTER TABLE ${view} ${onCluster(dialect)} MODIFY QUERY ${found.query.replace(LIMIT, `toIntervalDay(${days})`)}`,
  );
}

/** What is judged once is judged alike for so long, however old the events are that it is judged by. */
const MARGIN_DAYS = 30;

/** Since when, counted from when the log took it, every event of submissions is kept and will be for some time after `now`. */
export function keptSince(days: Retention['submissions'], now: number): number {
  return days === undefined ? 0 : now - (days - Math.min(MARGIN_DAYS, days / 2)) * DAY_MS;
}

export interface RetentionOptions {
  access: Access;
  dialect: Dialect;
  retention: Retention;
  quarantine: Pick<Quarantine, 'forgetResolved'>;
  report: (level: 'info' | 'warn', message: string) => void;
}

/** Applies the retention and goes on removing what was resolved long ago; tables forget by themselves. */
export async function startRetention(options: RetentionOptions): Promise<AsyncDisposable> {
  const { access, dialect, retention, quarantine, report } = options;
  for (const change of await applyRetention(access, dialect, retention)) report('info', change);
  const sweep = async ({ resolved } = retention): Promise<void> => {
    if (resolved === undefined) return;
    try {
      const cases = await quarantine.forgetResolved(Date.now() - resolved * DAY_MS, onCluster(dialect));
      if (cases > 0) report('info', `cases removed from quarantine, as resolved over ${resolved} days ago: ${cases}`);
    } catch (error) {
      report('warn', `resolved cases could not be removed from quarantine: ${(error as Error).message}`);
    }
  };
  let sweeping = sweep();
  const timer = setInterval(() => {
    sweeping = sweep();
  }, SWEEP_MS).unref();
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await sweeping;
    },
  };
}
