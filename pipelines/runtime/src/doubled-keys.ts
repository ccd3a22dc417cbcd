/** The first field that an object of a JSON text has twice, of which a parser would keep the last without a word. Pure, in one pass. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Undefined where there is none, or the text is no JSON, which its parser says. */
export function doubledKey(text: string): string | undefined {
  /** Of each object that is open its fields so far; of a list nothing. */
  const open: (Set<string> | undefined)[] = [];
  let isKey = false;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '{':
        open.push(new Set());
        isKey = true;
        break;
      case '[':
        open.push(undefined);
        isKey = false;
        break;
      case '}':
      case ']':
        open.pop();
        isKey = false;
        break;
      case ',':
        isKey = open.at(-1) !== undefined;
        break;
      case '"': {
        const end = endOfString(text, at);
        if (end === undefined) return undefined;
        if (isKey) {
          const key = keyOf(text.slice(at, end + 1));
          const fields = open.at(-1);
          if (key === undefined || fields === undefined) return undefined;
          if (fields.has(key)) return key;
          fields.add(key);
          isKey = false;
        }
        at = end;
      }
    }
  }
  return undefined;
}

function endOfString(text: string, from: number): number | undefined {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) return at;
  }
  return undefined;
}

/** The same key may be written in several ways. */
function keyOf(written: string): string | undefined {
  if (!written.includes('\\')) return written.slice(1, -1);
  try {
    return JSON.parse(written) as string;
  } catch {
    return undefined;
  }
}
