/** Briefings: made of what there is at once, frozen as the text that is signed, and kept. */
import { randomUUID } from 'node:crypto';
import {
  type Alerts,
  addDays,
  type Briefed,
  type Briefing,
  type BriefingMissed,
  type BriefingPart,
  briefingDays,
  type Catalogue,
  daysBetween,
  type IndicatorList,
  isReview,
  type KeptModel,
  type Leaders,
  localDay,
  type Merit,
  type QueryAnswer,
  type Sealed,
  sealedSchema,
  type Tasks,
  type UnitKind,
  type WallState,
} from '@room/contract';
import { type Cause, type Database, Documents } from '@room/database';
import type { Asker } from '../questions.ts';
import { annexOf } from './annex.ts';
import type { Seal } from './seal.ts';
import { saidOf } from './sentences.ts';
import { readBriefing } from './verify.ts';

export interface BriefingOptions {
  database: Pick<Database, 'read' | 'write'>;
  seal: Pick<Seal, 'sign'>;
  catalogue: Catalogue;
  counted: (
    asked: { from: string; to: string; grain: 'day' | 'month'; compare: 'previous' | 'year-before' },
    asker: Asker,
  ) => Promise<QueryAnswer>;
  state: () => WallState | undefined;
  alerts: () => Promise<Alerts>;
  indicators: (at: number) => Promise<IndicatorList>;
  /** With what moved since that local day. */
  tasks: (since: string) => Promise<Tasks>;
  /** Who surely finishes more or less on time than others of like size. */
  led: (
    asked: { from: string; to: string; units: UnitKind; measure: Merit; compare: 'none' | 'previous' },
    asker: Asker,
  ) => Promise<Omit<Leaders, 'models'>>;
  models: () => Promise<KeptModel[]>;
  warn: (message: string) => void;
}

/** On one page; what does not fit is counted. */
export const MOST_SAID: Readonly<Record<BriefingPart, number>> = {
  unknown: 4,
  changed: 3,
  units: 2,
  forecast: 3,
  alerts: 3,
  overdue: 2,
  tasks: 2,
  indicators: 3,
};
/** Whole weeks, as walls have them. */
const UNIT_DAYS = 28;
/** Of a review, whose annex has all indicators and tasks. */
export const MOST_REVIEWED: Readonly<Record<BriefingPart, number>> = {
  unknown: 4,
  changed: 3,
  units: 10,
  forecast: 10,
  alerts: 20,
  overdue: 20,
  tasks: 10,
  indicators: 20,
};

export class Briefings {
  readonly #options: BriefingOptions;
  readonly #documents: Documents<Sealed>;

  constructor(options: BriefingOptions) {
    this.#options = options;
    this.#documents = new Documents({ database: options.database, kind: 'briefing', schema: sealedSchema });
  }

  /** `id`: of one that is made once, whoever makes it: then `Conflict` is thrown. */
  async make(cause: Cause, period: Briefed, asker: Asker, id = randomUUID() as string): Promise<Briefing> {
    const { catalogue, counted, state, alerts, indicators, tasks, led, models, seal, warn } = this.#options;
    const now = Date.now();
    const { from, to } = briefingDays(period, localDay(now, catalogue.timeZone));
    /** What is away leaves its part out, which the page says. */
    const or = <T>(asked: Promise<T>): Promise<T | undefined> =>
      asked.catch((error: Error) => {
        warn(`a briefing is made without a part of it: ${error.message}`);
        return undefined;
      });
    const isOfYears = period === 'reviewHalf' || period === 'reviewYear';
    const grain = isOfYears ? 'month' : 'day';
    const compare = isOfYears ? 'year-before' : 'previous';
    // A week tells few units apart: as on walls it is four; and two years by the day are more points than are answered at once.
    const byUnit = (units: UnitKind) =>
      or(
        led(
          {
            from: period === 'week' ? addDays(to, 1 - UNIT_DAYS) : from,
            to,
            units,
            measure: 'shareOnTime',
            compare: period === 'reviewYear' ? 'none' : 'previous',
          },
          asker,
        ),
      );
    const [numbers, ringing, reported, ordered, agency, province, good] = await Promise.all([
      or(counted({ from, to, grain, compare }, asker)),
      or(alerts()),
      or(indicators(now)),
      or(tasks(from)),
      byUnit('agency'),
      byUnit('province'),
      or(models()),
    ]);
    const wall = state();
    const { parts, missing } = saidOf({
      catalogue,
      now,
      from,
      to,
      days: daysBetween(from, to) + 1,
      grain,
      counted: numbers,
      state: wall,
      alerts: ringing,
      indicators: reported,
      tasks: ordered,
      led: agency === undefined || province === undefined ? undefined : { agency, province },
      models: good ?? [],
    });
    const briefing: Briefing = {
      kind: 'briefing',
      id,
      room: catalogue.id,
      period,
      from,
      to,
      madeAt: now,
      madeBy: cause.who,
      simulated: numbers?.simulated === true || wall?.simulated === true,
      missing: isReview(period) ? [...missing, ...missingAnnexes(reported, ordered)] : missing,
      parts: parts.map(({ part, sentences }) => {
        const most = (isReview(period) ? MOST_REVIEWED : MOST_SAID)[part];
        return { part, sentences: sentences.slice(0, most), more: Math.max(0, sentences.length - most) };
      }),
      ...(isReview(period) ? { annex: annexOf(reported, ordered) } : {}),
    };
    await this.#documents.create(cause, briefing.id, await seal.sign(JSON.stringify(briefing)));
    return briefing;
  }

  /** The newest first. */
  async list(): Promise<Briefing[]> {
    const documents = await this.#documents.list();
    return documents
      .flatMap(({ body }) => readBriefing(body.text) ?? [])
      .sort((one, other) => other.madeAt - one.madeAt);
  }

  async get(id: string): Promise<Sealed | undefined> {
    return (await this.#documents.get(id))?.body;
  }
}

const missingAnnexes = (indicators: unknown, tasks: unknown): BriefingMissed[] => [
  ...(indicators === undefined ? (['annexIndicators'] as const) : []),
  ...(tasks === undefined ? (['annexTasks'] as const) : []),
];

/** What is asked of the warehouse for it. */
export const BRIEFED_MEASURES = 'submitted,submittedOnline,onTime,late';
