/** Encodings that bytes may be in: guesses to be shown to a person, never to be read by. */
import { TextDecoder } from 'node:util';
import { analyse } from 'chardet';

const SAMPLE = 64 * 1024;
const MOST = 4;
const MOST_STATISTICAL = 2;

/** Names of the Encoding standard, the likeliest first. `line` is one that is not UTF-8, `bytes` what stands around it. */
export function guesses(bytes: Uint8Array, line: Uint8Array): { encoding: string; seen: string }[] {
  const sample = bytes.subarray(0, SAMPLE);
  const statistical = analyse(sample).map(({ name }) => nameOf(name));
  const read = (names: readonly (string | undefined)[]) =>
    names.flatMap((encoding) => {
      const seen = encoding === undefined || encoding.startsWith('utf-') ? undefined : readAs(encoding, line);
      return encoding === undefined || seen === undefined ? [] : [{ encoding, seen }];
    });
  const all = read(statistical);
  const words = [...(hasTones(sample) ? read([TONED]) : []), ...all.filter(isWords(sample)).slice(0, MOST_STATISTICAL)];
  const found = [...words, ...read(OF_SEVERAL_BYTES).filter(isWords(sample))];
  const distinct = found.filter((one, at) => found.findIndex(({ encoding }) => encoding === one.encoding) === at);
  return (distinct.length > 0 ? distinct : all).slice(0, MOST);
}

/** Few characters are too few for statistics: what reads as words is shown. */
const OF_SEVERAL_BYTES = ['gb18030', 'shift_jis', 'euc-kr', 'big5', 'euc-jp'];

const isWords =
  (bytes: Uint8Array) =>
  ({ encoding }: { encoding: string }): boolean => {
    const foreign = new TextDecoder(encoding).decode(bytes).match(/[^\p{ASCII}]/gu) ?? [];
    const letters = foreign.filter((character) => /[\p{L}\p{M}]/u.test(character));
    return letters.length >= foreign.length * 0.9;
  };

/** The encoding that writes a vowel's tone as a character of its own. */
const TONED = 'windows-1258';
const TONE = /[\u0300\u0301\u0303\u0309\u0323]/g;

/** True where what would be tones stands after vowels and nowhere else. */
function hasTones(bytes: Uint8Array): boolean {
  const text = new TextDecoder(TONED).decode(bytes);
  const tones = text.match(TONE)?.length ?? 0;
  return tones > 0 && text.match(/[aăâeêioôơuưy][\u0300\u0301\u0303\u0309\u0323]/gi)?.length === tones;
}

function nameOf(name: string): string | undefined {
  try {
    return new TextDecoder(name).encoding;
  } catch {
    return undefined;
  }
}

function readAs(name: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(name, { fatal: true }).decode(bytes).normalize('NFC');
  } catch {
    return undefined;
  }
}
