/** What a sheet of paper says, ready to be set. Texts are of people: they stand as they are. Pure. */
import {
  type Annotation,
  type AnswerRow,
  type Catalogue,
  type Compared,
  type CurvePoint,
  type Dimension,
  type Happened,
  happenedIn,
  isDerived,
  isOfProgramme,
  isPoints,
  isShare,
  type Language,
  type Measure,
  measuresIn,
  type Pivot,
  placeText,
  type Query,
  type QueryAnswer,
  spanOn,
  watermarkOf,
  wordsOf,
} from '@room/contract';
import {
  boundariesOf,
  filtersOf,
  labelOf,
  layoutOf,
  mainOf,
  momentOf,
  namesIn,
  noPartOf,
  nounsIn,
  periodOf,
} from '../table.ts';
import { WORDS } from '../words.ts';
import { type Behind, NOTHING } from './behind.ts';

/** `link` leads to the evidence of a number. */
export interface PaperCell {
  text: string;
  link?: string;
}

export interface PaperTable {
  columns: { name: string; isNumber: boolean }[];
  rows: PaperCell[][];
}

export interface PaperPoint {
  at: string;
  now: number | null;
  before: number | null;
  /** Low and high of what days like its own had, and of what was foreseen, four times in five. */
  usual: readonly [number, number] | null;
  foreseen: readonly [number, number] | null;
  /** What was foreseen. */
  mean: number | null;
  /** Numbers of what happened there, of those that are listed. */
  marks: number[];
}

export interface PaperSection {
  title: string | null;
  /** Paragraphs. */
  text: string[];
  main: { name: string; value: PaperCell; beside: string } | null;
  /** Whom it is of, of which periods, and of what its numbers are: beside the number, where it is read first. */
  of?: string[];
  /** A curve; what is not known is drawn as a gap. */
  points: PaperPoint[];
  /** What its looks are called: those that it has. */
  keys?: { look: 'now' | 'before' | 'usual' | 'foreseen'; name: string }[];
  /** What happened meanwhile, numbered from 1, with an address where it can be read. */
  happened?: { when: string; of: string; text: PaperCell }[];
  /** Two dimensions held against each other, in as many tables beside each other as have room. */
  crossed?: PaperTable[];
  table: PaperTable;
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
  behind?: Behind;
  pivot?: Pivot;
  /** All that is told to whoever asks. */
  happened?: readonly Happened[];
}

export function sectionOf(options: SectionOptions): PaperSection {
  const { query, search, answer, catalogue, language, isPart, address, title, text, behind, pivot } = options;
  const happened = happenedIn(options.happened ?? [], query, catalogue).slice(0, MOST_HAPPENED);
  const words = WORDS[language];
  const say = sayIn(language);
  const main = mainOf(query);
  const known = measuresIn(catalogue);
  // Points never stand without how many of them are measured.
  const beside: Measure[] = main === 'indexPoints' ? ['indexMeasured'] : [];
  const measures = [...new Set([main, ...beside, ...query.measures])].filter((measure) => known.includes(measure));
  const page = address(`/explore${search}`);
  const proof = proofsOf(page, answer);
  const { about } = layoutOf({ query, answer, catalogue, language, address: page, isPart });
  const before = answer.periods.before !== undefined;
  const shown = answer.rows.slice(0, MOST_ROWS);
  const [dimension] = query.split;
  // What is crossed has the numbers of one measure already.
  const isSaid = pivot !== undefined && !before && measures.length === 1 + beside.length;
  const left = isSaid ? 0 : answer.rows.length - shown.length + (answer.others?.members ?? 0);
  const points = pointsOf(answer, main, happened, behind);
  const crossed =
    pivot === undefined ? undefined : crossedOf({ pivot, split: query.split, catalogue, language, proof, main });
  return {
    title: title ?? null,
    text: (text ?? '').split(/\n+/).filter((line) => line.trim() !== ''),
    main: {
      name: labelOf(main, language),
      value: {
        text: [main, ...beside].map((measure) => say(measure, answer.total.now?.[measure])).join(' / '),
        ...proof(main, 'now'),
      },
      beside: before ? `${words.before}: ${say(main, answer.total.before?.[main])}` : '',
    },
    of: aboutOf({ query, answer, catalogue, language, main }),
    points,
    keys: keysOf(points, answer.periods, language),
    happened: happened.map(({ body }) => happenedText(body, catalogue, language)),
    ...(crossed === undefined ? {} : { crossed: crossed.tables }),
    table: isSaid
      ? { columns: [], rows: [] }
      : dimension === undefined
        ? measuresTable(
            query.measures.filter((measure) => known.includes(measure)),
            answer.total,
            before,
            language,
            proof,
          )
        : splitTable({ query, measures, rows: shown, others: answer.others, before, catalogue, language, proof, main }),
    more:
      [
        ...(left > 0 ? [words.moreRows(left.toLocaleString(LOCALES[language]))] : []),
        ...(crossed === undefined || crossed.left === 0 ? [] : [words.moreCrossed(String(crossed.left))]),
      ].join(' ') || null,
    about: about.map(([name, value]) => ({ name, value, isLink: value === page })),
  };
}

const LOCALES = { vi: 'vi-VN', en: 'en-GB' } as const;

function sayIn(language: Language): (measure: Measure, value: number | undefined) => string {
  const locale = LOCALES[language];
  const count = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const share = new Intl.NumberFormat(locale, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const points = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  return (measure, value) => {
    if (value === undefined) return '—';
    if (isPoints(measure)) return points.format(value);
    return isShare(measure) ? share.format(value) : count.format(value);
  };
}

type Proof = (
  measure: Measure,
  side: 'now' | 'before',
  member?: { dimension: Dimension; code: string },
) => { link?: string };

/** The address that opens the evidence of a number of this answer, as of it. */
function proofsOf(page: string, answer: QueryAnswer): Proof {
  return (measure, side, member) => {
    // What tasks and links are made of is on pages of their own.
    if (member?.code === '' || isOfProgramme(measure)) return {};
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
  /** The main one first. */
  measures: readonly Measure[];
  rows: readonly AnswerRow[];
  /** All that have no row of their own, together. */
  others: QueryAnswer['others'];
  before: boolean;
  catalogue: Catalogue;
  language: Language;
  proof: Proof;
  main: Measure;
}

const pairOf = (range: { low: number; high: number } | undefined): readonly [number, number] | null =>
  range === undefined ? null : [range.low, range.high];

/** The curve, and after it what is foreseen beyond it. */
function pointsOf(
  { total: { points = [] } }: QueryAnswer,
  main: Measure,
  happened: readonly Happened[],
  { usual, foreseen, openFrom, beyond }: Behind = NOTHING,
): PaperPoint[] {
  const begins = happened.map(({ body }) => spanOn(points, body)?.from);
  return [...points, ...beyond.map((at): CurvePoint => ({ at }))].map(({ at, now, before }, n) => {
    // Of what is over, what is behind is known.
    const expected = n < openFrom ? undefined : foreseen.get(at);
    return {
      at,
      now: now?.[main] ?? null,
      before: before?.[main] ?? null,
      usual: pairOf(usual[n]),
      foreseen: pairOf(expected),
      mean: expected?.mean ?? null,
      marks: begins.flatMap((begin, k) => (begin === n ? [k + 1] : [])),
    };
  });
}

/** Those that have room under a curve. */
const MOST_HAPPENED = 12;

function happenedText({ from, to, of, text, source }: Annotation, catalogue: Catalogue, language: Language) {
  const code = of.dim === 'all' ? '' : of.code;
  const name = of.dim === 'all' ? '' : (namesIn(catalogue, language).get(of.dim)?.get(code) ?? code);
  const said = (when: string): string => when.replace('T', ' ');
  return {
    when: from === to ? said(from) : `${said(from)} – ${said(to)}`,
    of: name,
    text: { text: wordsOf({ text }, language).words, ...(source === undefined ? {} : { link: source }) },
  };
}

/** Members of one dimension that have room in a line; all of them stand below. */
const NAMED = 8;

interface AboutOptions extends Pick<SectionOptions, 'query' | 'answer' | 'catalogue' | 'language'> {
  main: Measure;
}

function aboutOf({ query, answer, catalogue, language, main }: AboutOptions): string[] {
  const words = WORDS[language];
  const { now, before } = answer.periods;
  const narrowed = filtersOf(query, catalogue, language).map(({ noun, members }) => {
    const more = members.length - NAMED;
    const shown = more > 0 ? [...members.slice(0, NAMED), words.others(String(more))] : members;
    return `${noun}: ${shown.join('; ')}`;
  });
  return [
    (narrowed.length === 0 ? [words.wholeCountry] : narrowed).join(' · '),
    ...(query.split.length === 0
      ? []
      : [`${words.splitBy}: ${query.split.map(nounsIn(catalogue, language)).join(' × ')}`]),
    ...(query.boundaries === 'today' ? [] : [`${words.boundaries}: ${boundariesOf(query.boundaries, words)}`]),
    ...(query.per === 'period' || isDerived(main)
      ? []
      : [
          [
            `${words.per}: ${words.of[query.per]}`,
            ...(answer.peopleAsOf === undefined ? [] : [`${words.peopleAsOf}: ${answer.peopleAsOf}`]),
          ].join('; '),
        ]),
    `${words.period}: ${periodOf(now, words)}`,
    ...(before === undefined ? [] : [`${words.before}: ${periodOf(before, words)}`]),
    ...(catalogue.scoring === undefined || !isPoints(main) ? [] : [words.pointsCounted(catalogue.scoring)]),
    ...(now.asOf === undefined ? [] : [`${words.asOf}: ${momentOf(now.asOf, catalogue.timeZone)}`]),
  ];
}

function keysOf(
  points: readonly PaperPoint[],
  periods: QueryAnswer['periods'],
  language: Language,
): NonNullable<PaperSection['keys']> {
  const words = WORDS[language];
  const spanOf = (period: QueryAnswer['periods']['before']): string =>
    period === undefined ? '' : `: ${period.from} – ${period.to}`;
  return [
    { look: 'now' as const, name: `${words.period}${spanOf(periods.now)}` },
    ...(points.some(({ before }) => before !== null)
      ? [{ look: 'before' as const, name: `${words.before}${spanOf(periods.before)}` }]
      : []),
    ...(points.some(({ usual }) => usual !== null) ? [{ look: 'usual' as const, name: words.usual }] : []),
    ...(points.some(({ mean }) => mean !== null) ? [{ look: 'foreseen' as const, name: words.foreseen }] : []),
  ];
}

/** Columns that have room beside the names of rows, and how many of such tables are worth paper. */
const CROSSED_COLUMNS = 6;
const MOST_CROSSED = 6;

interface CrossedOptions {
  pivot: Pivot;
  split: readonly Dimension[];
  catalogue: Catalogue;
  language: Language;
  proof: Proof;
  main: Measure;
}

/** The rows of each, and the totals after the last column; `left` are columns that have no room. */
function crossedOf(options: CrossedOptions): { tables: PaperTable[]; left: number } {
  const { pivot, split, catalogue, language, proof, main } = options;
  const words = WORDS[language];
  const say = sayIn(language);
  const names = namesIn(catalogue, language);
  const nameOf = (n: 0 | 1, code: string): string => {
    const dimension = split[n];
    if (code === '' || dimension === undefined) return words.notByPart;
    return names.get(dimension)?.get(code) ?? code;
  };
  const proofOf = (n: 0 | 1, code: string): { link?: string } => {
    const dimension = split[n];
    return dimension === undefined ? {} : proof(main, 'now', { dimension, code });
  };
  const cell = (value: number | undefined, link: { link?: string } = {}): PaperCell => ({
    text: say(main, value),
    ...(value === undefined ? {} : link),
  });
  const nounOf = nounsIn(catalogue, language);
  const shown = pivot.columns.slice(0, CROSSED_COLUMNS * MOST_CROSSED);
  const rows = pivot.rows.slice(0, MOST_ROWS);
  const tables: PaperTable[] = [];
  for (let from = 0; from < shown.length; from += CROSSED_COLUMNS) {
    const columns = shown.slice(from, from + CROSSED_COLUMNS);
    const isLast = from + CROSSED_COLUMNS >= shown.length;
    tables.push({
      columns: [
        { name: split.map(nounOf).join(' × '), isNumber: false },
        ...columns.map(({ code }) => ({ name: nameOf(1, code), isNumber: true })),
        ...(isLast ? [{ name: words.together, isNumber: true }] : []),
      ],
      rows: [
        ...rows.map(({ code, total }) => [
          { text: nameOf(0, code) },
          ...columns.map((column) => cell(pivot.value(code, column.code))),
          ...(isLast ? [cell(total, proofOf(0, code))] : []),
        ]),
        [
          { text: words.together },
          ...columns.map(({ code, total }) => cell(total, proofOf(1, code))),
          ...(isLast ? [cell(pivot.total, proof(main, 'now'))] : []),
        ],
      ],
    });
  }
  return { tables, left: pivot.columns.length - shown.length + (pivot.rows.length - rows.length) };
}

/** Measures that have room beside names. */
const MOST_MEASURES = 4;

function splitTable({
  query,
  measures: all,
  rows,
  others,
  before,
  catalogue,
  language,
  proof,
  main,
}: SplitOptions): PaperSection['table'] {
  const words = WORDS[language];
  const say = sayIn(language);
  const noun = nounsIn(catalogue, language);
  const names = namesIn(catalogue, language);
  const measures = all.slice(0, MOST_MEASURES);
  const valuesOf = (of: Compared, key: readonly string[]): PaperCell[] =>
    measures.flatMap((measure) => {
      const [dimension, ...crossed] = query.split;
      const cell = (side: 'now' | 'before'): PaperCell => ({
        text: say(measure, of[side]?.[measure]),
        // Where two dimensions meet, and of several members together, no place names the number.
        ...(dimension === undefined || crossed.length > 0 || key[0] === undefined || of[side]?.[measure] === undefined
          ? {}
          : proof(measure, side, { dimension, code: key[0] })),
      });
      return [cell('now'), ...(before && measure === main ? [cell('before')] : [])];
    });
  return {
    columns: [
      ...query.split.map((dimension) => ({ name: noun(dimension), isNumber: false })),
      ...measures.flatMap((measure) => [
        { name: labelOf(measure, language), isNumber: true },
        ...(before && measure === main ? [{ name: words.before, isNumber: true }] : []),
      ]),
    ],
    rows: [
      ...rows.map(({ key, ...of }) => [
        ...query.split.map((dimension, n) => {
          const code = key[n] ?? '';
          return { text: code === '' ? noPartOf(query, words) : (names.get(dimension)?.get(code) ?? code) };
        }),
        ...valuesOf(of, key),
      ]),
      ...(others === undefined
        ? []
        : [
            [
              ...query.split.map((_, n) => ({ text: n === 0 ? words.others(String(others.members)) : '' })),
              ...valuesOf(others, []),
            ],
          ]),
    ],
  };
}
