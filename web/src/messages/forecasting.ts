/** What is expected and what is out of the ordinary, in sentences. Pure. */
import {
  type Catalogue,
  DIMENSIONS,
  type Episode,
  type Forecasts,
  type Horizon,
  LEVELS,
  type NoForecast,
  type Projection,
  type WallState,
} from '@room/contract';
import type { Estimate } from '../format.ts';
import type { MessageKey } from '../i18n/index.ts';
import type { Sentence, Speech } from './context.ts';
import { portalName } from './sources.ts';

/** Position of the band that a wall names beside a number. */
const NAMED_BAND = 1;
export const NAMED_LEVEL = LEVELS[NAMED_BAND];

export const isProjection = (found: Projection | NoForecast | undefined): found is Projection =>
  found !== undefined && 'mean' in found;

/** The running day's projected end; only one that was made today. */
export function dayProjection({ forecasts, period }: WallState): Projection | undefined {
  const found = forecasts?.projections.day;
  return isProjection(found) && found.to === period.to ? found : undefined;
}

/** It as a wall writes it: the number, and the bounds of the band that is named. */
export function dayEstimate(state: WallState, { format }: Speech): Estimate | undefined {
  const found = dayProjection(state);
  return found && format.estimate(found.mean, found.bands[NAMED_BAND] ?? [found.mean, found.mean]);
}

/** Made from what was known too long ago. */
const isAged = (forecasts: Forecasts | undefined, now: number, { thresholds }: Speech): boolean =>
  forecasts !== undefined && now - forecasts.knownTo > 1_000 * thresholds.forecastsStaleAfter;

/** How old what it rests on is, where that is too old. */
export const agedText = (forecasts: Forecasts | undefined, now: number, speech: Speech): string | undefined =>
  forecasts !== undefined && isAged(forecasts, now, speech)
    ? speech.t('forecastAged', { age: speech.format.span(now - forecasts.knownTo) })
    : undefined;

const WHY: Record<NoForecast['reason'], MessageKey> = {
  'not-enough-history': 'whyHistory',
  'too-old': 'whyOld',
  'mostly-gaps': 'whyGaps',
  'bad-request': 'whyRequest',
};
export const whyNone = ({ reason }: NoForecast, { t }: Speech): string => t('whyNone', { why: t(WHY[reason]) });

export const HORIZON_NAMES: Record<Horizon | 'hour', MessageKey> = {
  hour: 'horizonHour',
  day: 'horizonDay',
  month: 'horizonMonth',
  year: 'horizonYear',
};

type Named = Pick<Episode, 'dim' | 'code'> | Episode['drivers'][number];

export function unitName({ dim, code }: Named, catalogue: Catalogue, speech: Speech): string {
  if (dim === 'all') return speech.t('country');
  if (dim === 'source') {
    const source = catalogue.sources.find(({ id }) => id === code);
    return source === undefined ? code : portalName(source, catalogue, speech);
  }
  const found = DIMENSIONS[dim].members(catalogue).find((member) => member.code === code);
  return found === undefined ? code : speech.name(found);
}

/** From so many times the expected on, counts say more than a change. */
const MANY_TIMES = 3;

const FORMS = {
  surge: ['episodeAbove', 'episodeAboveOver'],
  drop: ['episodeBelow', 'episodeBelowOver'],
  silence: ['episodeSilent', 'episodeSilentOver'],
} as const;

/** One sentence: what, by how much, since when. */
export function episodeText(episode: Episode, catalogue: Catalogue, now: number, speech: Speech): string {
  const { format, t } = speech;
  const { kind, observed, expected, onset, end } = episode;
  const [going, over] =
    kind === 'surge' && observed >= MANY_TIMES * expected ? (['episodeMany', 'episodeManyOver'] as const) : FORMS[kind];
  return t(end === undefined ? going : over, {
    name: unitName(episode, catalogue, speech),
    size: expected > 0 ? format.size(observed / expected - 1) : '',
    observed: format.count(Math.round(observed)),
    expected: format.count(Math.round(expected)),
    time: format.since(onset, now),
    end: end === undefined ? '' : format.since(end, now),
  });
}

/** What the sentence stands on: the counts, and what explains most of the difference. */
export function episodeEvidence(episode: Episode, catalogue: Catalogue, speech: Speech): string {
  const { format, t } = speech;
  const { kind, observed, expected, drivers } = episode;
  const counts = t('episodeEvidence', {
    observed: format.count(Math.round(observed)),
    expected: format.count(Math.round(expected)),
  });
  const named = drivers.map((driver) =>
    t('driver', { name: unitName(driver, catalogue, speech), share: format.percent(driver.share) }),
  );
  return [
    ...(kind === 'silence' ? [] : [counts]),
    ...(named.length === 0 ? [] : [t('episodeDrivers', { drivers: format.list(named) })]),
  ].join('; ');
}

const sizeOf = ({ observed, expected }: Episode): number => Math.abs(observed - expected);

/** What goes on now, is large enough for a wall, and is more than silence, which has a sentence of its own. The largest first. */
export const unusualNow = (forecasts: Forecasts | undefined, { thresholds }: Speech): Episode[] =>
  (forecasts?.episodes ?? [])
    .filter(
      (episode) =>
        episode.end === undefined && episode.kind !== 'silence' && sizeOf(episode) >= thresholds.unusualNotable,
    )
    .sort((a, b) => sizeOf(b) - sizeOf(a));

export function unusualSentence(state: WallState, catalogue: Catalogue, speech: Speech): Sentence | undefined {
  const { t } = speech;
  const [first, ...others] = unusualNow(state.forecasts, speech);
  if (first === undefined) return undefined;
  const text = episodeText(first, catalogue, state.computedAt, speech);
  const more = others.length === 0 ? '' : ` ${t('unusualMore', { n: others.length })}`;
  return { mark: 'watch', lead: t('unusual'), text: `${text}${more}.` };
}
