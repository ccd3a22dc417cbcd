/**
 * Bytes of one record to an outcome: the only place that decides whether an event can be counted. The gateway answers
 * with it and ingest acts on it. Pure in its arguments: a replay at any later time decides the same.
 */
import type { z } from 'zod';
import { type Catalogue, localDay, validOn } from './catalogue.ts';
import { instantOf, isPlainSubmission } from './plain.ts';
import {
  BACKLOG_REPORTED,
  backlogEventSchema,
  type PortalEvent,
  SUBMISSION_COUNTED,
  submissionEventSchema,
} from './submission.ts';

export const MAX_EVENT_BYTES = 16 * 1024;
const DAY = 86_400_000;
const EARLIEST = Date.UTC(2015, 0, 1);

export type QuarantineCode =
  | 'not_json'
  | 'too_large'
  | 'not_an_event'
  | 'unknown_type'
  | 'unknown_field'
  | 'invalid_field'
  | 'unknown_source'
  | 'wrong_source'
  | 'unknown_code'
  | 'code_not_valid'
  | 'time_in_future'
  | 'time_too_early'
  | 'interval_invalid'
  | 'count_negative'
  | 'on_time_not_finished'
  | 'corrects_unknown'
  | 'corrects_correction'
  | 'corrects_itself'
  | 'corrects_other_type'
  | 'corrects_too_much';

/** A submission with codes resolved to units; times in milliseconds since 1970 UTC. */
export interface Submission {
  kind: 'submission';
  source: string;
  id: string;
  corrects?: string;
  simulated: boolean;
  occurredAt: number;
  /** Length of the interval counted, milliseconds; 0 for an instant. */
  span: number;
  /** Local calendar day of `occurredAt`. */
  day: string;
  service: string;
  agency: string;
  province: string;
  channel: number;
  status: number;
  onTime?: boolean;
  count: number;
  submitted: number;
  submittedOnline: number;
}

export interface Backlog {
  kind: 'backlog';
  source: string;
  id: string;
  simulated: boolean;
  at: number;
  service: string;
  agency: string;
  open: number;
  overdue: number;
}

export type Outcome =
  | { ok: true; event: Submission | Backlog }
  | { ok: false; code: QuarantineCode; reason: string; source?: string; id?: string; rootId?: string };

export interface RawRecord {
  value: Uint8Array;
  /** Kafka headers as text; `ce_*` and `content-type` carry a binary-mode CloudEvent. */
  headers: Readonly<Record<string, string>>;
  /** When the log took the record, milliseconds since 1970 UTC: what "now" means to the checks of time. */
  timestamp: number;
}

interface Codes {
  services: ReadonlyMap<string, Catalogue['services'][number]>;
  sources: ReadonlySet<string>;
  agencies: ReadonlyMap<string, Catalogue['agencies']>;
  provinces: ReadonlyMap<string, Catalogue['provinces']>;
  channels: ReadonlyMap<number, Catalogue['channels'][number]>;
  statuses: ReadonlyMap<number, Catalogue['statuses'][number]>;
}

const byCode = <T extends { code: string }>(units: readonly T[]): Map<string, T[]> => {
  const map = new Map<string, T[]>();
  for (const unit of units) map.set(unit.code, [...(map.get(unit.code) ?? []), unit]);
  return map;
};

const indexed = new WeakMap<Catalogue, Codes>();

function codesOf(catalogue: Catalogue): Codes {
  let codes = indexed.get(catalogue);
  if (codes === undefined) {
    codes = {
      services: new Map(catalogue.services.map((service) => [service.code, service])),
      sources: new Set(catalogue.sources.map((source) => source.id)),
      agencies: byCode(catalogue.agencies),
      provinces: byCode(catalogue.provinces),
      channels: new Map(catalogue.channels.map((channel) => [channel.code, channel])),
      statuses: new Map(catalogue.statuses.map((status) => [status.code, status])),
    };
    indexed.set(catalogue, codes);
  }
  return codes;
}

class Refused extends Error {
  constructor(
    readonly code: QuarantineCode,
    readonly reason: string,
  ) {
    super(reason);
  }
}

const text = new TextDecoder('utf-8', { fatal: true });

function toJson(record: RawRecord): unknown {
  if (record.value.byteLength > MAX_EVENT_BYTES)
    throw new Refused(
      'too_large',
      `the event has ${record.value.byteLength} bytes; at most ${MAX_EVENT_BYTES} are read`,
    );
  let value: unknown;
  try {
    value = JSON.parse(text.decode(record.value));
  } catch (error) {
    throw new Refused('not_json', `the event is not UTF-8 JSON: ${(error as Error).message}`);
  }
  if (record.headers['ce_specversion'] !== undefined) {
    const attributes = Object.fromEntries(
      Object.entries(record.headers)
        .filter(([name]) => name.startsWith('ce_'))
        .map(([name, content]) => [name.slice(3), name === 'ce_simulated' ? content === 'true' : content]),
    );
    return { ...attributes, data: value };
  }
  return value;
}

function parse(json: Record<string, unknown>): PortalEvent {
  if (isPlainSubmission(json)) return json;
  const schema =
    json['type'] === SUBMISSION_COUNTED
      ? submissionEventSchema
      : json['type'] === BACKLOG_REPORTED
        ? backlogEventSchema
        : undefined;
  if (schema === undefined)
    throw new Refused(
      'unknown_type',
      `type is ${quote(json['type'])}; known: ${SUBMISSION_COUNTED}, ${BACKLOG_REPORTED}`,
    );
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw refusal(parsed.error.issues);
}

function refusal(issues: readonly z.core.$ZodIssue[]): Refused {
  const unknown = issues.find((issue) => issue.code === 'unrecognized_keys');
  if (unknown !== undefined)
    return new Refused(
      'unknown_field',
      `unknown field in data: ${unknown.keys.join(', ')} (no personal data: send only the fields of the contract)`,
    );
  return new Refused(
    'invalid_field',
    issues.map((issue) => `${issue.path.join('.') || 'event'}: ${issue.message}`).join('; '),
  );
}

const quote = (value: unknown): string =>
  value === undefined ? 'missing' : (JSON.stringify(value)?.slice(0, 80) ?? 'missing');

function resolve<T extends Catalogue['agencies'][number]>(
  what: string,
  units: ReadonlyMap<string, readonly T[]>,
  code: string,
  on: string,
): T {
  const owners = units.get(code);
  if (owners === undefined) throw new Refused('unknown_code', `${what} ${quote(code)} is not in the catalogue`);
  const owner = owners.find((unit) => validOn(unit, on));
  if (owner !== undefined) return owner;
  const spans = owners
    .map((unit) => `${unit.validFrom ?? '…'} to ${unit.validTo ?? '…'} (${unit.label.en})`)
    .join(', ');
  throw new Refused('code_not_valid', `${what} ${quote(code)} was not valid on ${on}; valid ${spans}`);
}

function checkTime(at: number, now: number): void {
  if (at > now + DAY)
    throw new Refused(
      'time_in_future',
      `${new Date(at).toISOString()} is more than 24 h after ${new Date(now).toISOString()}, when it was received; check the sender's clock`,
    );
  if (at < EARLIEST) throw new Refused('time_too_early', `${new Date(at).toISOString()} is before 2015`);
}

function check(event: PortalEvent, now: number, catalogue: Catalogue): Submission | Backlog {
  const codes = codesOf(catalogue);
  if (!codes.sources.has(event.source))
    throw new Refused('unknown_source', `source ${quote(event.source)} is not in the catalogue`);
  const service = codes.services.get(event.data.procedure);
  if (service === undefined)
    throw new Refused('unknown_code', `procedure ${quote(event.data.procedure)} is not in the catalogue`);

  if (event.type === BACKLOG_REPORTED) {
    const { at, open, overdue, agency } = event.data;
    const time = instantOf(at);
    checkTime(time, now);
    if (overdue > open)
      throw new Refused('invalid_field', `data.overdue: ${overdue} overdue dossiers among ${open} open ones`);
    const owner = resolve('agency', codes.agencies, agency, localDay(time, catalogue.timeZone));
    return {
      kind: 'backlog',
      source: event.source,
      id: event.id,
      simulated: event.simulated ?? false,
      at: time,
      service: service.code,
      agency: owner.id,
      open,
      overdue,
    };
  }

  const { data } = event;
  const start = instantOf(data.interval?.start ?? data.occurredAt ?? '');
  const end = data.interval === undefined ? start : instantOf(data.interval.end);
  checkTime(end, now);
  checkTime(start, now);
  const day = localDay(start, catalogue.timeZone);
  if (data.interval !== undefined && (end <= start || localDay(end - 1, catalogue.timeZone) !== day))
    throw new Refused('interval_invalid', 'an interval must end after it starts and lie within one local day');
  if (!validOn(service, day))
    throw new Refused('code_not_valid', `procedure ${quote(service.code)} was not valid on ${day}`);
  const agency = resolve('agency', codes.agencies, data.agency, day);
  const province = resolve('province', codes.provinces, data.province, day);
  const channel = codes.channels.get(data.channel);
  if (channel === undefined) throw new Refused('unknown_code', `channel ${data.channel} is not in the catalogue`);
  const status = codes.statuses.get(data.status);
  if (status === undefined) throw new Refused('unknown_code', `status ${data.status} is not in the catalogue`);
  if (data.onTime !== undefined && !status.finishes)
    throw new Refused(
      'on_time_not_finished',
      `onTime is given with status ${status.code}, which does not end processing`,
    );
  if (data.count < 0 && data.corrects === undefined)
    throw new Refused('count_negative', 'count is negative and the event corrects no other');
  if (data.corrects === event.id) throw new Refused('corrects_itself', 'the event names itself as the one it corrects');
  const submitted = status.entry ? data.count : 0;
  // Spelled out: spreading what is optional takes longer than all the checks.
  const submission: Submission = {
    kind: 'submission',
    source: event.source,
    id: event.id,
    simulated: event.simulated ?? false,
    occurredAt: start,
    span: end - start,
    day,
    service: service.code,
    agency: agency.id,
    province: province.id,
    channel: channel.code,
    status: status.code,
    count: data.count,
    submitted,
    submittedOnline: channel.online ? submitted : 0,
  };
  if (data.corrects !== undefined) submission.corrects = data.corrects;
  if (data.onTime !== undefined) submission.onTime = data.onTime;
  return submission;
}

const asText = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** Decides one record. Never throws on what a portal sent. */
export function decode(record: RawRecord, catalogue: Catalogue): Outcome {
  try {
    return decodeJson(toJson(record), record.timestamp, catalogue);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { ok: false, code: error.code, reason: error.reason };
  }
}

/** Decides an event that is parsed already; `now` is when it was received, milliseconds since 1970 UTC. */
export function decodeJson(json: unknown, now: number, catalogue: Catalogue): Outcome {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return { ok: false, code: 'not_an_event', reason: 'the event is not a JSON object' };
  const event = json as Record<string, unknown>;
  try {
    return { ok: true, event: check(parse(event), now, catalogue) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const source = asText(event['source']);
    const id = asText(event['id']);
    const rootId = asText((event['data'] as Record<string, unknown> | null | undefined)?.['corrects']) ?? id;
    return {
      ok: false,
      code: error.code,
      reason: error.reason,
      ...(source === undefined ? {} : { source }),
      ...(id === undefined ? {} : { id }),
      ...(rootId === undefined ? {} : { rootId }),
    };
  }
}
