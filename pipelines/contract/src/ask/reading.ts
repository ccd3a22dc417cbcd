/**
 * Reads a question that was typed: each stretch of it has what it may mean, or is marked as not understood. By the catalogue's names
 * and a fixed grammar alone: the same words mean the same on every day but for their times. Pure.
 */
import { addDays, daysBetween, validOn } from '../calendar.ts';
import type { Catalogue } from '../catalogue.ts';
import type { Dimension } from '../dimensions.ts';
import { isExplained } from '../evidence.ts';
import type { Period } from '../wall.ts';
import type { Meaning as Known, Lexicon } from './lexicon.ts';
import { type FoundTime, timeAt } from './times.ts';
import { agrees, keyOf, type Token, tokensOf, type Word, wordsOf } from './tokens.ts';
import { AGAINST, COMPARED, COUNTED_WORDS, FILLERS, GRAIN_WORDS, ORDINARY, SINCE, UNCOUNTED, UNTIL } from './words.ts';

export type Meaning =
  | Exclude<Known, { kind: 'member' }>
  /**
   * `isThen`: as the unit was at the time, before it became a part of another; `was`: the unit that was named, which had become a part
   * of this one by then.
   */
  | (Extract<Known, { kind: 'member' }> & { isThen?: true; was?: string })
  | { kind: 'time' | 'against'; period: Period }
  | { kind: 'compare'; name: 'previous' | 'year-before' | 'day-types' }
  | { kind: 'grain'; grain: 'hour' | 'day' | 'month' }
  | { kind: 'top'; count: number };

export interface Part {
  /** Where it stands in what was typed. */
  from: number;
  to: number;
  text: string;
  /** `extra`: understood, but there is one of its kind already. */
  state: 'taken' | 'filler' | 'extra' | 'unknown';
  /** What it may mean; several are told apart by whoever asks. */
  choices: readonly Meaning[];
  chosen: number;
  /** Of what is unknown: it is known well, and is not answered here. */
  uncounted?: Uncounted;
}
/** `why`: of a measure whose change is no sum of what anybody gave. */
export type Uncounted = keyof typeof UNCOUNTED | 'why';

export interface QuestionReading {
  parts: readonly Part[];
  /** The question as the page's address has it; what was not said is not there. */
  fields: Readonly<Record<string, string>>;
  /** All of it is understood, and something is asked. */
  isWhole: boolean;
}

export interface Ground {
  catalogue: Catalogue;
  lexicon: Lexicon;
  /** A local day. */
  today: string;
}

/** More members than this have a part of a name in common by chance. */
const MOST_CHOICES = 8;
const SHORTEST = 3;
const BOUNDS: ReadonlySet<string> = new Set([...SINCE, ...UNTIL].map(keyOf));
/** A word alone is a part of a name where it is a long one: syllables are words of the language, as `long` of `Vĩnh Long` is. */
const LONG_WORD = 7;
/** By their folded keys. */
const COMMON = new Map<string, (readonly Word[])[]>();
for (const words of [...ORDINARY, ...FILLERS].map(wordsOf)) {
  const key = words.map(({ text }) => text).join(' ');
  COMMON.set(key, [...(COMMON.get(key) ?? []), words]);
}
const isCommon = (words: readonly Token[]): boolean =>
  (COMMON.get(words.map(({ text }) => text).join(' ')) ?? []).some((common) => agrees(words, common));
const isOrdinary = (words: readonly Token[]): boolean => isCommon(words) || words.every((word) => isCommon([word]));

/** Of an earlier choice, by the text of its part: which of its meanings is meant. */
export type Chosen = Readonly<Record<string, number>>;

type Role = 'against' | 'since' | 'until';
/** A stretch of words before it is known what stands around it. */
interface Piece {
  tokens: readonly Token[];
  word?: Role;
  isFiller?: boolean;
  uncounted?: Uncounted;
  time?: FoundTime;
  choices: readonly Meaning[];
}

export function readQuestion(
  typed: string,
  { catalogue, lexicon, today }: Ground,
  chosen: Chosen = {},
): QuestionReading {
  const tokens = tokensOf(typed);
  const pieces = piecesOf(tokens, lexicon, today);
  const { roles, period, against } = timesOf(pieces, today);
  const at = period?.to ?? addDays(today, -1);
  const isMeasure = (piece: Piece): boolean =>
    piece.choices.length > 0 && piece.choices.every(({ kind }) => kind === 'measure');
  const hasMeasure = pieces.some(isMeasure);
  const isWeak = ({ tokens: own }: Piece): boolean => COUNTED_WORDS.some((words) => agrees(own, knownWords(words)));
  const hasOwn = pieces.some((piece) => isMeasure(piece) && !isWeak(piece));
  const once = new Set<string>();
  const read = pieces.map((piece, n): Part => {
    const [first, last] = [piece.tokens[0], piece.tokens.at(-1)];
    const [from, to] = [first?.from ?? 0, last?.to ?? 0];
    const part = { from, to, text: typed.slice(from, to), choices: [] as readonly Meaning[], chosen: 0 };
    const role = roles.get(n);
    if (role !== undefined) return { ...part, ...role };
    if (piece.isFiller === true || isType(pieces, n) || (hasOwn && isWeak(piece))) return { ...part, state: 'filler' };
    const choices = orderedOf(unitsIn(piece.choices, catalogue, at, today), hasMeasure && !isMeasure(piece));
    if (choices.length === 0)
      return { ...part, state: 'unknown', ...(piece.uncounted === undefined ? {} : { uncounted: piece.uncounted }) };
    const wanted = chosen[part.text] ?? 0;
    const index = wanted < choices.length ? wanted : 0;
    const kind = choices[index]?.kind ?? '';
    const isExtra = kind !== 'member' && once.has(kind);
    once.add(kind);
    return { ...part, state: isExtra ? 'extra' : 'taken', choices, chosen: index };
  });
  const fields = fieldsOf(read, period, against);
  // Why is answered of whatever measure was named, or not at all.
  const parts = isExplained(fields['sort'] ?? 'submitted') ? read : read.map(withoutWhy);
  return {
    parts,
    fields,
    isWhole: Object.keys(fields).length > 0 && parts.every(({ state }) => state === 'taken' || state === 'filler'),
  };
}

const withoutWhy = (part: Part): Part =>
  part.choices[part.chosen]?.kind === 'why'
    ? { ...part, state: 'unknown', choices: [], chosen: 0, uncounted: 'why' }
    : part;

/** The longest of these that begins at a word. */
function longestOf(phrases: Iterable<string>, tokens: readonly Token[], at: number): string | undefined {
  let found: string | undefined;
  for (const phrase of phrases) {
    const words = knownWords(phrase);
    if (agrees(tokens.slice(at, at + words.length), words) && words.length > lengthOf(found)) found = phrase;
  }
  return found;
}
const split = new Map<string, readonly Word[]>();
/** Of the lists of words alone, which are few. */
function knownWords(phrase: string): readonly Word[] {
  const known = split.get(phrase) ?? wordsOf(phrase);
  split.set(phrase, known);
  return known;
}
const lengthOf = (phrase: string | undefined): number => (phrase === undefined ? 0 : knownWords(phrase).length);

/** From left to right the longest stretch that means something; words that mean nothing stand together. */
function piecesOf(tokens: readonly Token[], lexicon: Lexicon, today: string): Piece[] {
  const pieces: Piece[] = [];
  let isOpen = false;
  for (let at = 0; at < tokens.length; ) {
    const { length, ...piece } = pieceAt(tokens, at, lexicon, today);
    const taken = tokens.slice(at, at + length);
    at += length;
    const isUnknown =
      piece.choices.length === 0 &&
      piece.word === undefined &&
      piece.isFiller !== true &&
      piece.uncounted === undefined &&
      piece.time === undefined;
    const last = pieces.at(-1);
    if (isUnknown && isOpen && last !== undefined)
      pieces[pieces.length - 1] = { ...last, tokens: [...last.tokens, ...taken] };
    else pieces.push({ ...piece, tokens: taken });
    isOpen = isUnknown;
  }
  return pieces;
}

function pieceAt(
  tokens: readonly Token[],
  at: number,
  lexicon: Lexicon,
  today: string,
): Omit<Piece, 'tokens'> & { length: number } {
  const words = tokens.map(({ text }) => text);
  const time = timeAt(words, at, today);
  const compared = longestOf(Object.keys(COMPARED), tokens, at);
  const named = namedAt(tokens, at, lexicon, today);
  const longest = Math.max(time?.length ?? 0, lengthOf(compared), named.length);
  for (const [word, phrases] of [
    ['against', AGAINST],
    ['since', SINCE],
    ['until', UNTIL],
  ] as const) {
    const length = lengthOf(longestOf(phrases, tokens, at));
    if (length > 0 && length >= longest) return { length, word, choices: [] };
  }
  const grain = longestOf(Object.keys(GRAIN_WORDS), tokens, at);
  if (grain !== undefined && lengthOf(grain) >= longest && !/^\d/.test(words[at + lengthOf(grain)] ?? ''))
    return { length: lengthOf(grain), choices: [{ kind: 'grain', grain: GRAIN_WORDS[grain] ?? 'day' }] };
  if (words[at] === 'top' && /^[1-9]\d{0,2}$/.test(words[at + 1] ?? ''))
    return { length: 2, choices: [{ kind: 'top', count: Number(words[at + 1]) }] };
  if (time !== undefined && time.length === longest) return { length: time.length, time, choices: [] };
  if (compared !== undefined && lengthOf(compared) === longest)
    return { length: longest, choices: [{ kind: 'compare', name: COMPARED[compared] ?? 'previous' }] };
  for (const [uncounted, phrases] of Object.entries(UNCOUNTED)) {
    const length = lengthOf(longestOf(phrases, tokens, at));
    if (length > 0 && length >= longest) return { length, choices: [], uncounted: uncounted as Uncounted };
  }
  const filler = lengthOf(longestOf(FILLERS, tokens, at));
  // `GI` in capitals is a code, `gi` asks what.
  const isCode = named.length === 1 && tokens[at]?.isCapital === true;
  if (filler > 0 && !isCode && (filler > longest || (filler === longest && longest === 1)))
    return { length: filler, choices: [], isFiller: true };
  if (longest > 0) return { length: named.length, choices: named.meanings };
  return filler > 0 ? { length: filler, choices: [], isFiller: true } : { length: 1, choices: [] };
}

/** The longest name that begins at a word; a longer part of a name comes before a shorter whole one. */
function namedAt(
  tokens: readonly Token[],
  at: number,
  { meanings, longest, names }: Lexicon,
  today: string,
): { length: number; meanings: readonly Known[] } {
  const words = tokens.map(({ text }) => text);
  // `của Bộ Công an` is the ministry, also where the long name of a service ends with these words.
  const isFiller = longestOf(FILLERS, tokens.slice(at, at + 1), 0) !== undefined;
  const behind = isFiller ? wholeAt(tokens, at + 1, { meanings, longest }) : 0;
  for (let length = Math.min(longest, tokens.length - at); length > 0; length--) {
    const typed = tokens.slice(at, at + length);
    const phrase = typed.map(({ text }) => text).join(' ');
    const whole = (meanings.get(phrase) ?? []).filter((one) => agrees(typed, one.words));
    if (whole.length > 0) return { length, meanings: distinct(whole.map(({ meaning }) => meaning)) };
    if (phrase.length < SHORTEST || (length === 1 && phrase.length < LONG_WORD) || isOrdinary(typed)) continue;
    if (behind > 0 && length <= behind + 1) continue;
    // Of `các bộ từ 2/3` the last word is of the time, and no part of `Bộ Tư pháp`.
    if (BOUNDS.has(words[at + length - 1] ?? '') && timeAt(words, at + length, today) !== undefined) continue;
    const found = distinct(
      (names.get(words[at] ?? '') ?? [])
        .filter(({ words: of }) => of.some((_, from) => agrees(typed, of.slice(from, from + length))))
        .map(({ meaning }) => meaning),
    );
    if (found.length > 0 && found.length <= MOST_CHOICES) return { length, meanings: found };
  }
  return { length: 0, meanings: [] };
}

/** Words of the longest whole name that begins at a word. */
function wholeAt(
  tokens: readonly Token[],
  at: number,
  { meanings, longest }: Pick<Lexicon, 'meanings' | 'longest'>,
): number {
  for (let length = Math.min(longest, tokens.length - at); length > 0; length--) {
    const typed = tokens.slice(at, at + length);
    const whole = meanings.get(typed.map(({ text }) => text).join(' ')) ?? [];
    if (whole.some((one) => agrees(typed, one.words))) return length;
  }
  return 0;
}

const distinct = (all: readonly Known[]): Known[] => [
  ...new Map(all.map((meaning) => [JSON.stringify(meaning), meaning])).values(),
];

type Told = Pick<Part, 'state' | 'choices' | 'chosen'>;
interface Times {
  roles: Map<number, Told>;
  period: Period | undefined;
  against: Period | undefined;
}

/** Which time is asked for, and which it is held against. */
function timesOf(pieces: readonly Piece[], today: string): Times {
  const roles = new Map<number, Told>();
  const filler: Told = { state: 'filler', choices: [], chosen: 0 };
  const unknown: Told = { state: 'unknown', choices: [], chosen: 0 };
  const told: { main: FoundTime | undefined; against: FoundTime | undefined } = { main: undefined, against: undefined };
  const places = { main: -1, against: -1 };
  const next = (n: number): number => pieces.findIndex(({ isFiller }, at) => at > n && isFiller !== true);
  let side: 'main' | 'against' = 'main';
  for (let n = 0; n < pieces.length; n++) {
    const { word, time, choices } = pieces[n] as Piece;
    if (word === 'against') {
      const followed = pieces[next(n)];
      const isCompared =
        followed?.time !== undefined || followed?.word === 'since' || followed?.choices[0]?.kind === 'compare';
      roles.set(n, isCompared ? filler : unknown);
      if (followed?.choices[0]?.kind !== 'compare') side = 'against';
    } else if (word !== undefined) {
      // `from` of something else than a time says nothing; `to` between two times was taken with the first.
      if (!roles.has(n)) roles.set(n, filler);
    } else if (time !== undefined && !roles.has(n)) {
      let found = time;
      const since = pieces.slice(0, n).findLast(({ isFiller }) => isFiller !== true)?.word === 'since';
      const until = next(n);
      const end = pieces[until]?.word === 'until' ? next(until) : -1;
      const last = pieces[end]?.time;
      if (last !== undefined && last.period.to >= time.period.from) {
        found = { ...last, period: { from: time.period.from, to: last.period.to } };
        roles.set(until, filler);
        roles.set(end, filler);
      } else if (since) found = { ...time, period: { from: time.period.from, to: today }, isOpen: true };
      const isSecond = told[side] !== undefined;
      if (!isSecond) {
        told[side] = found;
        places[side] = n;
      }
      roles.set(n, { state: isSecond ? 'extra' : 'taken', choices: [], chosen: 0 });
    } else if (choices[0]?.kind === 'compare') side = 'main';
  }
  const { against } = told;
  // Last week alone is held against this one.
  const running = against?.running;
  const asked =
    told.main ??
    (running === undefined ? undefined : { length: 0, period: { from: running.from, to: today }, isOpen: true });
  const isCompared = against !== undefined || pieces.some(({ choices: [one] }) => one?.kind === 'compare');
  const main = asked === undefined || !isCompared ? asked : overIn(asked, today);
  const period = main?.period;
  const compared = against === undefined || main === undefined ? against?.period : alike(against, main);
  for (const [n, role] of roles) {
    if (n === places.main && period !== undefined) roles.set(n, { ...role, choices: [{ kind: 'time', period }] });
    if (n === places.against && compared !== undefined)
      roles.set(n, { ...role, choices: [{ kind: 'against', period: compared }] });
    const time = pieces[n]?.time;
    if (role.state === 'extra' && time !== undefined)
      roles.set(n, { ...role, choices: [{ kind: 'time', period: time.period }] });
  }
  return { roles, period, against: compared };
}

/** What is compared ends with the last day that is over, where it has one: what is counted so far of a day is no fall. */
const overIn = (found: FoundTime, today: string): FoundTime =>
  found.period.to < today || found.period.from >= today
    ? found
    : { ...found, period: { from: found.period.from, to: addDays(today, -1) }, isOpen: true };

/**
 * What has not ended is held against as many days of the other; a part of the running week, month or year, as yesterday is, against
 * the same part of the one before.
 */
function alike(
  { period: other, running }: Pick<FoundTime, 'period' | 'running'>,
  { period, isOpen }: Pick<FoundTime, 'period' | 'isOpen'>,
): Period {
  const days = daysBetween(period.from, period.to);
  const isPart = running !== undefined && period.from >= running.from && days < daysBetween(other.from, other.to);
  if (!isOpen && !isPart) return other;
  const from = isPart ? addDays(other.from, daysBetween(running.from, period.from)) : other.from;
  const [to = other.to] = [addDays(from, days), other.to].sort();
  return { from, to };
}

/** `tỉnh` before a province is a part of its name. */
function isType(pieces: readonly Piece[], n: number): boolean {
  const [split] = pieces[n]?.choices ?? [];
  const following = pieces[n + 1]?.choices ?? [];
  return split?.kind === 'split' && following.some((one) => one.kind === 'member' && one.dimension === split.dimension);
}

/** A channel of the same name as a measure is meant where another measure is. */
const orderedOf = (choices: readonly Meaning[], hasMeasure: boolean): readonly Meaning[] =>
  hasMeasure ? [...choices].sort((a, b) => Number(a.kind === 'measure') - Number(b.kind === 'measure')) : choices;

interface Unit {
  id: string;
  successors?: readonly string[] | undefined;
  validFrom?: string | undefined;
  validTo?: string | undefined;
}

function todaysOf(units: readonly Unit[], id: string): string {
  const next = units.find((unit) => unit.id === id)?.successors ?? [];
  return next.length === 1 && next[0] !== undefined ? todaysOf(units, next[0]) : id;
}

/**
 * Units of one name: what has it on the day that is asked about is meant, with all that came before it. Where that is another unit
 * than today's, or none had it any more, both are to choose from: as it was then, and what it belongs to today.
 */
function unitsIn(choices: readonly Meaning[], catalogue: Catalogue, day: string, today: string): readonly Meaning[] {
  const found: Meaning[] = [];
  const put = (meaning: Meaning): void => {
    if (!found.some((one) => JSON.stringify(one) === JSON.stringify(meaning))) found.push(meaning);
  };
  for (const meaning of choices) {
    if (meaning.kind !== 'member' || (meaning.dimension !== 'agency' && meaning.dimension !== 'province')) {
      put(meaning);
      continue;
    }
    const { dimension, code } = meaning;
    const units: readonly Unit[] = dimension === 'agency' ? catalogue.agencies : catalogue.provinces;
    const now = todaysOf(units, code);
    const same = choices.flatMap((one) =>
      one.kind === 'member' && one.dimension === dimension && todaysOf(units, one.code) === now ? [one.code] : [],
    );
    const exists = (id: string, on: string): boolean => units.some((unit) => unit.id === id && validOn(unit, on));
    const then = same.find((id) => exists(id, day));
    const of = (id: string): Meaning => ({ kind: 'member', dimension, code: id });
    if (then !== undefined && exists(then, today)) put(of(then));
    else if (then === undefined && now !== code && exists(now, day)) {
      // It was a part of today's by then.
      put({ ...of(now), was: code } as Meaning);
      put({ ...of(code), isThen: true } as Meaning);
    } else {
      put({ ...of(then ?? code), isThen: true } as Meaning);
      if (now !== code) put(of(now));
    }
  }
  return found;
}

function fieldsOf(
  parts: readonly Part[],
  period: Period | undefined,
  against: Period | undefined,
): Record<string, string> {
  const fields: Record<string, string> = {};
  const members = new Map<Dimension, string[]>();
  for (const { state, choices, chosen } of parts) {
    const meaning = choices[chosen];
    if (state !== 'taken' || meaning === undefined) continue;
    if (meaning.kind === 'measure') fields['sort'] = meaning.measure;
    if (meaning.kind === 'split') fields['split'] = meaning.dimension;
    if (meaning.kind === 'compare') fields['compare'] = meaning.name;
    if (meaning.kind === 'per') fields['per'] = meaning.per;
    if (meaning.kind === 'grain') fields['grain'] = meaning.grain;
    if (meaning.kind === 'top') fields['top'] = String(meaning.count);
    if (meaning.kind === 'order') fields['order'] = meaning.order;
    if (meaning.kind === 'member') {
      members.set(meaning.dimension, [...new Set([...(members.get(meaning.dimension) ?? []), meaning.code])]);
      if (meaning.isThen === true) fields['boundaries'] = 'as-reported';
    }
  }
  const isWhy = parts.some(({ state, choices, chosen }) => state === 'taken' && choices[chosen]?.kind === 'why');
  const { sort = 'submitted' } = fields;
  if (isWhy && isExplained(sort)) fields['explain'] = sort;
  for (const [dimension, codes] of members) fields[dimension] = codes.join(',');
  if (period !== undefined) Object.assign(fields, period);
  if (against !== undefined) fields['compare'] = `${against.from}:${against.to}`;
  return fields;
}
