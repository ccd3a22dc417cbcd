/**
 * Bytes of one record to an outcome: the only place that decides whether an event can be counted. The gateway answers
 * with it and ingest acts on it. Pure in its arguments: a replay at any later time decides the same.
 */
import type { z } from 'zod';
import { localDay, validOn } from './calendar.ts';
import type { Catalogue } from './catalogue.ts';
import { open, type PartialEvent, type RawRecord } from './envelope.ts';
import { instantOf } from './instant.ts';
import { type LinkError, type LinkParty, linkId, linkOf, sourcesOf } from './links.ts';
import { isPlainSubmission } from './plain.ts';
import { bounded, MAX_REASON_LENGTH, type QuarantineCode, Refused } from './refused.ts';
import {
  BACKLOG_REPORTED,
  backlogEventSchema,
  EARLIEST_YEAR,
  EVENT_TYPES,
  HEADERS,
  LINK_REPORTED,
  type LinkEvent,
  linkEventSchema,
  MAX_AHEAD_MS,
  MAX_END_AHEAD_MS,
  MAX_NAME_LENGTH,
  type PortalEvent,
  SUBMISSION_COUNTED,
  submissionEventSchema,
} from './submission.ts';

const EARLIEST = Date.UTC(EARLIEST_YEAR, 0, 1);
/** No clock that says later is right, and the warehouse's calendar ends. */
const LATEST = Date.UTC(2100, 0, 1);
const MILLISECONDS = /^[0-9]{1,15}$/;
/** The last instant that a date can hold. */
const MAX_DATE = 8.64e15;

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
  /** Absent where the level is of the whole. */
  province?: string;
  open: number;
  overdue: number;
}

/** What passed over a link; times in milliseconds since 1970 UTC. */
export interface LinkReport extends Readonly<Record<LinkError, number>> {
  kind: 'link';
  source: string;
  id: string;
  simulated: boolean;
  database: string;
  dim: LinkParty;
  party: string;
  start: number;
  end: number;
  requests: number;
  /** Absent where no success is known. */
  lastSuccessAt?: number;
}

/** Whatever can be counted. */
export type CountableEvent = Submission | Backlog | LinkReport;

export type Outcome =
  | { ok: true; event: CountableEvent }
  | { ok: false; code: QuarantineCode; reason: string; source?: string; id?: string; rootId?: string };

interface Codes {
  services: ReadonlyMap<string, Catalogue['services'][number]>;
  sources: ReadonlySet<string>;
  agencies: ReadonlyMap<string, Catalogue['agencies']>;
  provinces: ReadonlyMap<string, Catalogue['provinces']>;
  telecoms: ReadonlyMap<string, Catalogue['telecoms']>;
  databases: ReadonlyMap<string, Catalogue['databases'][number]>;
  /** Sources of links. */
  reporters: ReadonlySet<string>;
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
      telecoms: byCode(catalogue.telecoms),
      databases: new Map(catalogue.databases.map((database) => [database.code, database])),
      reporters: new Set(sourcesOf(catalogue)),
      channels: new Map(catalogue.channels.map((channel) => [channel.code, channel])),
      statuses: new Map(catalogue.statuses.map((status) => [status.code, status])),
    };
    indexed.set(catalogue, codes);
  }
  return codes;
}

const SCHEMAS: ReadonlyMap<unknown, z.ZodType<PortalEvent>> = new Map<string, z.ZodType<PortalEvent>>([
  [SUBMISSION_COUNTED, submissionEventSchema],
  [BACKLOG_REPORTED, backlogEventSchema],
  [LINK_REPORTED, linkEventSchema],
]);

function parse(json: Record<string, unknown>): PortalEvent {
  if (isPlainSubmission(json)) return json;
  const schema = SCHEMAS.get(json['type']);
  if (schema === undefined)
    throw new Refused('unknown_type', `type is ${quote(json['type'])}; known: ${EVENT_TYPES.join(', ')}`);
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw refusal(parsed.error.issues, json);
}

function refusal(issues: readonly z.core.$ZodIssue[], json: unknown): Refused {
  const unknown = issues.find((issue) => issue.code === 'unrecognized_keys');
  if (unknown !== undefined)
    return new Refused(
      'unknown_field',
      `unknown field in data: ${unknown.keys.join(', ')} (no personal data: send only the fields of the contract)`,
    );
  return new Refused(
    'invalid_field',
    issues
      .map((issue) => {
        const name = issue.path.join('.') || 'event';
        const isMissing = issue.code === 'invalid_type' && valueAt(json, issue.path) === undefined;
        return isMissing ? `${name} is missing` : `${name}: ${issue.message}`;
      })
      .join('; '),
  );
}

const valueAt = (json: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, name) => (value as Record<PropertyKey, unknown> | null | undefined)?.[name], json);

const MAX_QUOTE_LENGTH = 80;

const quote = (value: unknown): string =>
  value === undefined ? 'missing' : bounded(JSON.stringify(value) ?? 'missing', MAX_QUOTE_LENGTH);

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

function checkTime(at: number, now: number, ahead = MAX_AHEAD_MS): void {
  // Not `>`: a time of receipt that is no number has no event before it.
  if (!(at <= Math.min(now + ahead, LATEST)))
    throw new Refused(
      'time_in_future',
      `${new Date(at).toISOString()} is more than ${ahead / 60_000} min after ${said(now)}, when it was received; check the sender's clock, and that local time bears its offset, not Z`,
    );
  if (at < EARLIEST) throw new Refused('time_too_early', `${new Date(at).toISOString()} is before ${EARLIEST_YEAR}`);
}

/** A log's timestamp may be any number. */
const said = (at: number): string => (Math.abs(at) <= MAX_DATE ? new Date(at).toISOString() : `${at} ms since 1970`);

function check(event: PortalEvent, now: number, catalogue: Catalogue): CountableEvent {
  if (event.type === LINK_REPORTED) return checkLink(event, now, catalogue);
  const codes = codesOf(catalogue);
  if (!codes.sources.has(event.source))
    throw new Refused('unknown_source', `source ${quote(event.source)} is not in the catalogue`);
  const service = codes.services.get(event.data.procedure);
  if (service === undefined)
    throw new Refused('unknown_code', `procedure ${quote(event.data.procedure)} is not in the catalogue`);

  if (event.type === BACKLOG_REPORTED) {
    const { at, open, overdue, agency, province } = event.data;
    const time = instantOf(at);
    checkTime(time, now);
    if (overdue > open)
      throw new Refused('invalid_field', `data.overdue: ${overdue} overdue dossiers among ${open} open ones`);
    const day = localDay(time, catalogue.timeZone);
    const owner = resolve('agency', codes.agencies, agency, day);
    return {
      kind: 'backlog',
      source: event.source,
      id: event.id,
      simulated: event.simulated ?? false,
      at: time,
      service: service.code,
      agency: owner.id,
      ...(province === undefined ? {} : { province: resolve('province', codes.provinces, province, day).id }),
      open,
      overdue,
    };
  }

  const { data } = event;
  const start = instantOf(data.interval?.start ?? data.occurredAt ?? '');
  const end = data.interval === undefined ? start : instantOf(data.interval.end);
  checkTime(end, now, data.interval === undefined ? MAX_AHEAD_MS : MAX_END_AHEAD_MS);
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

/** Only the party's own source may report a link, and only one that the catalogue has. */
function checkLink({ source, id, simulated, data }: LinkEvent, now: number, catalogue: Catalogue): LinkReport {
  const codes = codesOf(catalogue);
  if (!codes.reporters.has(source))
    throw new Refused('unknown_source', `source ${quote(source)} is not in the catalogue`);
  const start = instantOf(data.interval.start);
  const end = instantOf(data.interval.end);
  checkTime(end, now);
  checkTime(start, now);
  const day = localDay(start, catalogue.timeZone);
  if (end <= start || localDay(end - 1, catalogue.timeZone) !== day)
    throw new Refused('interval_invalid', 'an interval must end after it starts and lie within one local day');
  const database = codes.databases.get(data.database);
  if (database === undefined)
    throw new Refused('unknown_code', `database ${quote(data.database)} is not in the catalogue`);
  const dim = data.agency !== undefined ? 'agency' : data.province !== undefined ? 'province' : 'telecom';
  const party = resolve(dim, codes[PARTIES[dim]], data[dim] ?? '', day).id;
  const link = linkOf(catalogue, linkId(database.id, party));
  if (link === undefined)
    throw new Refused('unknown_code', `${dim} ${quote(data[dim])} has no link to ${database.code} in the catalogue`);
  if (link.source !== source)
    throw new Refused('wrong_link', `${dim} ${quote(data[dim])} is reported by ${link.source}, not ${quote(source)}`);
  const { timeout = 0, unavailable = 0, refused = 0, invalid = 0 } = data.errors ?? {};
  const errors = timeout + unavailable + refused + invalid;
  if (errors > data.requests)
    throw new Refused('invalid_field', `data.errors: ${errors} errors among ${data.requests} requests`);
  const success = data.lastSuccessAt === undefined ? undefined : instantOf(data.lastSuccessAt);
  const isWithin = success !== undefined && success >= start && success <= end;
  if (isWithin !== errors < data.requests || (success !== undefined && success > end))
    throw new Refused(
      'invalid_field',
      'data.lastSuccessAt: lies within the interval where a request of it succeeded, and before it where none did',
    );
  const report: LinkReport = {
    kind: 'link',
    source,
    id,
    simulated: simulated ?? false,
    database: database.id,
    dim,
    party,
    start,
    end,
    requests: data.requests,
    timeout,
    unavailable,
    refused,
    invalid,
  };
  if (success !== undefined) report.lastSuccessAt = success;
  return report;
}

const PARTIES = { agency: 'agencies', province: 'provinces', telecom: 'telecoms' } as const;

/**
 * Decides one record. Never throws, whatever its bytes and headers are, and decides the same at any later time. In `found` it leaves
 * what could be read of the event.
 */
export function decode(record: RawRecord, catalogue: Catalogue, found: PartialEvent = { event: {} }): Outcome {
  try {
    open(record, found);
    return decided(found.event, record, catalogue);
  } catch (error) {
    return refused(
      error instanceof Refused
        ? error
        : new Refused('undecidable', `the event could not be decided: ${error instanceof Error ? error.message : ''}`),
      found.event,
    );
  }
}

function decided(json: Record<string, unknown>, record: RawRecord, catalogue: Catalogue): Outcome {
  const event = check(parse(json), receivedAt(record), catalogue);
  const portal = record.headers[HEADERS.portal];
  if (portal !== undefined && event.source !== portal)
    throw new Refused(
      'wrong_source',
      `source is ${quote(event.source)}; it came with the key of ${quote(portal)}, which may write that one only`,
    );
  // One such event would mark a whole day of the room for ever. Who writes to the log itself is the operator's.
  if (portal !== undefined && event.simulated && record.headers[HEADERS.trial] === undefined)
    throw new Refused(
      'simulated',
      'the event says that it is made up, and this room counts real numbers; send it to a trial, or without simulated where it is real',
    );
  return { ok: true, event };
}

/** The later of the log's time and the gateway's: what the gateway accepted is not refused by a log whose clock is behind. */
function receivedAt({ headers, timestamp }: RawRecord): number {
  const received = headers[HEADERS.portal] === undefined ? undefined : headers[HEADERS.received];
  return received !== undefined && MILLISECONDS.test(received) ? Math.max(timestamp, Number(received)) : timestamp;
}

function refused({ code, reason }: Refused, event: Record<string, unknown>): Outcome {
  const source = nameOf(event['source']);
  const id = nameOf(event['id']);
  const rootId = nameOf((event['data'] as Record<string, unknown> | null | undefined)?.['corrects']) ?? id;
  return {
    ok: false,
    code,
    reason: bounded(reason, MAX_REASON_LENGTH),
    ...(source === undefined ? {} : { source }),
    ...(id === undefined ? {} : { id }),
    ...(rootId === undefined ? {} : { rootId }),
  };
}

const nameOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? bounded(value, 2 * MAX_NAME_LENGTH) : undefined;
