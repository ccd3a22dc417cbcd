/** Cases sent through counting again, and what became of each. */
import { randomUUID } from 'node:crypto';
import {
  type Catalogue,
  type CountableEvent,
  decode,
  HEADERS,
  type PartialEvent,
  partitionKey,
  REPLAY_RESULTS,
  type Replay,
  type ReplayedCase,
  TOPICS,
} from '@room/contract';
import type { EventLog, NewRecord } from '@room/log';
import { eventKey, type Ledger, type Quarantine, type QuarantineContent } from '@room/warehouse';
import { refusedTwice } from '../twice.ts';

export interface ReplayOptions {
  quarantine: Pick<Quarantine, 'resolve' | 'refusedAgain'>;
  ledger: Pick<Ledger, 'seen'>;
  log: Pick<EventLog, 'append'>;
  catalogue: Catalogue;
  /** Hears what was appended past the gateway; and whether counting has, within so many milliseconds, come past all of it. */
  tail: { appended(records: readonly NewRecord[]): void; counted(patience: number): Promise<boolean> };
}

/** What only says that nothing happened may wait for company for some seconds. */
const PATIENCE_MS = 8_000;
/** No range has this id: what any range counted is seen. */
const NO_RANGE = '0';

/** By whom, as the audit names them. Resolves when counting has decided about them, or some seconds later. */
export async function replay(
  cases: readonly QuarantineContent[],
  by: string,
  { quarantine, ledger, log, catalogue, tail }: ReplayOptions,
): Promise<Omit<Replay, 'more'>> {
  const at = Date.now();
  const replayId = randomUUID();
  const again = cases.map((it) => appended(it, replayId, catalogue));
  const keys = [...new Set(again.flatMap(({ key }) => key ?? []))];
  const before = await ledger.seen(keys, NO_RANGE);
  const records = again.map(({ record }) => record);
  await log.append(TOPICS.submissions, records);
  tail.appended(records);
  // What fails again is a case of its own.
  await quarantine.resolve(
    cases.map(({ quarantineId }) => quarantineId),
    at,
    { state: 'replayed', by },
  );
  if (cases.length > 0) await tail.counted(PATIENCE_MS);
  const refused = await quarantine.refusedAgain(replayId);
  const after = await ledger.seen(keys, NO_RANGE);
  const told = new Set<string>();
  const became = again.map(({ it: { quarantineId, id }, key }): ReplayedCase => {
    const fault = refused.get(quarantineId);
    if (fault !== undefined) return { quarantineId, id, result: 'refused', ...fault };
    if (key === undefined || !after.has(key)) return { quarantineId, id, result: 'undecided' };
    const isRepeat = before.has(key) || told.has(key);
    told.add(key);
    return { quarantineId, id, result: isRepeat ? 'duplicate' : 'counted' };
  });
  const of = (wanted: string): number => became.filter(({ result }) => result === wanted).length;
  const results = Object.fromEntries(REPLAY_RESULTS.map((result) => [result, of(result)])) as Replay['results'];
  return { replayed: cases.length, results, cases: became };
}

/**
 * The event as it came, without the verdict on it and without what the room wrote on it, keyed by what it says of itself; and what it
 * counts as, where it can be counted.
 */
function appended(
  it: QuarantineContent,
  replayId: string,
  catalogue: Catalogue,
): { it: QuarantineContent; record: NewRecord; key: string | undefined } {
  const { value, headers, source, id, quarantineId } = it;
  const { verdict, reason, moved, deferred, replay: replayed } = HEADERS;
  const ours = new Set<string>([verdict, reason, moved, deferred, replayed]);
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !ours.has(name)));
  const texts = Object.fromEntries(
    Object.entries(kept).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
  const found: PartialEvent = { event: {} };
  const read = decode({ value, headers: texts, timestamp: Date.now() }, catalogue, found);
  // Counting reads the last of two, as every parser does: which is meant is known as little as before.
  const outcome = read.ok ? refusedTwice(value, texts, found.event, read) : read;
  const again = read.ok && !outcome.ok ? { [verdict]: outcome.code, [reason]: outcome.reason } : {};
  const said = outcome.ok
    ? { source: outcome.event.source, rootId: rootOf(outcome.event) }
    : { source: outcome.source, rootId: outcome.rootId };
  const record = {
    // Bytes that say nothing are keyed by their case; they will be refused again, with the same reason.
    key: partitionKey(said.source ?? source, (said.rootId ?? id) || quarantineId),
    value,
    headers: { ...asTheyCame(kept), ...again, [replayed]: `${replayId} ${quarantineId}` },
  };
  return { it, record, key: outcome.ok ? eventKey(outcome.event.source, outcome.event.id) : undefined };
}

const asTheyCame = (headers: QuarantineContent['headers']): Record<string, string | Uint8Array> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : Buffer.from(value.base64, 'base64'),
    ]),
  );

const rootOf = (event: CountableEvent): string =>
  (event.kind === 'submission' ? event.corrects : undefined) ?? event.id;
