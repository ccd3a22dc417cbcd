/** Domain events to rows: submissions, which are many, in the engine's binary format, and the few others as NDJSON. */
import { createHash, hash } from 'node:crypto';
import type { Backlog, LinkReport, Submission } from '@room/contract';
import { instantText } from './instant.ts';
import type { RowBinary } from './row-binary.ts';

/** Where the log keeps the event: partition and offset, and when it took it (milliseconds since 1970 UTC). */
export interface Origin {
  partition: number;
  offset: number;
  timestamp: number;
}

const asUuid = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;

/** 128 bits of SHA-256 in the form of a UUID. */
export function hashed(...parts: readonly (string | Uint8Array)[]): string {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part).update('\n');
  return asUuid(sum.digest('hex'));
}

/** Identity of an event, (source, id), as the warehouse keeps it for ever: `hashed` of both, in half the time. */
export const eventKey = (source: string, id: string): string => asUuid(hash('sha256', `${source}\n${id}\n`, 'hex'));

/** In the order in which `writeSubmission` writes them. */
export const SUBMISSION_COLUMNS =
  'event_key, source, id, corrects, occurred_at, span_ms, service, agency, province, channel, status, on_time, ' +
  'count, submitted, submitted_online, received_at, simulated, log_partition, log_offset, range_id';

export function writeSubmission(
  rows: RowBinary,
  key: string,
  event: Submission,
  origin: Origin,
  rangeId: bigint,
): void {
  rows.uuid(key);
  rows.text(event.source);
  rows.text(event.id);
  rows.text(event.corrects ?? '');
  rows.int64(event.occurredAt);
  rows.uint32(event.span);
  rows.text(event.service);
  rows.text(event.agency);
  rows.text(event.province);
  rows.uint8(event.channel);
  rows.uint8(event.status);
  rows.nullableBool(event.onTime);
  rows.int64(event.count);
  rows.int64(event.submitted);
  rows.int64(event.submittedOnline);
  rows.int64(origin.timestamp);
  rows.bool(event.simulated);
  rows.uint16(origin.partition);
  rows.int64(origin.offset);
  rows.uint64(rangeId);
}

export function backlogRow(key: string, event: Backlog, origin: Origin, rangeId: string): string {
  return JSON.stringify({
    event_key: key,
    source: event.source,
    id: event.id,
    at: instantText(event.at),
    service: event.service,
    agency: event.agency,
    province: event.province ?? '',
    open: event.open,
    overdue: event.overdue,
    received_at: instantText(origin.timestamp),
    simulated: event.simulated,
    log_partition: origin.partition,
    log_offset: origin.offset,
    range_id: rangeId,
  });
}

export function linkRow(key: string, event: LinkReport, origin: Origin, rangeId: string): string {
  return JSON.stringify({
    event_key: key,
    source: event.source,
    id: event.id,
    database: event.database,
    dim: event.dim,
    party: event.party,
    started_at: instantText(event.start),
    ended_at: instantText(event.end),
    requests: event.requests,
    timeouts: event.timeout,
    unavailable: event.unavailable,
    refused: event.refused,
    invalid: event.invalid,
    last_success_at: instantText(event.lastSuccessAt ?? 0),
    received_at: instantText(origin.timestamp),
    simulated: event.simulated,
    log_partition: origin.partition,
    log_offset: origin.offset,
    range_id: rangeId,
  });
}

export interface Quarantined {
  /** A place in the log is one case, however often a range with it is replayed. */
  quarantineId: string;
  portal: string;
  source: string;
  id: string;
  topic: string;
  code: string;
  reason: string;
  value: Uint8Array;
  headers: Readonly<Record<string, string>>;
  /** Headers that are no UTF-8, in base64; kept beside the others as `{ "base64": … }`. */
  opaque?: Readonly<Record<string, string>> | undefined;
}

/** Half a surrogate pair, which JSON can carry, is no text that the engine reads. */
const wellFormed = (text: string): string => Buffer.from(text).toString();

const inBase64 = (opaque: Quarantined['opaque'] = {}): Record<string, { base64: string }> =>
  Object.fromEntries(Object.entries(opaque).map(([name, base64]) => [name, { base64 }]));

export function quarantineRow(entry: Quarantined, origin: Origin): string {
  return JSON.stringify({
    quarantine_id: entry.quarantineId,
    portal: entry.portal,
    source: wellFormed(entry.source),
    id: wellFormed(entry.id),
    topic: entry.topic,
    log_partition: origin.partition,
    log_offset: origin.offset,
    received_at: instantText(origin.timestamp),
    code: entry.code,
    reason: wellFormed(entry.reason),
    bytes_base64: Buffer.from(entry.value.buffer, entry.value.byteOffset, entry.value.byteLength).toString('base64'),
    headers: JSON.stringify({ ...entry.headers, ...inBase64(entry.opaque) }),
    version: instantText(origin.timestamp),
  });
}
