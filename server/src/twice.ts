/**
 * A field that an event names twice, of which a parser keeps the last without a word. Its fields are counted in its bytes and in what was
 * read of them: only where these differ it is looked for.
 */
import { bounded, type Outcome, type PartialEvent } from '@room/contract';
import { doubledKey } from '@room/runtime';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** Of JSON; `read`: what it was read as, where it stands by itself. Undefined where there is none. */
export const fieldTwice = (bytes: Buffer, read: unknown): string | undefined =>
  read !== undefined && colonsIn(bytes) === fieldsOf(read) ? undefined : doubledKey(bytes.toString('utf8'));

/** Of what could be counted: as it is, where it names no field twice. */
export function refusedTwice(
  sent: Buffer,
  headers: Readonly<Record<string, unknown>>,
  event: PartialEvent['event'],
  read: Extract<Outcome, { ok: true }>,
): Outcome {
  // What came in headers, or packed in a text, was not read of these bytes alone.
  const isPlain = headers['ce_specversion'] === undefined && event['data_base64'] === undefined;
  const field = fieldTwice(sent, isPlain ? event : undefined);
  if (field === undefined) return read;
  const { source, id } = read.event;
  return {
    ok: false,
    code: 'field_twice',
    reason: `the event has the field ${bounded(field, 80)} twice, and which is meant is not known: send it once`,
    source,
    id,
    rootId: read.event.kind === 'submission' ? (read.event.corrects ?? id) : id,
  };
}

/** Outside of texts each stands behind a field's name. */
function colonsIn(bytes: Buffer): number {
  let colons = 0;
  const end = bytes.length;
  for (let at = 0; at < end; at++) {
    const byte = bytes[at];
    if (byte === COLON) colons++;
    else if (byte === QUOTE) for (at++; at < end && bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH) at++;
  }
  return colons;
}

function fieldsOf(read: unknown): number {
  if (typeof read !== 'object' || read === null) return 0;
  let fields = 0;
  if (Array.isArray(read)) {
    for (const each of read) fields += fieldsOf(each);
    return fields;
  }
  const object = read as Record<string, unknown>;
  for (const name in object) {
    fields++;
    const value = object[name];
    if (typeof value === 'object' && value !== null) fields += fieldsOf(value);
  }
  return fields;
}
