/**
 * What a document of Office takes from elsewhere or runs when it is opened, as its relationships and fields say it. Pure: of a part the text,
 * read once from its beginning to its end. Links that somebody clicks are none of it.
 */

/** `outside`: it asks another place; `active`: it holds what does something. */
export type Reaching = 'outside' | 'active';

const CLICKED = 'hyperlink';
/** By the last part of its type, as both forms of the standard have it. */
const ACTIVE_TYPES: ReadonlySet<string> = new Set([
  'afchunk',
  'oleobject',
  'control',
  'activexcontrolbinary',
  'vbaproject',
  'vbaprojectsignature',
  'wordvbadata',
  'attachedtoolbars',
  'macrosheet',
  'xlmacrosheet',
  'xlintlmacrosheet',
  'dialogsheet',
  'keymapcustomizations',
]);
const OUTSIDE_TYPES: ReadonlySet<string> = new Set([
  'externallink',
  'externallinkpath',
  'connections',
  'attachedtemplate',
  'subdocument',
  'frame',
  'mailmergesource',
  'mailmergeheadersource',
  'webextension',
  'webextensiontaskpanes',
]);

/** Throws where it is no plain XML, of which no check would see all. */
export function reachOfRelationships(bytes: Buffer): Reaching | undefined {
  let outside: Reaching | undefined;
  for (const { attributes } of tagsOf(plainXml(bytes, 'its relationships'), new Set(['relationship']))) {
    const { type = '', targetmode: mode = '' } = attributesOf(attributes);
    const last = type.trim().split('/').at(-1)?.toLowerCase() ?? '';
    if (ACTIVE_TYPES.has(last)) return 'active';
    const isOutside = mode.trim().toLowerCase() === 'external' && last !== CLICKED;
    if (isOutside || OUTSIDE_TYPES.has(last)) outside = 'outside';
  }
  return outside;
}

/** Commands of fields of Word that run something, or write such a command by its letters' numbers; and that fetch from elsewhere. */
const RUNS = /^["\s]*(?:ddeauto|dde|quote(?:\s+\d+){3})(?![\w-])/i;
const FETCHES = /^["\s]*(?:link|include|includetext|includepicture|import|database|rd)(?![\w-])/i;
const OF_FIELDS: ReadonlySet<string> = new Set(['fldchar', 'instrtext', 'delinstrtext', 'fldsimple']);

/** Of a part with words: a command may be cut into any pieces between two marks of a field. */
export function reachOfFields(bytes: Buffer): Reaching | undefined {
  const text = plainXml(bytes, 'its text');
  const commands: string[] = [];
  let written = 0;
  let pieces: string[] = [];
  const over = (): void => {
    commands.push(pieces.join(''));
    pieces = [];
  };
  for (const { name, attributes, end } of tagsOf(text, OF_FIELDS))
    if (name === 'fldchar') over();
    else if (name === 'fldsimple') commands.push(attributesOf(attributes)['instr'] ?? '');
    else {
      const piece = text.slice(end, Math.max(end, text.indexOf('<', end)));
      written += piece.length;
      if (written > MOST_COMMANDS) throw tooMuch();
      pieces.push(plainText(piece));
    }
  over();
  if (commands.some((each) => RUNS.test(each))) return 'active';
  return commands.some((each) => FETCHES.test(each)) ? 'outside' : undefined;
}

/** Of a tag, with its attributes; no program writes as long a one. */
const MOST_TAG = 8_000;
/** What one part may make the room read: the largest that an office wrote have a hundredth of it. */
const MOST_BYTES = 24_000_000;
const MOST_TAGS = 3_000_000;
const MOST_READ = 50_000;
const MOST_COMMANDS = 1_000_000;
const tooMuch = (): Error => new Error('a part of it has more than is read of one; split the document');

/** Tags that open one of these elements, by the names without a prefix, in small letters. `end`: behind it. */
function* tagsOf(
  text: string,
  names: ReadonlySet<string>,
): Generator<{ name: string; attributes: string; end: number }> {
  const named = /<(?:[\w.-]{1,40}:)?([a-z]{1,20})(?=[\s/>])/iy;
  let [tags, read] = [0, 0];
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) {
    if (++tags > MOST_TAGS) throw tooMuch();
    named.lastIndex = at;
    const found = named.exec(text);
    const name = found?.[1]?.toLowerCase();
    if (found === null || name === undefined || !names.has(name)) continue;
    if (++read > MOST_READ) throw tooMuch();
    const from = at + found[0].length;
    const end = endOfTag(text, from);
    yield { name, attributes: text.slice(from, end - 1), end };
  }
}

/** Attributes may hold what ends a tag elsewhere. */
function endOfTag(text: string, from: number): number {
  let quote = '';
  for (let at = from; at < Math.min(text.length, from + MOST_TAG); at++) {
    const letter = text[at] ?? '';
    if (quote !== '') quote = letter === quote ? '' : quote;
    else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === '>') return at + 1;
  }
  throw new Error('a part of it is written in a way that is not read');
}

/** Without its comments. */
function plainXml(bytes: Buffer, what: string): string {
  if (bytes.length > MOST_BYTES) throw tooMuch();
  const isWide = bytes[0] === 0xff || bytes[0] === 0xfe || bytes[0] === 0 || bytes[1] === 0;
  if (isWide) throw new Error(`${what} is in another encoding`);
  const text = bytes.toString('utf8');
  const pieces: string[] = [];
  let from = 0;
  for (let at = text.indexOf('<!'); at >= 0; at = text.indexOf('<!', from)) {
    const end = text.startsWith('<!--', at) ? text.indexOf('-->', at + 4) : -1;
    if (end < 0) throw new Error(`${what} has declarations`);
    pieces.push(text.slice(from, at));
    from = end + 3;
  }
  return [...pieces, text.slice(from)].join('');
}

function attributesOf(written: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name = '', value = ''] of written.matchAll(/(?:[\w.-]{1,40}:)?([\w.-]{1,40})\s*=\s*("[^"]*"|'[^']*')/g))
    found[name.toLowerCase()] = plainText(value.slice(1, -1));
  return found;
}

const NAMED: Readonly<Record<string, string>> = { quot: '"', apos: "'", amp: '&', lt: '<', gt: '>' };
const plainText = (written: string): string =>
  written
    .replace(/&#(x?)([0-9a-f]{1,8});/gi, (whole, hex: string, digits: string) => {
      const code = Number.parseInt(digits, hex === '' ? 10 : 16);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    })
    .replace(/&(quot|apos|amp|lt|gt);/g, (_, name: string) => NAMED[name] ?? '');
