/** How a typed question was understood, in words. Pure. */
import { type Catalogue, DIMENSIONS, ELSEWHERE, type Meaning, type Part, type Uncounted } from '@room/contract';
import { ask } from '../i18n/ask.ts';
import { addMessages, type MessageKey } from '../i18n/index.ts';
import type { Speech } from './context.ts';
import { dimensionName, measureName, memberNames, orderText } from './explore.ts';

addMessages(ask);

const COMPARED = {
  previous: 'comparePrevious',
  'year-before': 'compareYearBefore',
  'day-types': 'compareDayTypes',
} as const;

type ElsewherePage = (typeof ELSEWHERE)[keyof typeof ELSEWHERE];

const UNCOUNTED = {
  people: 'askPeople',
  satisfaction: 'askSatisfaction',
  indicators: 'askIndicators',
  why: 'askNoWhy',
} as const satisfies Record<Uncounted, MessageKey>;

/** Where what is asked about is known, if it is no measure of dossiers. */
export const pageOf = ({ uncounted }: Part): ElsewherePage | undefined =>
  uncounted !== undefined && uncounted in ELSEWHERE ? ELSEWHERE[uncounted as keyof typeof ELSEWHERE] : undefined;
export const PAGE_NAMES = {
  '/programmes': 'pageProgrammes',
} as const satisfies Record<ElsewherePage, MessageKey>;

const GRAINS = { hour: 'grainHour', day: 'grainDay', month: 'grainMonth' } as const;

export function meaningText(meaning: Meaning, catalogue: Catalogue, speech: Speech): string {
  const { t, format } = speech;
  switch (meaning.kind) {
    case 'measure':
      return t('askMeasure', { name: measureName(meaning.measure, speech) });
    case 'member': {
      const { dimension, code } = meaning;
      const name = `${dimensionName(dimension, catalogue, speech)}: ${memberNames(dimension, catalogue, speech).get(code) ?? code}`;
      if (meaning.was !== undefined) {
        const unit = DIMENSIONS[dimension].members(catalogue).find((one) => one.code === meaning.was);
        return t('askWas', { name, was: unit?.label[speech.language] ?? meaning.was });
      }
      return meaning.isThen === true ? t('askThen', { name }) : name;
    }
    case 'split':
      return t('askSplit', { name: dimensionName(meaning.dimension, catalogue, speech) });
    case 'time':
      return t('askTime', { period: format.period(meaning.period.from, meaning.period.to) });
    case 'against':
      return t('askAgainst', { period: format.period(meaning.period.from, meaning.period.to) });
    case 'compare':
      return t(COMPARED[meaning.name]);
    case 'per':
      return t(meaning.per === 'working-day' ? 'perWorkingDay' : 'perPeople');
    case 'order':
      return orderText(meaning.order, speech);
    case 'grain':
      return t('askGrain', { name: t(GRAINS[meaning.grain]) });
    case 'why':
      return t('explainChange');
    case 'top':
      return t('askTop', { n: meaning.count });
  }
}

/** What it is read as, or why it is not. */
export function partText({ state, choices, chosen, uncounted }: Part, catalogue: Catalogue, speech: Speech): string {
  const { t } = speech;
  const meaning = choices[chosen];
  if (uncounted !== undefined) return t(UNCOUNTED[uncounted]);
  if (state === 'unknown' || meaning === undefined) return t('askNotRead');
  return state === 'extra' ? t('askExtra') : meaningText(meaning, catalogue, speech);
}
