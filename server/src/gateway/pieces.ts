/** The events of a batch as the bytes they came in: they go into the log as they are, and each is read for itself. */

const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = 0x5b;
const CLOSING = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const BLANK = new Set([0x20, 0x09, 0x0a, 0x0d]);
const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Where a JSON text begins: behind its byte order mark, where it has one, and its blanks. */
function beginOf(body: Buffer): number {
  let at = body.subarray(0, MARK.length).equals(MARK) ? MARK.length : 0;
  while (BLANK.has(body[at] ?? 0)) at++;
  return at;
}

export const isArray = (body: Buffer): boolean => body[beginOf(body)] === OPENING;

/**
 * The elements of a JSON array, at most `most` and one more. They hold JSON if and only if the array does; undefined where
 * there is none, as it does not end or goes on after its end.
 */
export const piecesOf = (body: Buffer, most: number): Buffer[] | undefined => between(OPENING, CLOSING, body, most);

/** The members of a JSON object, with their names; undefined where there is none. */
export const membersOf = (object: Buffer): { name: string; bytes: Buffer }[] | undefined =>
  between(OPENING_BRACE, CLOSING_BRACE, object, Number.POSITIVE_INFINITY)?.map((bytes) => ({
    name: JSON.parse(bytes.toString('utf8', 0, endOfText(bytes))) as string,
    bytes,
  }));

/** Behind the text that begins at the first of these bytes. */
function endOfText(bytes: Buffer): number {
  let at = 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

/** What the outermost commas part, between an opening and its closing. */
function between(opening: number, closing: number, body: Buffer, most: number): Buffer[] | undefined {
  const pieces: Buffer[] = [];
  const begin = beginOf(body);
  if (body[begin] !== opening) return undefined;
  let from = begin + 1;
  let depth = 1;
  let isText = false;
  for (let at = from; at < body.length; at++) {
    const byte = body[at] ?? 0;
    if (isText) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) isText = false;
    } else if (byte === QUOTE) isText = true;
    else if (byte === OPENING || byte === OPENING_BRACE) depth++;
    else if (byte === CLOSING || byte === CLOSING_BRACE) {
      depth--;
      if (depth > 0) continue;
      if (byte !== closing || trimmed(body.subarray(at + 1)).length > 0) return undefined;
      const last = trimmed(body.subarray(from, at));
      if (last.length > 0 || pieces.length > 0) pieces.push(last);
      return pieces;
    } else if (byte === COMMA && depth === 1) {
      pieces.push(trimmed(body.subarray(from, at)));
      from = at + 1;
      if (pieces.length > most) return pieces;
    }
  }
  return undefined;
}

function trimmed(bytes: Buffer): Buffer {
  let from = 0;
  let to = bytes.length;
  while (from < to && BLANK.has(bytes[from] ?? 0)) from++;
  while (to > from && BLANK.has(bytes[to - 1] ?? 0)) to--;
  return bytes.subarray(from, to);
}
