/** An answer as a file has it: what it is about, and how its rows stand there. Pure. */
import {
  type AnswerRow,
  type AskedPeriod,
  type Catalogue,
  type Compared,
  DEFINITIONS,
  DIMENSIONS,
  type Dimension,
  describedBy,
  groupLabel,
  groupsOf,
  isOfProgramme,
  isPoints,
  isShare,
  type Language,
  type Measure,
  measuresIn,
  type Query,
  type QueryAnswer,
  subjectOf,
} from '@room/contract';
import { WORDS, type Words } from './words.ts';

/**
 * `rate`: a count per working day, or per 1,000 people. Local times: `day` as `2026-11-19`, `month` as `2026-11`, `hour` as
 * `2026-11-19T07`, `instant` as `2026-11-19 07:42:09`.
 */
export type ColumnKind = 'text' | 'count' | 'rate' | 'share' | 'points' | 'day' | 'month' | 'hour' | 'instant';

export interface Column {
  name: string;
  kind: ColumnKind;
}

/** Undefined is not known, never 0. */
export type Cell = string | number | undefined;

export interface Head {
  /** What it is, what of, up to when, and how complete: names and values. */
  about: [name: string, value: string][];
  columns: Column[];
}

export interface Layout extends Head {
  /** A row of the answer, and each of its points, stands as these. */
  cellsOf: (row: AnswerRow) => Cell[][];
}

/** Rows that are there at once. */
export interface Sheet {
  columns: Column[];
  rows: Cell[][];
}

/** Rows as a file gets them: some at a time, that many in all. */
export interface LongTable extends Head {
  count: number;
  pieces: AsyncIterable<Cell[][]>;
  /** Two dimensions held against each other, in a format that has a place for them. */
  crossed?: Sheet;
}

export interface LayoutOptions {
  query: Query;
  answer: QueryAnswer;
  catalogue: Catalogue;
  language: Language;
  /** Where the question is opened again. */
  address: string;
  /** Whether whoever makes it sees a part only. */
  isPart: boolean;
}

export const labelOf = (measure: Measure, language: Language): string => describedBy(measure).label[language];

/** Which of a question's measures is charted, and stands in what is crossed. */
export const mainOf = ({ measures, sort }: Pick<Query, 'measures' | 'sort'>): Measure =>
  sort !== undefined && measures.includes(sort) ? sort : (measures[0] ?? 'submitted');

export function kindOf(measure: Measure, { per }: Pick<Query, 'per'>): ColumnKind {
  if (isShare(measure)) return 'share';
  if (isPoints(measure)) return 'points';
  return per === 'period' ? 'count' : 'rate';
}

/** What stands before the rows, and how each of them stands there. */
export function layoutOf({ query, answer, catalogue, language, address, isPart }: LayoutOptions): Layout {
  const words = WORDS[language];
  const nounOf = nounsIn(catalogue, language);
  const names = namesIn(catalogue, language);
  const nameOf = (dimension: Dimension, code: string): string =>
    code === '' ? noPartOf(query, words) : (names.get(dimension)?.get(code) ?? code);
  const { now, before } = answer.periods;
  // Whoever asks for all has no column of what this catalogue does not know.
  const known = measuresIn(catalogue);
  const measures = query.measures
    .filter((measure) => known.includes(measure))
    .map((measure) => ({ measure, label: labelOf(measure, language) }));
  const { scoring } = catalogue;
  // Tasks are known whole; what reports are due of links is their time.
  const coverage = { dossiers: words.coverage, tasks: undefined, links: words.linkCoverage }[subjectOf(mainOf(query))];
  const point: ColumnKind | undefined = query.grain === 'total' ? undefined : query.grain;
  const valuesOf = (compared: Compared): Cell[] =>
    measures.flatMap(({ measure }) => [
      compared.now?.[measure],
      ...(before === undefined ? [] : [compared.before?.[measure]]),
    ]);
  const keysOf = (key: readonly string[]): Cell[] =>
    query.split.flatMap((dimension, n) => [key[n] ?? '', nameOf(dimension, key[n] ?? '')]);
  return {
    about: [
      ...(answer.simulated ? [[words.simulated, words.simulated] as [string, string]] : []),
      [words.question, address],
      [words.madeAt, momentOf(answer.answeredAt, catalogue.timeZone)],
      [words.period, periodOf(now, words)],
      ...reportedOf(now, coverage, words, catalogue.timeZone),
      ...(before === undefined
        ? []
        : [
            [words.before, periodOf(before, words)] as [string, string],
            ...reportedOf(before, coverage, words, catalogue.timeZone),
          ]),
      ...(answer.watermark === undefined
        ? []
        : [[words.watermark, momentOf(answer.watermark, catalogue.timeZone)] as [string, string]]),
      ...filtersOf(query, catalogue, language).map(({ noun, members }): [string, string] => [noun, members.join('; ')]),
      [words.boundaries, boundariesOf(query.boundaries, words)],
      ...(answer.divided === undefined
        ? []
        : [
            [
              words.divided,
              answer.divided.map((id) => [...names.values()].map((of) => of.get(id)).find(Boolean) ?? id).join('; '),
            ] as [string, string],
          ]),
      ...(isPart ? [[words.onlyPart, words.onlyPart] as [string, string]] : []),
      ...(query.per === 'period' ? [] : [[words.per, words.of[query.per]] as [string, string]]),
      ...(answer.peopleAsOf === undefined ? [] : [[words.peopleAsOf, answer.peopleAsOf] as [string, string]]),
      ...(answer.unlike === undefined ? [] : [[words.unlike, String(answer.unlike.days)] as [string, string]]),
      ...measures.map(({ measure, label }): [string, string] => [
        `${words.definition}: ${label}`,
        DEFINITIONS[measure][language],
      ]),
      ...(scoring === undefined || !measures.some(({ measure }) => isPoints(measure))
        ? []
        : [[words.ofIndex, words.pointsCounted(scoring)] as [string, string]]),
      ...measures.map(({ measure, label }): [string, string] => [
        `${words.total}: ${label}`,
        answer.total.now?.[measure] === undefined ? words.unknown : String(answer.total.now[measure]),
      ]),
    ],
    columns: [
      ...query.split.flatMap((dimension): Column[] => [
        { name: `${nounOf(dimension)}, ${words.code}`, kind: 'text' },
        { name: nounOf(dimension), kind: 'text' },
      ]),
      ...(point === undefined
        ? []
        : [
            { name: words.point, kind: point },
            ...(before === undefined ? [] : [{ name: words.pointBefore, kind: point }]),
          ]),
      ...measures.flatMap(({ measure, label }): Column[] => [
        { name: label, kind: kindOf(measure, query) },
        ...(before === undefined
          ? []
          : [{ name: `${label}, ${words.before.toLowerCase()}`, kind: kindOf(measure, query) }]),
      ]),
    ],
    cellsOf: (row) =>
      point === undefined
        ? [[...keysOf(row.key), ...valuesOf(row)]]
        : (row.points ?? []).map((each) => [
            ...keysOf(row.key),
            each.at,
            // Like days of a month are called by the first of them.
            ...(before === undefined ? [] : [each.beforeAt?.slice(0, each.at.length)]),
            ...valuesOf(each),
          ]),
  };
}

/** What a question is narrowed to: each dimension with its members. */
export const filtersOf = (
  query: Query,
  catalogue: Catalogue,
  language: Language,
): { noun: string; members: string[] }[] => {
  const nounOf = nounsIn(catalogue, language);
  const names = namesIn(catalogue, language);
  return (Object.keys(DIMENSIONS) as Dimension[]).flatMap((dimension) => {
    const codes = query[dimension];
    const nameOf = (code: string): string =>
      code === '' ? WORDS[language].notByPart : (names.get(dimension)?.get(code) ?? code);
    return codes === undefined ? [] : [{ noun: nounOf(dimension), members: codes.map(nameOf) }];
  });
};

/** What the row is called that is of none of the units which a question is split by. */
export const noPartOf = (query: Pick<Query, 'measures' | 'sort'>, words: Words): string =>
  isOfProgramme(mainOf(query)) ? words.otherUnits : words.notByPart;

/** What a dimension is called. */
export const nounsIn =
  ({ agencyNoun, provinceNoun }: Catalogue, language: Language) =>
  (dimension: Dimension): string => {
    if (dimension === 'agency') return agencyNoun[language];
    return dimension === 'province' ? provinceNoun[language] : WORDS[language].dimensions[dimension];
  };

/** What the members of each are called, by their codes, and its groups. */
export const namesIn = (catalogue: Catalogue, language: Language): Map<Dimension, Map<string, string>> =>
  new Map(
    (Object.keys(DIMENSIONS) as Dimension[]).map((dimension) => [
      dimension,
      new Map([
        ...DIMENSIONS[dimension].members(catalogue).map(({ code, label }) => [code, label[language]] as const),
        ...groupsOf(dimension, catalogue).map((group) => [group.name, groupLabel(group)[language]] as const),
      ]),
    ]),
  );

export const boundariesOf = (boundaries: Query['boundaries'], { asReported, today, ofDay }: Words): string => {
  if (boundaries === 'as-reported') return asReported;
  return boundaries === 'today' ? today : `${ofDay} ${boundaries}`;
};

/** No zone of a day that is counted changes its clock within one. */
const QUARTER_MS = 15 * 60_000;

/**
 * An instant as `2026-11-19 07:42:09`. A file has two in each of a million rows: what asks for the zone, which takes longer than all the
 * rest of a row, is asked once in a quarter of an hour of theirs.
 */
export function clockIn(timeZone: string): (at: number) => string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  const starts = new Map<number, string>();
  return (at) => {
    const quarter = Math.floor(at / QUARTER_MS);
    const known = starts.get(quarter);
    const start = known ?? format.format(quarter * QUARTER_MS);
    if (known === undefined) {
      if (starts.size >= MOST_QUARTERS) starts.clear();
      starts.set(quarter, start);
    }
    const seconds = Math.floor((at - quarter * QUARTER_MS) / 1_000);
    const minute = Number(start.slice(14, 16)) + Math.floor(seconds / 60);
    return `${start.slice(0, 14)}${two(minute)}:${two(seconds % 60)}`;
  };
}
const MOST_QUARTERS = 10_000;
const two = (of: number): string => String(of).padStart(2, '0');

/** As `2026-11-19 07:42:09 Asia/Ho_Chi_Minh`. */
export const momentOf = (at: number, timeZone: string): string => `${clockIn(timeZone)(at)} ${timeZone}`;

export const periodOf = ({ from, to, days, workingDays }: AskedPeriod, words: Words): string =>
  [
    `${from} – ${to}`,
    `${words.days}: ${days}`,
    ...(workingDays === undefined ? [] : [`${words.workingDays}: ${workingDays}`]),
  ].join('; ');

const reportedOf = (
  { asOf, coverage }: AskedPeriod,
  name: string | undefined,
  words: Words,
  timeZone: string,
): [string, string][] => [
  [words.asOf, asOf === undefined ? words.unknown : momentOf(asOf, timeZone)],
  ...(name === undefined
    ? []
    : [[name, coverage === undefined ? words.unknown : `${(100 * coverage).toFixed(1)} %`] as [string, string]]),
];
