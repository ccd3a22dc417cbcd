/** What the newest forecasts say of one instance of a rule. Pure. */
import {
  type AnomalyCondition,
  type Catalogue,
  type ForecastCondition,
  type Forecasts,
  LEVELS,
  type NoForecast,
  type RuleMember,
  type TargetCondition,
} from '@room/contract';
import type { Found } from './found.ts';

type ForeseenCondition = AnomalyCondition | ForecastCondition | TargetCondition;

/** Why nothing is known of what these say: there is none, or it rests on counts that are too old. */
const MISSING: Found = { missing: 'forecast' };

/** Undefined where the room is too young for forecasts: nothing is decided then. */
export function foreseen(
  when: ForeseenCondition,
  member: RuleMember,
  forecasts: Forecasts | undefined,
  at: number,
  { thresholds }: Pick<Catalogue, 'thresholds'>,
): Found | undefined {
  if (forecasts === undefined) return undefined;
  const base = { to: forecasts.knownTo };
  if (at - forecasts.madeAt > thresholds.forecastsStaleAfter * 1_000) return MISSING;
  switch (when.kind) {
    case 'anomaly': {
      const { beyond, observed, expected } = unusualOf(when, member, forecasts);
      return {
        measured: { value: beyond },
        reading: { ...base, value: beyond, ...(observed === undefined ? {} : { observed, before: expected }) },
      };
    }
    case 'forecast': {
      const projection = forecasts.projections[when.horizon];
      if (projection === undefined || 'reason' in projection) return untold(projection);
      const band = projection.bands[LEVELS.indexOf(when.level)];
      if (band === undefined) return MISSING;
      const value = band[when.edge === 'low' ? 0 : 1];
      return { measured: { value }, reading: { ...base, value } };
    }
    case 'target': {
      const standing = forecasts.targets.find(({ id }) => id === when.target);
      // Made before it counted, or while it did no more.
      if (standing === undefined) return undefined;
      if ('reason' in standing) return untold(standing);
      return { measured: { value: standing.probability }, reading: { ...base, value: standing.probability } };
    }
  }
}

const untold = (none: NoForecast | undefined): Found | undefined =>
  none?.reason === 'not-enough-history' ? undefined : MISSING;

interface Unusual {
  /** By how much more than expected it went the way that is asked about, as a share; 0 where nothing goes on. */
  beyond: number;
  observed?: number;
  expected?: number;
}

function unusualOf({ metric, side }: AnomalyCondition, { dim, code }: RuleMember, { episodes }: Forecasts): Unusual {
  const kind = side === 'above' ? 'surge' : 'drop';
  let most: Unusual = { beyond: 0 };
  for (const episode of episodes) {
    if (episode.end !== undefined || episode.kind !== kind || episode.metric !== metric) continue;
    if (episode.dim !== dim || episode.code !== code || episode.expected <= 0) continue;
    const { observed, expected } = episode;
    const beyond = (side === 'above' ? 1 : -1) * (observed / expected - 1);
    if (beyond > most.beyond) most = { beyond, observed, expected };
  }
  return most;
}
