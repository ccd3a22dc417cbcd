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
  const all = read(statistical.map(plainest(sample)));
  const sure = [...(hasTones(sample) ? [TONED] : []), ...CYRILLIC.filter(isCyrillic(sample))];
  const words = [...read(sure), ...all.filter(isWords(sample)).slice(0, MOST_STATISTICAL)];
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

/** Where an encoding reads no letter differently from the one that most programs mean, that one. */
const plainest = (bytes: Uint8Array): ((name: string | undefined) => string | undefined) => {
  const read = (name: string): string => new TextDecoder(name).decode(bytes);
  return (name) => (name !== undefined && read(name) === read(PLAINEST) ? PLAINEST : name);
};
const PLAINEST = 'windows-1252';

const CYRILLIC = ['windows-1251', 'koi8-r', 'ibm866', 'iso-8859-5'];

/** True where nothing but whole Cyrillic words is foreign, with capitals where words have them: another encoding of the script has not. */
const isCyrillic =
  (bytes: Uint8Array) =>
  (encoding: string): boolean => {
    const text = new TextDecoder(encoding).decode(bytes);
    // What the sample cut at its edges, or what is no letter (№ « »), may be one in twenty.
    const words = text.match(/[\p{L}\p{M}]*[^\p{ASCII}\s][\p{L}\p{M}]*/gu) ?? [];
    const good = words.filter(
      (word) => /^(?:\p{Lu}?\p{Ll}+|\p{Lu}+)$/u.test(word) && /^\p{Script=Cyrillic}+$/u.test(word),
    );
    return words.length > 0 && good.length >= words.length * 0.95;
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
