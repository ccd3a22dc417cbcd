/** From what kafkajs read to a record of the port. Never throws, whatever a producer wrote. */
import { isUtf8 } from 'node:buffer';
import type { KafkaMessage } from 'kafkajs';
import type { LogRecord } from './port.ts';

/** What our patch of kafkajs adds (pipelines/log/patches). */
export interface ReadMessage extends Pick<KafkaMessage, 'offset' | 'timestamp'> {
  value?: Buffer | null;
  headers?: Readonly<Record<string, unknown>> | null;
  /** Headers whose name is no UTF-8. */
  unnamedHeaders?: readonly (readonly [name: Buffer, value: Buffer | null])[];
  /** Why the record, or all of its batch, could not be read. */
  unreadable?: string;
}

/** Times of a topic that keeps its producers' clocks (`CreateTime`) may be anything; those out of here are no times. */
const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);
const NO_TIME = 'the log has no usable time of the record: set message.timestamp.type=LogAppendTime on the topic';

export function toRecord(partition: number, message: ReadMessage): LogRecord {
  const time = Number(message.timestamp);
  const isTimed = time >= EARLIEST && time < LATEST;
  const unreadable = message.unreadable ?? (isTimed ? undefined : NO_TIME);
  const { headers, opaque } = textAndOther(message);
  const value = message.value ?? Buffer.alloc(0);
  const record: LogRecord = {
    partition,
    offset: Number(message.offset),
    timestamp: isTimed ? time : EARLIEST,
    value,
    headers,
  };
  if (opaque !== undefined) record.opaque = opaque;
  if (unreadable !== undefined) record.unreadable = unreadable;
  return record;
}

/** Of a name that is repeated the last value stands, as Kafka's own `lastHeader`; a null value is an absent header. */
export function textAndOther({
  headers,
  unnamedHeaders,
}: Pick<ReadMessage, 'headers' | 'unnamedHeaders'>): Pick<LogRecord, 'headers' | 'opaque'> {
  const text: Record<string, string> = {};
  let opaque: Record<string, string> | undefined;
  for (const [name, values] of Object.entries(headers ?? {})) {
    const value: unknown = Array.isArray(values) ? values.at(-1) : values;
    if (typeof value === 'string') set(text, name, value);
    if (!(value instanceof Uint8Array)) continue;
    const read = utf8(value);
    if (read !== undefined) set(text, name, read);
    else {
      opaque ??= {};
      set(opaque, name, base64(value));
    }
  }
  for (const [name, value] of unnamedHeaders ?? []) {
    opaque ??= {};
    set(opaque, `base64:${base64(name)}`, base64(value ?? Buffer.alloc(0)));
  }
  return opaque === undefined ? { headers: text } : { headers: text, opaque };
}

/** Undefined where it is none. */
function utf8(bytes: Uint8Array): string | undefined {
  const read = (Buffer.isBuffer(bytes) ? bytes : asBuffer(bytes)).toString();
  // What stands for bytes that are none may also have been written.
  return !read.includes('\ufffd') || isUtf8(bytes) ? read : undefined;
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const base64 = (bytes: Uint8Array): string => asBuffer(bytes).toString('base64');

/** Assigning `__proto__` would set the prototype. */
function set(to: Record<string, string>, name: string, value: string): void {
  if (name === '__proto__')
    Object.defineProperty(to, name, { value, enumerable: true, configurable: true, writable: true });
  else to[name] = value;
}
