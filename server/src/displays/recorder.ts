/**
 * Keeps what scenes showed: in the one process that leads, once a minute, each question of their tiles is asked as a wall display asks
 * it and its answer kept where it changed. Whatever fails here disturbs nothing else.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { within } from '@room/runtime';
import { answeredAgain, type KeptAnswer, SHOWN_AGAIN_MS, type ShownStore } from '@room/warehouse';
import { assertEverything, assertMay, assertOnWalls } from '../access/access.ts';
import type { Actor } from '../access/principal.ts';
import { checkedQuery } from '../api/input.ts';
import type { Call, Route } from '../api/route.ts';
import { type KeptQuestion, type KeptTurn, keptTurn, type Shows } from './kept-questions.ts';

const EVERY_MS = 60_000;
/** Of that, in which a turn's questions are spread; the rest is for those that take long. */
const SPREAD = 0.7;
/** A question that takes longer is asked again in the next turn. */
const PATIENCE_MS = 20_000;
const STOP_MS = 2_000;
/** Of an answer, and of those that wait to be written. */
const MOST_CHARACTERS = 1_000_000;
const MOST_WAITING = 8_000_000;

/** One owner among all who ask the warehouse: they take turns. */
const OWNER = 'what scenes showed';
/** Rows that walls ask read nothing of a connection. */
const NO_CONNECTION = {} as Pick<Call<'view', undefined, undefined, undefined>, 'request' | 'response'>;

export interface RecorderObserver {
  /** A turn is over: answers that were kept, questions that were not answered, how long was waited for all of them, and what was left out. */
  turned(turn: { kept: number; failed: number; seconds: number; leftOut: KeptTurn['leftOut'] }): void;
}

export interface RecorderOptions {
  store: Pick<ShownStore, 'writeAnswers'>;
  /** The table of routes, once there is one: a process may lead before it is open. */
  rows: () => readonly Route[] | undefined;
  shows: () => Promise<Shows>;
  observer: RecorderObserver;
  report: (level: 'info' | 'warn', message: string) => void;
  /** Milliseconds. */
  everyMs?: number;
}

export class Recorder {
  readonly #options: RecorderOptions;
  readonly #stopping = new AbortController();
  /** By question and scope, what was written last, and when. */
  #written = new Map<string, { hash: string; at: number }>();
  #done: Promise<void> = Promise.resolve();
  /** What is wrong, said once for as long as it is the same. */
  #said = '';

  constructor(options: RecorderOptions) {
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
    const { everyMs = EVERY_MS, rows } = this.#options;
    // The first turn is not spread: what was shown before somebody else led is known from its beginning.
    let spreadMs = 0;
    while (!this.#stopping.signal.aborted) {
      const began = performance.now();
      const table = rows();
      if (table !== undefined) {
        await this.#turn(table, spreadMs).catch((error: Error) => this.#say(error.message));
        spreadMs = everyMs * SPREAD;
      }
      const left = (table === undefined ? Math.min(everyMs, 1_000) : everyMs) - (performance.now() - began);
      await this.#sleep(Math.max(0, left));
    }
  }

  async #turn(rows: readonly Route[], spreadMs: number): Promise<void> {
    const { shows, store, observer } = this.#options;
    const began = performance.now();
    const asked = new Map(rows.filter(({ method }) => method === 'get').map((row) => [row.path as string, row]));
    const { questions, leftOut } = keptTurn(await shows(), (path) => asked.get(path)?.isWhole === true);
    const turn = { kept: 0, failed: 0 };
    let waitedMs = 0;
    let why = '';
    let waiting: KeptAnswer[] = [];
    /** By scope, those that were answered as before. */
    const again = new Map<string, string[]>();
    const beganAt = Date.now();
    const write = async (): Promise<void> => {
      const answers = waiting;
      waiting = [];
      // What could not be written is written in the next turn.
      await store.writeAnswers(answers).catch((error: unknown) => {
        for (const answer of answers) this.#written.delete(nameOf(answer));
        throw error;
      });
      turn.kept += answers.length;
    };
    for (const [n, each] of questions.entries()) {
      if (this.#stopping.signal.aborted) break;
      const asking = performance.now();
      try {
        const answer = await this.#answer(asked.get(each.question.path), each);
        if (answer !== undefined) waiting.push(answer);
        else again.set(each.actor.scope.key, [...(again.get(each.actor.scope.key) ?? []), each.key]);
        if (waiting.reduce((sum, { body }) => sum + body.length, 0) > MOST_WAITING) await write();
      } catch (error) {
        turn.failed++;
        why = `${each.key}: ${(error as Error).message}`;
      }
      waitedMs += performance.now() - asking;
      // Each at its own time of the minute, however long those before it took.
      const due = began + (spreadMs * (n + 1)) / questions.length;
      await this.#sleep(Math.max(0, due - performance.now()));
    }
    await write();
    await store.writeAnswers([...again].map(([scope, keys]) => answeredAgain(scope, beganAt, keys)));
    this.#forget(questions);
    observer.turned({ ...turn, seconds: waitedMs / 1_000, leftOut });
    if (why !== '') this.#say(`${turn.failed} of ${questions.length} answers, as ${why}`);
    else if (leftOut.scopes + leftOut.questions > 0)
      this.#say(`too many: ${leftOut.scopes} scopes of wall displays and ${leftOut.questions} questions are left out`);
    else this.#said = '';
  }

  /** Undefined where it is what was written last, and that not long ago. */
  async #answer(row: Route | undefined, { key, question, actor }: KeptQuestion): Promise<KeptAnswer | undefined> {
    const gone = new AbortController();
    const late = (): never => {
      // The warehouse is told that nobody waits any more.
      gone.abort();
      throw new Error('it was not answered in time');
    };
    const asked = answered(row, question, actor, gone.signal);
    const body = JSON.stringify(await within(asked, PATIENCE_MS, late, this.#stopping.signal));
    if (body.length > MOST_CHARACTERS) throw new Error('the answer is too large to be kept');
    const at = Date.now();
    const name = nameOf({ question: key, scope: actor.scope.key });
    const hash = createHash('sha256').update(body).digest('base64');
    const before = this.#written.get(name);
    if (before?.hash === hash && at - before.at < SHOWN_AGAIN_MS) return undefined;
    this.#written.set(name, { hash, at });
    return { question: key, scope: actor.scope.key, at, body };
  }

  /** What is asked no longer. */
  #forget(questions: readonly KeptQuestion[]): void {
    const now = new Set(questions.map(({ key, actor }) => nameOf({ question: key, scope: actor.scope.key })));
    for (const name of this.#written.keys()) if (!now.has(name)) this.#written.delete(name);
  }

  #say(message: string): void {
    if (message !== this.#said && !this.#stopping.signal.aborted)
      this.#options.report('warn', `of what scenes show something is not kept: ${message}`);
    this.#said = message;
  }

  #sleep(ms: number): Promise<void> {
    if (ms === 0) return Promise.resolve();
    return sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}

const nameOf = ({ question, scope }: Pick<KeptAnswer, 'question' | 'scope'>): string => `${scope} ${question}`;

/** As the row answers this actor, by its own right, schema and scope. Throws what it refuses. */
async function answered(
  row: Route | undefined,
  { path, query }: KeptQuestion['question'],
  principal: Actor,
  signal: AbortSignal,
): Promise<unknown> {
  if (row?.query === undefined || row.right !== 'view') throw new Error(`${path} is no question of a wall`);
  assertMay(row.right, principal);
  assertOnWalls(principal, row);
  if (row.isWhole === true) assertEverything(principal);
  return row.handle({
    principal,
    params: undefined,
    query: checkedQuery(row.query, query),
    body: undefined,
    asker: { owner: OWNER, signal, isKeeping: true },
    // Nobody whose rights may change asks here.
    assertStill: async () => undefined,
    ...NO_CONNECTION,
  });
}
