/** Domain events to rows, as NDJSON: the text that an insert carries. */
import { createHash } from 'node:crypto';
import type { Backlog, Submission } from '@room/contract';

/** Where the log keeps the event: partition and offset, and when it took it (milliseconds since 1970 UTC). */
export interface Origin {
  partition: number;
  offset: number;
  timestamp: number;
}

/** 128 bits of SHA-256 in the form of a UUID. */
export function hashed(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\n');
  const hex = hash.digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

/** Identity of an event, (source, id), as the warehouse keeps it for ever. */
export const eventKey = (source: string, id: string): string => hashed(source, id);

const instant = (at: number): string => new Date(at).toISOString().replace('T', ' ').slice(0, 23);

export function submissionRow(key: string, event: Submission, origin: Origin, rangeId: string): string {
  return JSON.stringify({
    event_key: key,
    source: event.source,
    id: event.id,
    corrects: event.corrects ?? '',
    occurred_at: instant(event.occurredAt),
    span_ms: event.span,
    service: event.service,
    agency: event.agency,
    province: event.province,
    channel: event.channel,
    status: event.status,
    on_time: event.onTime ?? null,
    count: event.count,
    submitted: event.submitted,
    submitted_online: event.submittedOnline,
    received_at: instant(origin.timestamp),
    simulated: event.simulated,
    log_partition: origin.partition,
    log_offset: origin.offset,
    range_id: rangeId,
  });
}

export function backlogRow(key: string, event: Backlog, origin: Origin, rangeId: string): string {
  return JSON.stringify({
    event_key: key,
    source: event.source,
    id: event.id,
    at: instant(event.at),
    service: event.service,
    agency: event.agency,
    open: event.open,
    overdue: event.overdue,
    received_at: instant(origin.timestamp),
    simulated: event.simulated,
    log_partition: origin.partition,
    log_offset: origin.offset,
    range_id: rangeId,
  });
}

export interface Quarantined {
  /** The same bytes of the same portal are one case, however often they come. */
  quarantineId: string;
  portal: string;
  source: string;
  id: string;
  topic: string;
  code: string;
  reason: string;
  value: Uint8Array;
  headers: Readonly<Record<string, string>>;
}

/** Half a surrogate pair, which JSON can carry, is no text that the engine reads. */
const wellFormed = (text: string): string => Buffer.from(text).toString();

export function quarantineRow(entry: Quarantined, origin: Origin): string {
  return JSON.stringify({
    quarantine_id: entry.quarantineId,
    portal: entry.portal,
    source: wellFormed(entry.source),
    id: wellFormed(entry.id),
    topic: entry.topic,
    log_partition: origin.partition,
    log_offset: origin.offset,
    received_at: instant(origin.timestamp),
    code: entry.code,
    reason: wellFormed(entry.reason),
    bytes_base64: Buffer.from(entry.value.buffer, entry.value.byteOffset, entry.value.byteLength).toString('base64'),
    headers: JSON.stringify(entry.headers),
    version: instant(origin.timestamp),
  });
}
