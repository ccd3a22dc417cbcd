/** What a question is about, in words: whom it is narrowed to, by what it is split, of what its numbers are. Pure. */
import {
  addsUp,
  BOUNDARIES,
  type Catalogue,
  DIMENSIONS,
  type Dimension,
  isDerived,
  isPoints,
  type Measure,
  type QueryAnswer,
  type Query as Question,
} from '@room/contract';
import type { MessageKey } from '../i18n/index.ts';
import type { Speech } from './context.ts';
import {
  dimensionName,
  inexactText,
  isBegun,
  isByWorkingDay,
  isOpen,
  isUncompared,
  memberNames,
  scoringText,
} from './explore.ts';

export const PER_NAMES = { period: 'perPeriod', 'working-day': 'perWorkingDay', '1000-people': 'perPeople' } as const;
export const BOUNDARY_NAMES = { 'as-reported': 'boundariesReported', today: 'boundariesToday' } as const;

const NAMES = Object.keys(DIMENSIONS) as Dimension[];

export interface Filter {
  dimension: Dimension;
  code: string;
  /** Of the member alone. */
  member: string;
}

/** Each member that a question is narrowed to. */
export const filtersOf = (question: Question, catalogue: Catalogue, speech: Speech): Filter[] =>
  NAMES.flatMap((dimension) => {
    const names = memberNames(dimension, catalogue, speech);
    return (question[dimension] ?? []).map((code) => ({ dimension, code, member: names.get(code) ?? code }));
  });

export const filterText = ({ dimension, member }: Filter, catalogue: Catalogue, speech: Speech): string =>
  `${dimensionName(dimension, catalogue, speech)}: ${member}`;

/** Members of one dimension that have room in a line; how many more there are is said. */
const NAMED = 6;

/** What a question is narrowed to, a text for each dimension; the whole country where it is not. */
export function narrowedTexts(question: Question, catalogue: Catalogue, speech: Speech): string[] {
  const { format, t } = speech;
  const filters = filtersOf(question, catalogue, speech);
  const texts = NAMES.flatMap((dimension) => {
    const members = filters.filter((one) => one.dimension === dimension).map(({ member }) => member);
    if (members.length === 0) return [];
    const more = members.length - NAMED;
    const shown = more > 0 ? [...members.slice(0, NAMED), t('others', { n: more }, more)] : members;
    return [`${dimensionName(dimension, catalogue, speech)}: ${format.list(shown)}`];
  });
  return texts.length === 0 ? [t('notNarrowed')] : texts;
}

/** By what a question is split, on whose units, and of what its numbers are, where that is not what stands anyway. */
export function askedTexts(
  question: Question,
  measure: Measure,
  catalogue: Catalogue,
  speech: Speech,
  peopleAsOf?: string,
): string[] {
  const { format, t } = speech;
  const { split, boundaries, per } = question;
  const dimensions = split.map((dimension) => dimensionName(dimension, catalogue, speech)).join(' × ');
  return [
    ...narrowedTexts(question, catalogue, speech),
    ...(split.length === 0 ? [] : [t('splitBy', { name: dimensions })]),
    ...(boundaries === 'today'
      ? []
      : [
          `${t('boundaries')}: ${boundaries === BOUNDARIES[0] ? t(BOUNDARY_NAMES[boundaries]) : t('boundariesOf', { day: format.day(boundaries) })}`,
        ]),
    ...(per === 'period' || isDerived(measure) ? [] : [perText(question, speech, peopleAsOf)]),
  ];
}

/** Of what each number is, with the day of the people that it is counted by. */
export const perText = ({ per }: Pick<Question, 'per'>, { format, t }: Speech, peopleAsOf?: string): string =>
  [
    `${t('per')}: ${t(PER_NAMES[per])}`,
    ...(peopleAsOf === undefined ? [] : [t('peopleAsOf', { day: format.day(peopleAsOf) })]),
  ].join(', ');

export interface Remark {
  id: 'by-working-day' | 'uncompared' | 'inexact' | 'points';
  text: string;
}

/** How the change of a measure is told, and what of an answer is not exact; without a measure of all that are shown. */
export function remarksOn(
  answer: QueryAnswer,
  { per, measure, isAlone }: { per: Question['per']; measure: Measure; isAlone: boolean },
  catalogue: Catalogue,
  speech: Speech,
): Remark[] {
  const isCount = addsUp(measure);
  const counted = isPoints(measure) ? scoringText(catalogue, speech) : undefined;
  const say = (id: Remark['id'], key: MessageKey): Remark => ({ id, text: speech.t(key) });
  const isNot = isUncompared(answer.periods, per);
  // Shares and levels are held against each other as they are.
  const isSaid = !isAlone || isCount;
  return [
    ...(counted === undefined ? [] : [{ id: 'points' as const, text: counted }]),
    ...(isSaid && !isNot && isByWorkingDay(answer.periods, per) ? [say('by-working-day', 'changeByWorkingDay')] : []),
    ...(isSaid && isNot ? [say('uncompared', uncomparedKey(answer.periods))] : []),
    ...inexactText(answer, measure, catalogue, speech).map((text): Remark => ({ id: 'inexact', text })),
  ];
}

const uncomparedKey = (periods: QueryAnswer['periods']): MessageKey => {
  if (isBegun(periods)) return 'notComparedBegun';
  return isOpen(periods) ? 'notComparedOpen' : 'notCompared';
};

/** An instant with its day, whichever day it is read on. */
export const momentText = (at: number, { format }: Speech): string => `${format.minute(at)} ${format.dayOf(at)}`;
