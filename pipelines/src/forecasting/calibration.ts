/** How often past bands held, as it is shown to anyone. Pure. */
import { type Calibration, LEVELS } from '@room/contract';
import { wilson } from '@room/forecast';
import type { ForecastScore } from '@room/warehouse';

/** Many bands about one truth are one piece of evidence: the uncertainty is that of as many outcomes as there were truths. */
export const calibrationOf = (outcomes: readonly ForecastScore[]): Calibration[] =>
  outcomes
    .filter(({ of }) => of > 0)
    .map(({ metric, horizon, of, truths, held, missed, truth }) => ({
      metric,
      horizon,
      levels: LEVELS.map((level, at) => {
        const holding = held[at] ?? 0;
        const { lower, upper } = wilson((holding / of) * truths, truths);
        return { level, held: holding, of, low: lower, high: upper };
      }),
      ...(truth > 0 ? { error: missed / truth } : {}),
    }));
