/**
 * Questions to the warehouse by those without a key. Two run at a time, of each owner one, and of those without a name one together;
 * their places then rest: a fraction of what they took, and as long as that while the live wall is late, which goes before as counting
 * does. Askers take turns, those with a name and those without by turns too, so that however many connections hold up nobody who is
 * known; equal questions share one read, for a moment after it too; and a question that nobody waits for any more is not put.
 */
import { HttpError } from './errors.ts';
import { Turns } from './turns.ts';

/** Who asks: one owner, a person or a screen by name or else a connection, has one turn at a time. Aborted, the asker no longer waits. */
export interface Asker {
  owner: string | object;
  signal?: AbortSignal;
  /** Asks to keep the answer: nobody who asks later is told it in the place of a newer one. */
  isKeeping?: boolean;
}

export class Busy extends Error {
  /** Whether those that wait are the asker's own. */
  readonly isOwn: boolean;
  constructor(isOwn: boolean) {
    super(isOwn ? 'too many of your questions wait to be answered' : 'too many questions wait to be answered');
    this.isOwn = isOwn;
  }
}

/** Of all with a name or without, and of one owner: a line as long as this is answered within some seconds. */
const MOST_WAITING = 256;
const MOST_OF_ONE = 4;
/** A person's pages ask on several connections, each several questions. */
const MOST_OF_PERSON = 24;
const AT_ONCE = 2;
/** Of the time that a question took. */
const REST = { inTime: 0.25, late: 1 };
const LONGEST_REST_MS = 200;
/** An answer is told to whoever asks the same so long after it was begun: as old as a wall's numbers may be. */
export const SHARED_MS = 1_000;
/** The same of what scenes ask: sums of weeks hardly move within it, and all walls ask when they change. */
export const SHARED_BY_WALLS_MS = 30_000;
/** Answers that are held for that at most. */
const MOST_SHARED = 64;

interface Question {
  key: string;
  read: (signal: AbortSignal) => Promise<unknown>;
  askers: Set<Asker>;
  stop: AbortController;
  isRunning: boolean;
  sharedMs: number;
  answer: Promise<unknown>;
  resolve: (answer: unknown) => void;
  reject: (error: unknown) => void;
}

export class Questions {
  readonly #open = new Map<string, Question>();
  readonly #lines = { named: new Turns<Asker['owner'], Question>(), others: new Turns<Asker['owner'], Question>() };
  /** Answered a moment ago, the oldest first. */
  readonly #shared = new Map<string, Question>();
  readonly #isLate: () => boolean;
  /** Whose turn it was of those that run. */
  readonly #running = new Set<Asker['owner']>();
  #resting = 0;
  #isNamedNext = true;
  #isLooking = false;

  /** `isLate`: whether the live wall is, which somebody looks at. */
  constructor(isLate: () => boolean = () => false) {
    this.#isLate = isLate;
  }

  /**
   * What `read` gives, or gives to somebody else who asked the same (`key`), also where that was less than `sharedMs` ago. Rejects with `Busy` where too many wait, with
   * the signal's reason once the asker is gone, and with what `read` throws.
   */
  async ask<T>(key: string, read: (signal: AbortSignal) => Promise<T>, asker: Asker, sharedMs = 0): Promise<T> {
    const { owner, signal } = asker;
    signal?.throwIfAborted();
    const question =
      this.#open.get(key) ?? this.#shared.get(key) ?? this.#new(key, read, asker.isKeeping === true ? 0 : sharedMs);
    if (!question.isRunning) {
      const line = this.#lineOf(owner);
      if (line.of(owner) >= mostOf(owner)) throw new Busy(true);
      if (line.size >= MOST_WAITING) throw new Busy(false);
      this.#open.set(key, question);
      line.add(owner, question);
      this.#look();
    }
    question.askers.add(asker);
    return new Promise<T>((resolve, reject) => {
      const leave = (): void => {
        this.#leave(question, asker);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      const over = (): void => signal?.removeEventListener('abort', leave);
      question.answer.then(
        (answer) => {
          over();
          resolve(answer as T);
        },
        (error: unknown) => {
          over();
          reject(error);
        },
      );
    });
  }

  #new(key: string, read: Question['read'], sharedMs: number): Question {
    let settle: Pick<Question, 'resolve' | 'reject'> | undefined;
    const answer = new Promise<unknown>((resolve, reject) => {
      settle = { resolve, reject };
    });
    answer.catch(() => undefined);
    return {
      key,
      read,
      askers: new Set(),
      stop: new AbortController(),
      isRunning: false,
      sharedMs,
      answer,
      resolve: (value) => settle?.resolve(value),
      reject: (error) => settle?.reject(error),
    };
  }

  #leave(question: Question, asker: Asker): void {
    question.askers.delete(asker);
    if (!question.isRunning) this.#lineOf(asker.owner).drop(asker.owner, question);
    if (question.askers.size > 0) return;
    this.#close(question);
    question.stop.abort(new Error('nobody waits for the answer'));
  }

  #close(question: Question): void {
    if (this.#open.get(question.key) === question) this.#open.delete(question.key);
  }

  /** In a later turn of the event loop: what one message asks and takes back is never put. */
  #look(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    setImmediate(() => {
      this.#isLooking = false;
      while (this.#running.size + this.#resting < AT_ONCE) {
        const next = this.#take();
        if (next === undefined) return;
        const [owner, question] = next;
        // It stands once in the line of each of its askers.
        if (!question.isRunning && question.askers.size > 0) void this.#put(question, owner);
      }
    });
  }

  #lineOf(owner: Asker['owner']): Turns<Asker['owner'], Question> {
    return typeof owner === 'string' ? this.#lines.named : this.#lines.others;
  }

  #take(): [Asker['owner'], Question] | undefined {
    const { named, others } = this.#lines;
    const isStrangers = [...this.#running].some((owner) => typeof owner !== 'string');
    const [first, second] = this.#isNamedNext ? [named, others] : [others, named];
    const mayRun = (owner: Asker['owner']): boolean =>
      typeof owner === 'string' ? !this.#running.has(owner) : !isStrangers;
    const taken = first.takeOf(mayRun);
    if (taken === undefined) return second.takeOf(mayRun);
    this.#isNamedNext = !this.#isNamedNext;
    return taken;
  }

  async #put(question: Question, owner: Asker['owner']): Promise<void> {
    this.#running.add(owner);
    question.isRunning = true;
    const began = performance.now();
    try {
      question.resolve(await question.read(question.stop.signal));
      this.#share(question, question.sharedMs - (performance.now() - began));
    } catch (error) {
      question.reject(error);
    } finally {
      this.#close(question);
      this.#running.delete(owner);
      this.#rest((performance.now() - began) * (this.#isLate() ? REST.late : REST.inTime));
    }
  }

  #rest(ms: number): void {
    this.#resting++;
    setTimeout(
      () => {
        this.#resting--;
        this.#look();
      },
      Math.min(ms, LONGEST_REST_MS),
    );
  }

  #share(question: Question, ms: number): void {
    // One that everybody left was told to stop.
    if (ms <= 0 || question.stop.signal.aborted) return;
    const { key } = question;
    for (const oldest of this.#shared.keys()) if (this.#shared.size >= MOST_SHARED) this.#shared.delete(oldest);
    this.#shared.set(key, question);
    setTimeout(() => {
      if (this.#shared.get(key) === question) this.#shared.delete(key);
    }, ms).unref();
  }
}

const mostOf = (owner: Asker['owner']): number => (typeof owner === 'string' ? MOST_OF_PERSON : MOST_OF_ONE);

/** For a route: what `read` gives; a refusal that it throws is passed on, and whatever else went wrong is a 503. */
export async function asQuestion<T>(
  questions: Questions,
  asker: Asker,
  key: string,
  read: (signal: AbortSignal) => Promise<T>,
  sharedMs = 0,
): Promise<T> {
  try {
    return await questions.ask(key, read, asker, sharedMs);
  } catch (cause) {
    if (cause instanceof HttpError) throw cause;
    if (cause instanceof Busy && cause.isOwn)
      throw new HttpError(
        429,
        'too_many_questions',
        'as many of your questions wait as may at a time; take some back, or ask again in a second',
        1,
        { cause },
      );
    if (cause instanceof Busy)
      throw new HttpError(503, 'busy', 'many questions wait at the moment; ask again in a second', 1, { cause });
    throw new HttpError(503, 'warehouse', 'the warehouse did not answer; ask again in a few seconds', 5, { cause });
  }
}
