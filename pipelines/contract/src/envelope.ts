/**
 * A record to its CloudEvent, in structured mode (the value is the event as JSON) or in the binary mode of the Kafka binding
 * (the attributes are `ce_` headers, the value is the data).
 */
import { essence } from './media-type.ts';
import { Refused } from './refused.ts';

export interface RawRecord {
  value: Uint8Array;
  /** Kafka headers as text; `ce_*` and `content-type` carry a binary-mode CloudEvent. */
  headers: Readonly<Record<string, string>>;
  /** Headers whose bytes are no UTF-8, as Base64. */
  opaque?: Readonly<Record<string, string>>;
  /** When the log took the record, milliseconds since 1970 UTC: what "now" means to the checks of time. */
  timestamp: number;
}

export const MAX_EVENT_BYTES = 16 * 1024;
/** What is larger than an event may be is still read up to here, so that its source and id can be told. */
const MAX_READ_BYTES = 1024 * 1024;
/** Levels of objects and arrays of an event, the event itself being the first. */
export const MAX_DEPTH = 32;

const PREFIX = 'ce_';
const CONTENT_TYPE = 'content-type';
const STRUCTURED = 'application/cloudevents';
const ATTRIBUTE = /^[a-z0-9]+$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Characters of all headers: a record that is appended again, with a header more, must stay far below a mebibyte. */
const MAX_HEADER_LENGTH = 128 * 1024;

/** What could be read of an event so far. */
export interface PartialEvent {
  event: Record<string, unknown>;
}

/** Leaves the event's attributes and data in `found`, as far as they can be read, and throws `Refused` where it is no event. */
export function open(record: RawRecord, found: PartialEvent): void {
  if (isBinary(record)) openBinary(record, found);
  else openStructured(record, found);
  if (lengthOf(record.headers) + lengthOf(record.opaque ?? {}) > MAX_HEADER_LENGTH)
    throw new Refused('too_large', `the headers have more than ${MAX_HEADER_LENGTH} characters`);
}

function lengthOf(headers: Readonly<Record<string, string>>): number {
  let length = 0;
  for (const name in headers) length += name.length + (headers[name]?.length ?? 0);
  return length;
}

function isBinary({ headers, opaque }: RawRecord): boolean {
  return (hasAttribute(headers) || (opaque !== undefined && hasAttribute(opaque))) && !isStructured(headers);
}

/** Every attribute that CloudEvents requires tells: a record with one of them means to be in binary mode. */
const hasAttribute = (headers: Readonly<Record<string, string>>): boolean =>
  headers['ce_specversion'] !== undefined ||
  headers['ce_id'] !== undefined ||
  headers['ce_source'] !== undefined ||
  headers['ce_type'] !== undefined;

const isStructured = (headers: Readonly<Record<string, string>>): boolean =>
  essence(headers[CONTENT_TYPE] ?? '').startsWith(STRUCTURED);

function openBinary({ value, headers, opaque = {} }: RawRecord, found: PartialEvent): void {
  const { event } = found;
  let bytes = value.byteLength;
  for (const [header, text] of Object.entries(headers)) {
    if (!header.startsWith(PREFIX)) continue;
    const name = header.slice(PREFIX.length);
    bytes += header.length + text.length;
    // `data` is the value, `datacontenttype` the content type, and whatever else has other letters is no attribute.
    if (ATTRIBUTE.test(name) && name !== 'data') event[name] = text;
  }
  event['datacontenttype'] = headers[CONTENT_TYPE];
  if (event['simulated'] === 'true') event['simulated'] = true;
  else if (event['simulated'] === 'false') event['simulated'] = false;
  const unreadable = Object.keys(opaque).find((name) => name.startsWith(PREFIX) || name === CONTENT_TYPE);
  if (unreadable !== undefined) throw new Refused('header_not_utf8', `the header ${unreadable} is not UTF-8`);
  const data = parse(value, bytes);
  event['data'] = data;
  checkSize(bytes);
  // The event itself is the first level.
  checkDepth(data, MAX_DEPTH - 1);
}

function openStructured({ value }: RawRecord, found: PartialEvent): void {
  const bytes = value.byteLength;
  const json = parse(value, bytes);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    checkSize(bytes);
    throw new Refused('not_an_event', 'the event is not a JSON object');
  }
  found.event = json as Record<string, unknown>;
  checkSize(bytes);
  checkDepth(json, MAX_DEPTH);
  if (found.event['data_base64'] !== undefined) openEncoded(found);
}

/** Data as Base64 stand for themselves: of JSON, as the contract has no other. */
function openEncoded(found: PartialEvent): void {
  const { data_base64: encoded, ...event } = found.event;
  found.event = event;
  if (encoded === null) return;
  if (event['data'] !== undefined && event['data'] !== null) throw badBase64('give either data or data_base64');
  if (typeof encoded !== 'string' || !BASE64.test(encoded)) throw badBase64('not Base64');
  const value = Uint8Array.from(atob(encoded), (byte) => byte.charCodeAt(0));
  try {
    event['data'] = JSON.parse(text.decode(value));
  } catch {
    throw badBase64('not the Base64 of UTF-8 JSON');
  }
  checkDepth(event['data'], MAX_DEPTH - 1);
}

const badBase64 = (reason: string): Refused => new Refused('invalid_field', `data_base64: ${reason}`);

const text = new TextDecoder('utf-8', { fatal: true });

/** The JSON of a value; `bytes` is the size of all that belongs to the event. */
function parse(value: Uint8Array, bytes: number): unknown {
  if (bytes > MAX_READ_BYTES) checkSize(bytes);
  try {
    return JSON.parse(text.decode(value));
  } catch (error) {
    throw new Refused('not_json', `the event is not UTF-8 JSON: ${(error as Error).message}`);
  }
}

function checkSize(bytes: number): void {
  if (bytes > MAX_EVENT_BYTES)
    throw new Refused('too_large', `the event has ${bytes} bytes; at most ${MAX_EVENT_BYTES} are read`);
}

function checkDepth(json: unknown, levels: number): void {
  if (isDeep(json, levels))
    throw new Refused('too_deep', `the event nests objects and arrays more than ${MAX_DEPTH} levels deep`);
}

/** Goes no deeper than `levels` itself. */
function isDeep(json: unknown, levels: number): boolean {
  if (typeof json !== 'object' || json === null) return false;
  if (levels === 0) return true;
  for (const name in json) if (isDeep((json as Record<string, unknown>)[name], levels - 1)) return true;
  return false;
}
