/** Answers any question: of dossiers from what is planned for them, of tasks and links from what their own pages are told by. */
import {
  type AskedPeriod,
  addDays,
  type Catalogue,
  linksOf,
  localDay,
  owns,
  type Period,
  type Query,
  type QueryAnswer,
  type Scope,
  startOfDay,
  type TaskHistory,
} from '@room/contract';
import type { LinkStore } from '../links.ts';
import { daysAsked } from './days-asked.ts';
import { daysIn } from './per.ts';
import type { Known } from './plan.ts';
import { programmeAnswer } from './programme-answer.ts';
import { type ProgrammePlan, programmePlanOf, subjectAsked } from './programme-plan.ts';
import { NOTHING_TOLD, type ToldSide, toldOfLinks, toldOfTasks } from './programme-told.ts';
import type { QueryStore } from './store.ts';

export interface AnswersOptions {
  counted: Pick<QueryStore, 'answer' | 'kept'>;
  links: Pick<LinkStore, 'days' | 'hoursOfAll'>;
  /** Of a scope, as the page of tasks has them by the day; whether any is made up. */
  tasks: (
    asked: { from: string; to: string; by: 'unit' },
    scope: Scope,
  ) => Promise<{ history: TaskHistory; simulated: boolean }>;
  catalogue: Catalogue;
}

const SOURCES = { tasks: 'audit', links: 'rollup_link_interval' } as const;

const seesAny = (scope: Scope, { dimension, codes }: NonNullable<ProgrammePlan['only']>): boolean =>
  [...codes].some((code) => owns(scope, dimension, code));

export class Answers implements Pick<QueryStore, 'answer' | 'kept'> {
  readonly #options: AnswersOptions;

  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  /** Of what belongs to the scope. Throws `BadQuery` where the question does not fit, or is too much. */
  async answer(query: Query, scope: Scope, signal?: AbortSignal, known?: Known): Promise<QueryAnswer> {
    if (subjectAsked(query) === 'dossiers') return this.#options.counted.answer(query, scope, signal, known);
    const began = performance.now();
    const { catalogue } = this.#options;
    const now = Date.now();
    const today = localDay(now, catalogue.timeZone);
    const plan = programmePlanOf(query, { catalogue, today, known });
    const { periods } = plan;
    const [told, before] = await Promise.all([
      this.#told(plan, periods.now, scope, now, signal),
      periods.before === undefined ? undefined : this.#told(plan, periods.before, scope, now, signal),
    ]);
    const askedOf = (period: Period, { asOf, coverage }: ToldSide): AskedPeriod => ({
      ...period,
      ...daysAsked(daysIn(period), catalogue, today),
      ...(asOf === undefined ? {} : { asOf }),
      ...(coverage === undefined ? {} : { coverage }),
    });
    return {
      periods: {
        now: askedOf(periods.now, told),
        ...(periods.before === undefined || before === undefined ? {} : { before: askedOf(periods.before, before) }),
      },
      ...programmeAnswer(query, plan, { now: told, ...(before === undefined ? {} : { before }) }),
      answeredAt: Date.now(),
      source: SOURCES[plan.subject],
      ms: performance.now() - began,
    };
  }

  /** The same where all that it is made of is kept; undefined elsewhere. */
  async kept(query: Query, scope: Scope): Promise<QueryAnswer | undefined> {
    return subjectAsked(query) === 'dossiers' ? this.#options.counted.kept(query, scope) : undefined;
  }

  async #told(
    plan: ProgrammePlan,
    period: Period,
    scope: Scope,
    now: number,
    signal: AbortSignal | undefined,
  ): Promise<ToldSide> {
    const { timeZone } = this.#options.catalogue;
    const today = localDay(now, timeZone);
    // Of days to come nothing is known.
    if (period.from > today) return NOTHING_TOLD;
    const [to = today] = [period.to, today].toSorted();
    const known: Period = { from: period.from, to };
    const of = { period: known, grain: plan.grain, now, timeZone };
    if (plan.subject === 'links') return this.#links(plan, of, scope, signal);
    // Of units of which nothing may be seen that there are none would be told of what is not known.
    if (plan.only !== undefined && !seesAny(scope, plan.only)) return NOTHING_TOLD;
    const { history, simulated } = await this.#options.tasks({ ...known, by: 'unit' }, scope);
    return { ...toldOfTasks(history, of), simulated };
  }

  /** Whose a link is, is told in one place; here as on its page. */
  async #links(
    plan: ProgrammePlan,
    of: Parameters<typeof toldOfLinks>[2],
    scope: Scope,
    signal: AbortSignal | undefined,
  ): Promise<ToldSide> {
    const { links: store, catalogue } = this.#options;
    const { period, timeZone } = of;
    const links = [...linksOf(catalogue).values()].filter(
      (link) => owns(scope, 'link', link.id) && plan.isAsked({ dim: link.dim, code: link.party.id }),
    );
    const sums =
      of.grain === 'hour'
        ? await store.hoursOfAll(startOfDay(period.from, timeZone), startOfDay(addDays(period.to, 1), timeZone), signal)
        : await store.days(period.from, period.to, signal);
    return toldOfLinks(links, sums, of);
  }
}
