/** Asks for what stands behind a curve, once the curve itself is there: nobody waits for it. */
import {
  addDays,
  beyondOf,
  type CurvePoint,
  type Foreseen,
  foreseenBy,
  isOfProgramme,
  localDay,
  type Queries,
  SHOWN_LEVEL,
  seriesOf,
  USUAL_REACH,
  usualCurve,
  usualMeasureOf,
  type WallState,
} from '@room/contract';
import { useQuery } from '@tanstack/vue-query';
import { type ComputedRef, computed, type Ref } from 'vue';
import { RequestFailed } from '../../app/client.ts';
import { useCatalogue, useNow, useSpeech } from '../../app/provided.ts';
import { exploreQuery, forecastQuery } from '../../app/queries.ts';
import type { Range } from '../../charts/trend.ts';
import type { MessageKey } from '../../i18n/index.ts';
import { useRoom } from '../../stores/room.ts';
import type { Asked } from './asked.ts';
import { type Gap, gapsIn, noUsualWhy, type Silence, silenceOf } from './backdrop.ts';

export interface Backdrop {
  /** One for each point. */
  usual: readonly (Range | undefined)[];
  foreseen: ReadonlyMap<string, Foreseen>;
  /** Points after the last one that something is foreseen of. */
  beyond: readonly string[];
  gaps: readonly Gap[];
  silence: Silence | undefined;
  /** Why there is no usual range, and why no forecast, where there is none. */
  noUsual: MessageKey | undefined;
  noForecast: MessageKey | undefined;
}

/** Of days of all that is submitted. */
const isWhole = ({ dim, metric, grain }: Queries['/v1/forecasts']): boolean =>
  dim === undefined && metric === 'submitted' && grain === 'day';

/** What the wall says of the running day, which follows what is counted: one day has one forecast. */
function projectedToday(shown: WallState | undefined, today: string): Foreseen | undefined {
  const day = shown?.forecasts?.projections.day;
  if (day === undefined || 'reason' in day || day.from !== today) return undefined;
  const [low, high] = day.bands[SHOWN_LEVEL] ?? [day.mean, day.mean];
  return { mean: day.mean, low, high };
}

export function useBackdrop(
  asked: Readonly<Ref<Asked>>,
  points: Readonly<Ref<readonly CurvePoint[]>>,
  isThere: Readonly<Ref<boolean>>,
): ComputedRef<Backdrop> {
  const catalogue = useCatalogue();
  const now = useNow();
  const speech = useSpeech();
  const room = useRoom();
  const today = computed(() => localDay(now.value, catalogue.timeZone));
  const metric = computed(() => usualMeasureOf(asked.value.measure, asked.value.question));

  const earlier = useQuery(
    computed(() => {
      const { split: _split, sort: _sort, order: _order, top: _top, compare: _compare, ...rest } = asked.value.fields;
      const { from } = asked.value.question;
      const fields = {
        ...rest,
        from: addDays(from, -USUAL_REACH),
        to: addDays(from, -1),
        measures: metric.value ?? 'submitted',
      };
      return { ...exploreQuery(fields, false), enabled: isThere.value && metric.value !== undefined };
    }),
  );
  const isOfNow = computed(() => asked.value.question.to >= today.value);
  const series = computed(() =>
    isOfNow.value ? seriesOf(asked.value.question, asked.value.measure, catalogue) : undefined,
  );
  const forecast = useQuery(
    computed(() => ({
      ...forecastQuery(series.value ?? {}),
      enabled: isThere.value && series.value !== undefined,
    })),
  );

  const usual = computed(() =>
    metric.value === undefined || earlier.data.value === undefined
      ? []
      : usualCurve(
          points.value,
          [...(earlier.data.value.total.points ?? []), ...points.value],
          metric.value,
          today.value,
          catalogue,
        ),
  );
  const foreseen = computed(() => {
    if (series.value === undefined || forecast.data.value === undefined) return new Map<string, Foreseen>();
    const of = foreseenBy(forecast.data.value, catalogue, (at) => speech.value.format.clock(at).slice(0, 2));
    const running = isWhole(series.value) ? projectedToday(room.shown, today.value) : undefined;
    return running === undefined ? of : new Map([...of, [today.value, running] as const]);
  });
  const openFrom = computed(() => {
    const hour = `${today.value}T${speech.value.format.clock(now.value).slice(0, 2)}`;
    const found = points.value.findIndex(({ at }) => at >= hour.slice(0, at.length));
    return found === -1 ? points.value.length : found;
  });
  const noUsual = computed((): MessageKey | undefined => {
    const why = noUsualWhy(asked.value.measure, asked.value.question);
    if (why !== undefined) return why;
    return earlier.data.value !== undefined && usual.value.every((range) => range === undefined)
      ? 'usualTooFew'
      : undefined;
  });
  const noForecast = computed((): MessageKey | undefined => {
    if (!isOfNow.value || noUsualWhy(asked.value.measure, asked.value.question) !== undefined) return undefined;
    if (series.value === undefined) return 'forecastNotOfSlice';
    const { error } = forecast;
    return error.value instanceof RequestFailed && error.value.code === 'no_forecast' ? 'forecastNone' : undefined;
  });
  return computed(() => ({
    usual: usual.value,
    foreseen: foreseen.value,
    beyond: beyondOf(points.value, foreseen.value, today.value),
    gaps: gapsIn(points.value, openFrom.value, asked.value.question),
    silence:
      // What portals of dossiers do says nothing of tasks and links.
      isOfNow.value && room.shown !== undefined && !isOfProgramme(asked.value.measure)
        ? silenceOf(room.shown, asked.value.question, catalogue)
        : undefined,
    noUsual: noUsual.value,
    noForecast: noForecast.value,
  }));
}
