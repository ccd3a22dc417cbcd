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

/** Every attribute that CloudEvents requires: a record with one of these headers means to be in binary mode. */
const REQUIRED = ['ce_specversion', 'ce_id', 'ce_source', 'ce_type'];
const PREFIX = 'ce_';
const CONTENT_TYPE = 'content-type';
const STRUCTURED = 'application/cloudevents';
const ATTRIBUTE = /^[a-z0-9]+$/;
const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false };
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** What could be read of an event, and why it is no event where it is none. */
export interface Opened {
  event: Record<string, unknown>;
  fault?: Refused;
}

export const open = (record: RawRecord): Opened => (isBinary(record) ? openBinary(record) : openStructured(record));

function isBinary({ headers, opaque }: RawRecord): boolean {
  const given = (name: string): boolean => headers[name] !== undefined || opaque?.[name] !== undefined;
  return REQUIRED.some(given) && !essence(headers[CONTENT_TYPE] ?? '').startsWith(STRUCTURED);
}

function openBinary({ value, headers, opaque = {} }: RawRecord): Opened {
  const event: Record<string, unknown> = {};
  let bytes = value.byteLength;
  for (const [header, text] of Object.entries(headers)) {
    if (!header.startsWith(PREFIX)) continue;
    const name = header.slice(PREFIX.length);
    bytes += header.length + text.length;
    // `data` is the value, `datacontenttype` the content type, and whatever else has other letters is no attribute.
    if (ATTRIBUTE.test(name) && name !== 'data') event[name] = text;
  }
  event['datacontenttype'] = headers[CONTENT_TYPE];
  const { simulated } = event;
  if (typeof simulated === 'string') event['simulated'] = BOOLEANS[simulated] ?? simulated;
  const unreadable = Object.keys(opaque).find((name) => name.startsWith(PREFIX) || name === CONTENT_TYPE);
  if (unreadable !== undefined)
    return { event, fault: new Refused('header_not_utf8', `the header ${unreadable} is not UTF-8`) };
  const { json, fault } = read(value, bytes);
  event['data'] = json;
  return fault === undefined ? { event } : { event, fault };
}

function openStructured({ value }: RawRecord): Opened {
  const { json, fault } = read(value, value.byteLength);
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return { event: {}, fault: fault ?? new Refused('not_an_event', 'the event is not a JSON object') };
  const event = json as Record<string, unknown>;
  if (fault !== undefined) return { event, fault };
  return event['data_base64'] === undefined ? { event } : openEncoded(event);
}

/** Data as Base64 stand for themselves: of JSON, as the contract has no other. */
function openEncoded({ data_base64: encoded, ...event }: Record<string, unknown>): Opened {
  if (encoded === null) return { event };
  const refused = (reason: string): Opened => ({
    event,
    fault: new Refused('invalid_field', `data_base64: ${reason}`),
  });
  if (event['data'] !== undefined && event['data'] !== null) return refused('give either data or data_base64');
  if (typeof encoded !== 'string' || !BASE64.test(encoded)) return refused('not Base64');
  const { json, fault } = parse(Uint8Array.from(atob(encoded), (byte) => byte.charCodeAt(0)));
  if (fault !== undefined) return refused('not the Base64 of UTF-8 JSON');
  return { event: { ...event, data: json }, ...(isDeep(json, MAX_DEPTH - 1) ? { fault: tooDeep() } : {}) };
}

/** The JSON of a value; `bytes` is the size of all that belongs to the event. */
function read(value: Uint8Array, bytes: number): { json: unknown; fault?: Refused } {
  const tooLarge = (): Refused =>
    new Refused('too_large', `the event has ${bytes} bytes; at most ${MAX_EVENT_BYTES} are read`);
  if (bytes > MAX_READ_BYTES) return { json: undefined, fault: tooLarge() };
  const parsed = parse(value);
  if (parsed.fault !== undefined) return parsed;
  if (bytes > MAX_EVENT_BYTES) return { json: parsed.json, fault: tooLarge() };
  return isDeep(parsed.json, MAX_DEPTH) ? { json: parsed.json, fault: tooDeep() } : parsed;
}

const text = new TextDecoder('utf-8', { fatal: true });

function parse(value: Uint8Array): { json: unknown; fault?: Refused } {
  try {
    return { json: JSON.parse(text.decode(value)) };
  } catch (error) {
    return {
      json: undefined,
      fault: new Refused('not_json', `the event is not UTF-8 JSON: ${(error as Error).message}`),
    };
  }
}

const tooDeep = (): Refused =>
  new Refused('too_deep', `the event nests objects and arrays more than ${MAX_DEPTH} levels deep`);

/** Goes no deeper than `levels` itself. */
function isDeep(json: unknown, levels: number): boolean {
  if (typeof json !== 'object' || json === null) return false;
  if (levels === 0) return true;
  for (const name in json) if (isDeep((json as Record<string, unknown>)[name], levels - 1)) return true;
  return false;
}
