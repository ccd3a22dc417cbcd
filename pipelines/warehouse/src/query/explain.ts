/** Explains a change: asks the same question by each dimension, and lays the change out among its members. */
import {
  type AnswerRow,
  countedValue,
  DEFINITIONS,
  type Dimension,
  type ExplainedBy,
  type ExplainQuery,
  type Explanation,
  isRatio,
  type Measures,
  NOTHING,
  type Query,
  type Scope,
  sumsIn,
  type Values,
  wholeOf,
} from '@room/contract';
import { contributionsOf, rankedIn } from './contributions.ts';
import { BadQuery } from './plan.ts';
import type { QueryStore } from './store.ts';

export class ExplainStore {
  readonly #answers: Pick<QueryStore, 'answer'>;

  constructor(answers: Pick<QueryStore, 'answer'>) {
    this.#answers = answers;
  }

  /** Within the scope. Throws `BadQuery` where the question compares with nothing, or does not fit. */
  async explain(asked: ExplainQuery, scope: Scope, signal?: AbortSignal): Promise<Explanation> {
    const began = performance.now();
    const { measure, by, top, sort: _sort, ...query } = asked;
    if (query.per !== 'period') throw new BadQuery('per', 'a change is laid out in dossiers: leave it out');
    const plain: Query = { ...query, split: [], grain: 'total', measures: sumsIn(measure) };
    const whole = await this.#answers.answer(plain, scope, signal);
    const { now: period, before: earlier } = whole.periods;
    if (earlier === undefined)
      throw new BadQuery('compare', 'a change is between two periods: say what it is compared with');
    const sums = { now: sumsOf(whole.total.now), before: sumsOf(whole.total.before) };
    const isChange = !isRatio(measure) || (wholeOf(measure, sums.now) > 0 && wholeOf(measure, sums.before) > 0);
    const [now, before] = [
      whole.total.now && countedValue(measure, sums.now),
      whole.total.before && countedValue(measure, sums.before),
    ];
    const explained: ExplainedBy[] = [];
    const unanswered: Dimension[] = [];
    for (const dimension of isChange ? by : []) {
      const rows = await this.#rows({ ...plain, split: [dimension] }, scope, signal);
      if (rows === undefined) unanswered.push(dimension);
      else explained.push(rankedIn(dimension, contributionsOf(measure, rows.map(membersOf)), top));
    }
    return {
      measure,
      definition: DEFINITIONS[measure],
      periods: { now: period, before: earlier },
      ...(now === undefined ? {} : { now }),
      ...(before === undefined ? {} : { before }),
      ...(isChange ? { change: (now ?? 0) - (before ?? 0) } : {}),
      by: explained,
      ...(unanswered.length === 0 ? {} : { unanswered }),
      simulated: whole.simulated,
      ...(whole.watermark === undefined ? {} : { watermark: whole.watermark }),
      answeredAt: whole.answeredAt,
      ms: performance.now() - began,
    };
  }

  /** Undefined where the dimension meets others of which no sums are kept, and the events are too many or gone. */
  async #rows(query: Query, scope: Scope, signal?: AbortSignal): Promise<AnswerRow[] | undefined> {
    try {
      return (await this.#answers.answer(query, scope, signal)).rows;
    } catch (error) {
      if (error instanceof BadQuery && error.code === 'too_much') return undefined;
      throw error;
    }
  }
}

const sumsOf = (values: Values | undefined): Measures => ({ ...NOTHING, ...values });

const membersOf = ({ key, now, before }: AnswerRow) => ({
  code: key[0] ?? '',
  now: now && sumsOf(now),
  before: before && sumsOf(before),
});
