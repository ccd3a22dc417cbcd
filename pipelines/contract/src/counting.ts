/**
 * Which events count, where several have an id or an original in common: of equal ids the first, and a correction where its
 * original counts, is none itself and keeps at least nothing. The gateway answers by it, and ingest acts by it.
 */
import type { Backlog, Submission } from './decode.ts';
import type { QuarantineCode } from './refused.ts';

export type CountedKind = 'submission' | 'correction' | 'backlog';

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
  if (left === undefined || left + count >= 0) return undefined;
  return {
    code: 'corrects_too_much',
    reason: `${what} counted ${original.count}, of which its corrections left ${left}: ${count} would make it less than zero`,
  };
}

/** What is known before a list of events, by key. */
export interface Before {
  counted: (key: string) => Counted | undefined;
  /** What corrections left of an original; undefined where nobody knows. */
  left: (key: string) => number | undefined;
}

/** Decides a list of events, one after the other. */
export class Counting {
  readonly #before: Before;
  readonly #counted = new Map<string, Counted>();
  /** Of each original that was corrected in the list. */
  readonly #left = new Map<string, number>();

  constructor(before: Before) {
    this.#before = before;
  }

  /** Keys of the list's events that count, in their order. */
  get keys(): string[] {
    return [...this.#counted.keys()];
  }

  /** Undefined where the event, of this key, counts; `target` is the key of the one that it corrects. */
  decide(event: Submission | Backlog, key: string, target?: string): Fault | 'duplicate' | undefined {
    if (this.#counted.has(key) || this.#before.counted(key) !== undefined) return 'duplicate';
    if (target === undefined || event.kind === 'backlog') {
      const count = event.kind === 'backlog' ? 0 : event.count;
      this.#counted.set(key, { correction: false, kind: event.kind, count });
      return undefined;
    }
    const { corrects = '', count } = event;
    const own = this.#counted.get(target);
    const left = this.#left.get(target) ?? (own === undefined ? this.#before.left(target) : own.count);
    const fault = faultOfCorrection(own ?? this.#before.counted(target), left, { id: corrects, count });
    if (fault !== undefined) return fault;
    if (left !== undefined) this.#left.set(target, left + count);
    this.#counted.set(key, { correction: true, kind: 'correction', count });
    return undefined;
  }
}
