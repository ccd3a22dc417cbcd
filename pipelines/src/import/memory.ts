/** What an import counted of each event, kept beside the mapping: with it a later export's changed row becomes a correction. */
import type { SubmissionData, SubmissionEvent } from '@room/contract';
import { open, type RootDatabase } from 'lmdb';

interface RememberedEvent {
  data: SubmissionData;
  /** Corrections so far: each has an id of its own, the same when it is sent again. */
  version: number;
}

/** An event to be counted later, and what to keep of it then. */
export interface Remembered {
  id: string;
  counted: RememberedEvent;
  /** Nothing was kept of it before: where the room knows it all the same, it is taken for what was counted then. */
  isNew: boolean;
}

export interface Revised {
  /** The event itself, or what corrects it to what the row says now. */
  events: SubmissionEvent[];
  remember: Remembered;
}

export class Memory {
  readonly #store: RootDatabase<RememberedEvent, string>;

  constructor(folder: string) {
    // Not among the options that it declares.
    const ownersOnly: object = { permissionsMode: 0o600 };
    this.#store = open<RememberedEvent, string>({ path: folder, ...ownersOnly });
  }

  revise(event: SubmissionEvent): Revised {
    const { id, data } = event;
    const known = this.#store.get(id);
    const counted = { data, version: known?.version ?? 0 };
    const remember = { id, counted, isNew: known === undefined };
    if (known === undefined || same(known.data, data)) return { events: [event], remember };
    counted.version += 1;
    const correction = (suffix: string, of: SubmissionData, count: number): SubmissionEvent => ({
      ...event,
      id: `${id}#${counted.version}${suffix}`,
      data: { ...of, count, corrects: id },
    });
    const events = same({ ...known.data, count: 0 }, { ...data, count: 0 })
      ? [correction('', data, data.count - known.data.count)]
      : [correction('+', data, data.count), correction('-', known.data, -known.data.count)];
    return { events, remember };
  }

  /** To be called once the room has all events of `revise`. */
  keep({ id, counted }: Remembered): void {
    void this.#store.put(id, counted);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store.flushed;
    await this.#store.close();
  }
}

const FIELDS = ['procedure', 'agency', 'province', 'channel', 'status', 'onTime', 'count', 'occurredAt'] as const;

const same = (one: SubmissionData, other: SubmissionData): boolean =>
  FIELDS.every((field) => one[field] === other[field]) &&
  one.interval?.start === other.interval?.start &&
  one.interval?.end === other.interval?.end;
