/** What a sheet of paper says, ready to be set. Texts are of people: they stand as they are. Pure. */
import {
  type AnswerRow,
  type Catalogue,
  type Compared,
  type Dimension,
  isRatio,
  type Language,
  type Measure,
  placeText,
  type Query,
  type QueryAnswer,
  watermarkOf,
} from '@room/contract';
import { labelOf, layoutOf, namesIn, nounsIn } from '../table.ts';
import { WORDS } from '../words.ts';

/** `link` leads to the evidence of a number. */
export interface PaperCell {
  text: string;
  link?: string;
}

export interface PaperSection {
  title: string | null;
  /** Paragraphs. */
  text: string[];
  main: { name: string; value: PaperCell; beside: string } | null;
  /** A curve; undefined values are drawn as gaps. */
  points: { at: string; now: number | null; before: number | null }[];
  table: { columns: { name: string; isNumber: boolean }[]; rows: PaperCell[][] };
  /** What the table leaves out. */
  more: string | null;
  about: { name: string; value: string; isLink: boolean }[];
}

export interface Paper {
  language: Language;
  /** As much on a page as can be read. */
  isDense?: boolean;
  title: string;
  /** Numbers of a trial. */
  warning: string | null;
  /** Under each page, beside its number: `{n}` of `{all}`. */
  footer: string;
  page: string;
  sections: PaperSection[];
}

/** Rows of a table; who wants all takes a file of them. */
const MOST_ROWS = 200;

export interface SectionOptions {
  query: Query;
  /** As its address has it, with its `?`. */
  search: string;
  answer: QueryAnswer;
  catalogue: Catalogue;
  language: Language;
  isPart: boolean;
  /** Of a path of the room. */
  address: (path: string) => string;
  title?: string;
  text?: string;
}

export function sectionOf(options: SectionOptions): PaperSection {
  const { query, search, answer, catalogue, language, isPart, address, title, text } = options;
  const words = WORDS[language];
  const say = sayIn(language);
  const [first = 'submitted'] = query.measures;
  const main = query.sort !== undefined && query.measures.includes(query.sort) ? query.sort : first;
  const page = address(`/explore${search}`);
  const proof = proofsOf(page, query, answer);
  const { about } = layoutOf({ query, answer, catalogue, language, address: page, isPart });
  const before = answer.periods.before !== undefined;
  const shown = answer.rows.slice(0, MOST_ROWS);
  const [dimension] = query.split;
  const left = answer.rows.length - shown.length + (answer.others?.members ?? 0);
  return {
    title: title ?? null,
    text: (text ?? '').split(/\n+/).filter((line) => line.trim() !== ''),
    main: {
      name: labelOf(main, language),
      value: { text: say(main, answer.total.now?.[main]), ...proof(main, 'now') },
      beside: before ? `${words.before}: ${say(main, answer.total.before?.[main])}` : '',
    },
    points: (answer.total.points ?? []).map(({ at, now, before: base }) => ({
      at,
      now: now?.[main] ?? null,
      before: base?.[main] ?? null,
    })),
    table:
      dimension === undefined
        ? measuresTable(query.measures, answer.total, before, language, proof)
        : splitTable({ query, rows: shown, before, catalogue, language, proof, main }),
    more: left > 0 ? words.moreRows(left.toLocaleString(LOCALES[language])) : null,
    about: about.map(([name, value]) => ({ name, value, isLink: value === page })),
  };
}

const LOCALES = { vi: 'vi-VN', en: 'en-GB' } as const;

function sayIn(language: Language): (measure: Measure, value: number | undefined) => string {
  const locale = LOCALES[language];
  const count = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const share = new Intl.NumberFormat(locale, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return (measure, value) => {
    if (value === undefined) return '—';
    return isRatio(measure) ? share.format(value) : count.format(value);
  };
}

type Proof = (
  measure: Measure,
  side: 'now' | 'before',
  member?: { dimension: Dimension; code: string },
) => { link?: string };

/** The address that opens the evidence of a number of this answer, as of it. */
function proofsOf(page: string, { split }: Query, answer: QueryAnswer): Proof {
  return (measure, side, member) => {
    if (split.length > 1 || member?.code === '') return {};
    const asOf = watermarkOf(measure, answer);
    const place = placeText({
      measure,
      side,
      ...(member === undefined ? {} : { member }),
      ...(asOf === undefined ? {} : { asOf }),
    });
    return { link: `${page}&evidence=${encodeURIComponent(place)}` };
  };
}

function measuresTable(
  measures: readonly Measure[],
  of: Compared,
  before: boolean,
  language: Language,
  proof: Proof,
): PaperSection['table'] {
  const words = WORDS[language];
  const say = sayIn(language);
  return {
    columns: [
      { name: words.measure, isNumber: false },
      { name: words.period, isNumber: true },
      ...(before ? [{ name: words.before, isNumber: true }] : []),
    ],
    rows: measures.map((measure) => [
      { text: labelOf(measure, language) },
      { text: say(measure, of.now?.[measure]), ...proof(measure, 'now') },
      ...(before ? [{ text: say(measure, of.before?.[measure]), ...proof(measure, 'before') }] : []),
    ]),
  };
}

interface SplitOptions {
  query: Query;
  rows: readonly AnswerRow[];
  before: boolean;
  catalogue: Catalogue;
  language: Language;
  proof: Proof;
  main: Measure;
}

/** Measures that have room beside names. */
const MOST_MEASURES = 4;

function splitTable({ query, rows, before, catalogue, language, proof, main }: SplitOptions): PaperSection['table'] {
  const words = WORDS[language];
  const say = sayIn(language);
  const noun = nounsIn(catalogue, language);
  const names = namesIn(catalogue, language);
  const measures = [main, ...query.measures.filter((one) => one !== main)].slice(0, MOST_MEASURES);
  return {
    columns: [
      ...query.split.map((dimension) => ({ name: noun(dimension), isNumber: false })),
      ...measures.flatMap((measure) => [
        { name: labelOf(measure, language), isNumber: true },
        ...(before && measure === main ? [{ name: words.before, isNumber: true }] : []),
      ]),
    ],
    rows: rows.map(({ key, ...of }) => [
      ...query.split.map((dimension, n) => {
        const code = key[n] ?? '';
        return { text: code === '' ? words.notByPart : (names.get(dimension)?.get(code) ?? code) };
      }),
      ...measures.flatMap((measure) => {
        const member =
          query.split.length === 1 ? query.split.map((dimension) => ({ dimension, code: key[0] ?? '' }))[0] : undefined;
        const cell = (side: 'now' | 'before'): PaperCell => ({
          text: say(measure, of[side]?.[measure]),
          ...(of[side]?.[measure] === undefined ? {} : proof(measure, side, member)),
        });
        return [cell('now'), ...(before && measure === main ? [cell('before')] : [])];
      }),
    ]),
  };
}
