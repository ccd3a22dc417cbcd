/**
 * Questions to the warehouse by those without a key. One runs at a time and then rests as long as it took; askers take turns, those
 * with a name and those without by turns too, so that however many connections hold up nobody who is known; equal questions share
 * one read; and a question that nobody waits for any more is not put. Counting and the live wall go before.
 */
import { HttpError } from './errors.ts';
import { Turns } from './turns.ts';

/** Who asks: one owner, a person or a screen by name or else a connection, has one turn at a time. Aborted, the asker no longer waits. */
export interface Asker {
  owner: string | object;
  signal?: AbortSignal;
}

export class Busy extends Error {
  constructor() {
    super('too many questions wait to be answered');
  }
}

/** Of all with a name or without, and of one owner: a line as long as this is answered within some seconds. */
const MOST_WAITING = 256;
const MOST_OF_ONE = 4;
/** A person's pages ask on several connections, each several questions. */
const MOST_OF_PERSON = 24;
const LONGEST_REST_MS = 200;

interface Question {
  key: string;
  read: (signal: AbortSignal) => Promise<unknown>;
  askers: Set<Asker>;
  stop: AbortController;
  isRunning: boolean;
  answer: Promise<unknown>;
  resolve: (answer: unknown) => void;
  reject: (error: unknown) => void;
}

export class Questions {
  readonly #open = new Map<string, Question>();
  readonly #lines = { named: new Turns<Asker['owner'], Question>(), others: new Turns<Asker['owner'], Question>() };
  #isNamedNext = true;
  #isBusy = false;
  #isLooking = false;

  /**
   * What `read` gives, or gives to somebody else who asked the same (`key`). Rejects with `Busy` where too many wait, with
   * the signal's reason once the asker is gone, and with what `read` throws.
   */
  async ask<T>(key: string, read: (signal: AbortSignal) => Promise<T>, asker: Asker): Promise<T> {
    const { owner, signal } = asker;
    signal?.throwIfAborted();
    const question = this.#open.get(key) ?? this.#new(key, read);
    if (!question.isRunning) {
      const line = this.#lineOf(owner);
      if (line.size >= MOST_WAITING || line.of(owner) >= mostOf(owner)) throw new Busy();
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

  #new(key: string, read: Question['read']): Question {
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
    if (this.#isBusy || this.#isLooking) return;
    this.#isLooking = true;
    setImmediate(() => {
      this.#isLooking = false;
      for (let next = this.#take(); next !== undefined; next = this.#take()) {
        // It stands once in the line of each of its askers.
        if (next.isRunning || next.askers.size === 0) continue;
        void this.#put(next);
        return;
      }
    });
  }

  #lineOf(owner: Asker['owner']): Turns<Asker['owner'], Question> {
    return typeof owner === 'string' ? this.#lines.named : this.#lines.others;
  }

  #take(): Question | undefined {
    const { named, others } = this.#lines;
    const [first, second] = this.#isNamedNext ? [named, others] : [others, named];
    const question = first.take();
    if (question === undefined) return second.take();
    this.#isNamedNext = !this.#isNamedNext;
    return question;
  }

  async #put(question: Question): Promise<void> {
    this.#isBusy = true;
    question.isRunning = true;
    const began = performance.now();
    try {
      question.resolve(await question.read(question.stop.signal));
    } catch (error) {
      question.reject(error);
    } finally {
      this.#close(question);
      const rest = Math.min(performance.now() - began, LONGEST_REST_MS);
      setTimeout(() => {
        this.#isBusy = false;
        this.#look();
      }, rest);
    }
  }
}

const mostOf = (owner: Asker['owner']): number => (typeof owner === 'string' ? MOST_OF_PERSON : MOST_OF_ONE);

/** For a route: what `read` gives; a refusal that it throws is passed on, and whatever else went wrong is a 503. */
export async function asQuestion<T>(
  questions: Questions,
  asker: Asker,
  key: string,
  read: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  try {
    return await questions.ask(key, read, asker);
  } catch (cause) {
    if (cause instanceof HttpError) throw cause;
    if (cause instanceof Busy)
      throw new HttpError(503, 'busy', 'many questions wait at the moment; ask again in a second', 1, { cause });
    throw new HttpError(503, 'warehouse', 'the warehouse did not answer; ask again in a few seconds', 5, { cause });
  }
}
