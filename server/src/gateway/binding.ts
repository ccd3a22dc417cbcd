/**
 * The HTTP binding of CloudEvents: a request to its events, as bytes and headers of the log. Structured events are as they came, those
 * in binary mode in the binary mode of the Kafka binding, without the attributes that the contract does not know.
 */
import {
  bounded,
  essence,
  isKnownHeader,
  JSON_MEDIA_TYPE,
  MAX_BATCH_BYTES,
  MAX_BATCH_EVENTS,
  MAX_REASON_LENGTH,
} from '@room/contract';
import type { Request } from 'express';
import { HttpError } from '../errors.ts';
import { isArray, piecesOf } from './pieces.ts';

export interface Arrived {
  value: Buffer;
  headers: Readonly<Record<string, string>>;
}

const SINGLE = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';
const EITHER = 'application/json';
const REQUIRED = ['ce-specversion', 'ce-id', 'ce-source', 'ce-type'];
const PREFIX = 'ce-';
/** A record of the log must stay below a mebibyte with its key and headers. */
const MAX_VALUE_BYTES = MAX_BATCH_BYTES - 64 * 1024;
const STRUCTURED = { 'content-type': SINGLE };
const PERCENT = 0x25;
const utf8 = new TextDecoder('utf-8', { fatal: true });
/** In a header no character is a mark of the byte order. */
const headerText = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

type Mode = 'single' | 'batch' | 'either' | 'binary';

/** Throws where the content type tells that the body holds no event. */
export const checkMode = (request: Request): void => void modeOf(request);

function modeOf(request: Request): Mode {
  const given = request.get('content-type') ?? '';
  const type = essence(given);
  if (type === SINGLE) return 'single';
  if (type === BATCH) return 'batch';
  const isBinary = REQUIRED.some((name) => request.get(name) !== undefined);
  if (isBinary && (type === '' || JSON_MEDIA_TYPE.test(given))) return 'binary';
  if (type === EITHER) return 'either';
  throw new HttpError(
    415,
    'media_type',
    `content-type is ${bounded(type, 100) || 'missing'}; send ${SINGLE}, ${BATCH}, or ${EITHER} with the attributes as ce- headers`,
  );
}

/** Bytes of the log that these take, at least. */
export function bytesOf(events: readonly Arrived[]): number {
  let bytes = 0;
  for (const { value, headers } of events) {
    bytes += value.length;
    for (const name in headers) bytes += name.length + (headers[name]?.length ?? 0);
  }
  return bytes;
}

export function eventsOf(request: Request, body: Buffer): Arrived[] {
  if (body.length === 0) throw new HttpError(400, 'empty', 'the request has no body; send an event or a batch of them');
  const mode = modeOf(request);
  const events = mode === 'binary' ? [binary(request, body)] : structured(mode, body);
  for (const { value } of events)
    if (value.length > MAX_VALUE_BYTES)
      throw new HttpError(413, 'too_large', `an event has ${value.length} bytes, more than the log can keep`);
  return events;
}

function structured(mode: Mode, body: Buffer): Arrived[] {
  if (!isArray(body)) {
    if (mode === 'batch') throw asJson(body, 'not_a_batch', `${BATCH} is a JSON array of events`);
    return [{ value: body, headers: STRUCTURED }];
  }
  if (mode === 'single') throw asJson(body, 'not_an_event', `an array of events is sent as ${BATCH}`);
  const pieces = piecesOf(body, MAX_BATCH_EVENTS);
  if (pieces === undefined)
    throw new HttpError(
      400,
      'not_json',
      'the body is not JSON: the array of events has no end, or something stands behind it',
    );
  if (pieces.length === 0) throw new HttpError(400, 'empty', 'the batch holds no event');
  if (pieces.length > MAX_BATCH_EVENTS)
    throw new HttpError(413, 'too_many', `the batch holds more than ${MAX_BATCH_EVENTS} events; send fewer at once`);
  return pieces.map((value) => ({ value, headers: STRUCTURED }));
}

/** The refusal of a body that was looked at only from outside: that it is no JSON goes before what it should have been. */
function asJson(body: Buffer, code: string, reason: string): HttpError {
  try {
    JSON.parse(utf8.decode(body));
    return new HttpError(400, code, reason);
  } catch (cause) {
    const why = bounded((cause as Error).message, MAX_REASON_LENGTH);
    return new HttpError(400, 'not_json', `the body is not UTF-8 JSON: ${why}`, undefined, { cause });
  }
}

function binary(request: Request, value: Buffer): Arrived {
  const headers: Record<string, string> = {};
  const type = request.get('content-type');
  if (type !== undefined) headers['content-type'] = type;
  for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) {
    const name = request.rawHeaders[at]?.toLowerCase() ?? '';
    if (!name.startsWith(PREFIX)) continue;
    const attribute = `ce_${name.slice(PREFIX.length)}`;
    if (headers[attribute] !== undefined)
      throw new HttpError(400, 'header_twice', `the header ${bounded(name, 100)} is there twice`);
    headers[attribute] = attributeOf(name, request.rawHeaders[at + 1] ?? '');
  }
  for (const header of Object.keys(headers))
    if (header.startsWith('ce_') && !isKnownHeader(header.slice('ce_'.length))) delete headers[header];
  return { value, headers };
}

/** The text of a header: quotes taken off, one round of percent-decoding. Node gives each byte as a character. */
function attributeOf(name: string, given: string): string {
  const text = /^"(?:[^"\\]|\\.)*"$/s.test(given) ? given.slice(1, -1).replace(/\\(.)/gs, '$1') : given;
  const bytes = Buffer.from(text, 'latin1');
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    let byte = bytes[at] ?? 0;
    const digits = byte === PERCENT ? bytes.toString('latin1', at + 1, at + 3) : '';
    if (/^[0-9a-f]{2}$/i.test(digits)) {
      byte = Number.parseInt(digits, 16);
      at += 2;
    }
    bytes[length++] = byte;
  }
  try {
    return headerText.decode(bytes.subarray(0, length));
  } catch (cause) {
    throw new HttpError(400, 'header_not_utf8', `the header ${bounded(name, 100)} is not UTF-8`, undefined, { cause });
  }
}
