/** A briefing each working day's morning, made by the one process that leads; the setting is a document of the room. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BriefingSchedule,
  briefingScheduleSchema,
  type Catalogue,
  clockMs,
  dayTypeOf,
  localDay,
  NO_SCHEDULE,
  startOfDay,
} from '@room/contract';
import { Conflict, type Database, Documents } from '@room/database';
import { within } from '@room/runtime';
import type { Briefings } from './briefings.ts';

const LOOK_MS = 5_000;
const STOP_MS = 4_000;
/** The id of its one document. */
export const SCHEDULE = 'schedule';

export const schedulesIn = (database: Pick<Database, 'read' | 'write'>): Documents<BriefingSchedule> =>
  new Documents({ database, kind: 'briefing_schedule', schema: briefingScheduleSchema });

export async function keptSchedule(
  documents: Pick<Documents<BriefingSchedule>, 'get'>,
): Promise<{ version: number; body: BriefingSchedule }> {
  const found = await documents.get(SCHEDULE);
  return found === undefined ? { version: 0, body: NO_SCHEDULE } : { version: found.version, body: found.body };
}

/** The local day whose briefing is to be there by now; undefined where none is. A day outside of the calendar counts as worked. */
export function dayDue(
  { isOn, at }: BriefingSchedule,
  now: number,
  { calendar, timeZone }: Pick<Catalogue, 'calendar' | 'timeZone'>,
): string | undefined {
  const day = localDay(now, timeZone);
  if (!isOn || (dayTypeOf(calendar, day) ?? 'working') !== 'working') return undefined;
  return startOfDay(day, timeZone) + clockMs(at) <= now ? day : undefined;
}

/** Of one day there is one, whoever makes it. */
export function scheduledId(room: string, day: string): string {
  const hex = createHash('sha256').update(`briefing ${room} ${day}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

export interface ScheduledOptions {
  catalogue: Pick<Catalogue, 'id' | 'calendar' | 'timeZone'>;
  schedules: Pick<Documents<BriefingSchedule>, 'get'>;
  briefings: Pick<Briefings, 'get' | 'make'>;
  report: (level: 'info' | 'warn', message: string) => void;
  now?: () => number;
}

export class ScheduledBriefings {
  readonly #options: ScheduledOptions;
  readonly #stopping = new AbortController();
  readonly #asker = { owner: 'briefings', signal: this.#stopping.signal };
  #done: Promise<void> = Promise.resolve();
  #said = '';

  constructor(options: ScheduledOptions) {
    this.#options = options;
  }

  start(): void {
    this.#done = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await within(this.#done, STOP_MS);
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#look(this.#options.now?.() ?? Date.now());
        this.#said = '';
      } catch (error) {
        const { message } = error as Error;
        if (message !== this.#said) this.#options.report('warn', `the day's briefing is not made yet: ${message}`);
        this.#said = message;
      }
      if (this.#stopping.signal.aborted) return;
      await sleep(LOOK_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
  }

  async #look(now: number): Promise<void> {
    const { catalogue, schedules, briefings } = this.#options;
    const { body } = await keptSchedule(schedules);
    const day = dayDue(body, now, catalogue);
    if (day === undefined) return;
    const id = scheduledId(catalogue.id, day);
    if ((await briefings.get(id)) !== undefined) return;
    await briefings.make({ who: 'room' }, body.period, this.#asker, id).catch((error: unknown) => {
      // Another process made it just now.
      if (!(error instanceof Conflict)) throw error;
    });
  }
}
