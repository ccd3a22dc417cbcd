/**
 * Which events count, where several have an id or an original in common: of equal ids the first, and a correction where its
 * original counts, is none itself and keeps at least nothing, there too where the correction takes it away. The gateway answers by it,
 * and ingest acts by it.
 */

import { placeAt, placeOf } from './counted-place.ts';
import type { CountableEvent, Submission } from './decode.ts';
import type { QuarantineCode } from './refused.ts';

export type CountedKind = 'submission' | 'correction' | 'backlog' | 'link';

/** An event that counts. */
export interface Counted {
  correction: boolean;
  /** Missing, like the count, where an earlier version counted it and its row is gone. */
  kind?: CountedKind;
  /** Dossiers that it counted. */
  count?: number;
}

/** Why an event does not count. */
export interface Fault {
  code: QuarantineCode;
  reason: string;
}

/**
 * Why a correction cannot count; undefined where it can. `left` is what earlier corrections left of the original, undefined where
 * nobody knows.
 */
export function faultOfCorrection(
  original: Counted | undefined,
  left: number | undefined,
  { id, count }: { id: string; count: number },
): Fault | undefined {
  const what = `corrects ${JSON.stringify(id)}, which`;
  if (original === undefined)
    return {
      code: 'corrects_unknown',
      reason: `${what} was never counted; send the original first, then have this one replayed`,
    };
  if (original.correction)
    return { code: 'corrects_correction', reason: `${what} is a correction itself; name the original event` };
  if (original.kind === 'backlog')
    return {
      code: 'corrects_other_type',
      reason: `${what} is a level of backlog; send the right level for its instant, under another id, instead`,
    };
  if (original.kind === 'link')
    return {
      code: 'corrects_other_type',
      reason: `${what} is a report of a link; send the right counts for its interval, under another id, instead`,
    };
  if (left === undefined || left + count >= 0) return undefined;
  return {
    code: 'corrects_too_much',
    reason: `${what} counted ${original.count}, of which its corrections left ${left}: ${count} would make it less than zero`,
  };
}

/** Why a correction cannot take away where `there` dossiers of its original and its corrections are counted; undefined where it can. */
export function faultOfPlace(
  there: Standing | undefined,
  { id, count }: { id: string; count: number },
): Fault | undefined {
  if (there === undefined || there.count + count >= 0) return undefined;
  const what = `corrects ${JSON.stringify(id)},`;
  if (!there.isWhole)
    return {
      code: 'corrects_gone',
      reason: `${what} whose event may no longer be kept (KEEP_SUBMISSIONS_DAYS): the room cannot tell whether it was counted there`,
    };
  return {
    code: 'corrects_elsewhere',
    reason:
      `${what} of which ${there.count} counted with this agency, procedure, province, channel, status, onTime and day: ` +
      `${count} would make it less than zero there; repeat the fields as they were sent`,
  };
}

/** What is counted of an original and its corrections in one place. */
export interface Standing {
  count: number;
  /** Nothing that was counted there is gone since. */
  isWhole: boolean;
}

/** What is known before a list of events, by key. */
export interface Before {
  counted: (key: string) => Counted | undefined;
  /** What corrections left of an original; undefined where nobody knows. */
  left: (key: string) => number | undefined;
  /** What is counted, of the original `target`, where `event` counts; undefined where nobody knows. */
  there: (target: string, event: Submission) => Standing | undefined;
}

/** Decides a list of events, one after the other. */
export class Counting {
  readonly #before: Before;
  readonly #counted = new Map<string, Counted & { event: CountableEvent }>();
  /** Of each original that was corrected in the list. */
  readonly #left = new Map<string, number>();
  /** What the list's corrections brought to a place of their original, or took there. */
  readonly #moved = new Map<string, number>();

  constructor(before: Before) {
    this.#before = before;
  }

  /** Keys of the list's events that count, in their order. */
  get keys(): string[] {
    return [...this.#counted.keys()];
  }

  /** Undefined where the event, of this key, counts; `target` is the key of the one that it corrects. */
  decide(event: CountableEvent, key: string, target?: string): Fault | 'duplicate' | undefined {
    if (this.#counted.has(key) || this.#before.counted(key) !== undefined) return 'duplicate';
    if (target === undefined || event.kind !== 'submission') {
      const count = event.kind === 'submission' ? event.count : 0;
      this.#counted.set(key, { correction: false, kind: event.kind, count, event });
      return undefined;
    }
    const { corrects = '', count } = event;
    const own = this.#counted.get(target);
    const left = this.#left.get(target) ?? (own === undefined ? this.#before.left(target) : own.count);
    const original = own ?? this.#before.counted(target);
    const place = placeAt(target, event);
    const moved = this.#moved.get(place) ?? 0;
    const there = count < 0 ? plus(this.#there(own?.event, target, event), moved) : undefined;
    // What a place holds decides where it is known: of no place more is taken than is there, and so of none of all.
    const misplaced = faultOfPlace(there, { id: corrects, count });
    const fault = faultOfCorrection(original, there === undefined || misplaced !== undefined ? left : undefined, {
      id: corrects,
      count,
    });
    if (fault !== undefined || misplaced !== undefined) return fault ?? misplaced;
    if (left !== undefined) this.#left.set(target, left + count);
    this.#moved.set(place, moved + count);
    this.#counted.set(key, { correction: true, kind: 'correction', count, event });
    return undefined;
  }

  /** Before the list's corrections. */
  #there(own: CountableEvent | undefined, target: string, event: Submission): Standing | undefined {
    if (own?.kind !== 'submission') return this.#before.there(target, event);
    return { count: placeOf(own) === placeOf(event) ? own.count : 0, isWhole: true };
  }
}

const plus = (there: Standing | undefined, count: number): Standing | undefined =>
  there === undefined ? undefined : { ...there, count: there.count + count };
