/**
 * What the walls showed: each record of the pulse topic for some days, the whole state and what tiles asked besides once a minute for longer. Derived data,
 * outside of the exactly-once way: what is written again replaces itself.
 */
import { apply, FULL_STATE_EVERY, type Pulse, readPulse, type SinceShown, type WallState } from '@room/contract';
import type { Access, Reads } from './access.ts';
import { instantSql } from './instant.ts';
import { isReplayed } from './replayed.ts';
import { RowBinary } from './row-binary.ts';

/** A record of the pulse topic, as it was written. */
export interface ShownPulse {
  /** When the state was computed, milliseconds since 1970 UTC. */
  computedAt: number;
  epoch: string;
  seq: number;
  body: Uint8Array;
}

/** A state as it was shown. */
export interface Shown {
  state: WallState;
  /** To the record, or as it stood once in its minute. */
  by: 'pulse' | 'minute';
}

/** What a question of a scene was answered, for whoever sees what this scope does. */
export interface KeptAnswer {
  question: string;
  scope: string;
  /** Milliseconds since 1970 UTC. */
  at: number;
  /** JSON; empty where nothing was answered then. */
  body: string;
}

/** What stood at an instant. */
export interface AnswerThen extends Omit<KeptAnswer, 'scope'> {
  /** The last instant by then from which on it was told again; undefined where it was not, or that is not known. */
  until?: number;
}

/** Milliseconds since 1970 UTC between which something is kept. */
export interface ShownSpan {
  from: number;
  to: number;
}

/** Within so long before any record stands the whole one that it builds on: one comes at least each five seconds. */
const WHOLE_WITHIN_MS = 10 * 60_000;
/** A state that is older than this was not what was shown: then nothing was. */
const SHOWN_FOR_MS = 3 * 60_000;
/** What did not change is written again so often, so that a time in which nothing was kept is known. */
export const SHOWN_AGAIN_MS = 10 * 60_000;
/** A turn takes up to a minute, and the next some of another. */
const ANSWERED_FOR_MS = SHOWN_AGAIN_MS + 2 * 60_000;
/** In the place of a question: those that were asked again from that instant on and answered the same, a JSON list. */
const AGAIN = 'again';
const SETTINGS = 'async_insert = 0, insert_deduplicate = 0';

/** That these questions were answered the same again after `at`: an answer that is old may still have been true. */
export const answeredAgain = (scope: string, at: number, questions: readonly string[]): KeptAnswer => ({
  question: AGAIN,
  scope,
  at,
  body: JSON.stringify(questions),
});

export class ShownStore {
  readonly #access: Pick<Access, 'command'>;
  readonly #reads: Reads;

  constructor(access: Pick<Access, 'command'> & Reads, reads: Reads = access) {
    this.#access = access;
    this.#reads = reads;
  }

  async writePulses(pulses: readonly ShownPulse[]): Promise<void> {
    if (pulses.length === 0) return;
    const rows = new RowBinary();
    for (const { computedAt, epoch, seq, body } of pulses) {
      rows.int64(computedAt);
      rows.text(epoch);
      rows.uint32(seq);
      rows.text(Buffer.from(body).toString('utf8'));
    }
    await this.#access.command(
      `INSERT INTO shown_pulse (computed_at, epoch, seq, body) SETTINGS ${SETTINGS} FORMAT RowBinary`,
      rows.bytes,
    );
  }

  async writeMinutes(states: readonly WallState[]): Promise<void> {
    if (states.length === 0) return;
    const rows = new RowBinary();
    for (const state of states) {
      rows.int64(state.computedAt);
      rows.text(JSON.stringify(state));
    }
    await this.#access.command(
      `INSERT INTO shown_minute (computed_at, body) SETTINGS ${SETTINGS} FORMAT RowBinary`,
      rows.bytes,
    );
  }

  async writeAnswers(answers: readonly KeptAnswer[]): Promise<void> {
    if (answers.length === 0) return;
    const rows = new RowBinary();
    for (const { question, scope, at, body } of answers) {
      rows.text(question);
      rows.text(scope);
      rows.int64(at);
      rows.text(body);
    }
    await this.#access.command(
      `INSERT INTO shown_answer (question, scope, at, body) SETTINGS ${SETTINGS} FORMAT RowBinary`,
      rows.bytes,
    );
  }

  /** What these questions had been answered by `at` for this scope, each the newest; those are absent of which nothing is kept of then. */
  async answersAt(
    at: number,
    scope: string,
    questions: readonly string[],
    signal?: AbortSignal,
  ): Promise<AnswerThen[]> {
    if (questions.length === 0) return [];
    const [answers, again] = await Promise.all([
      this.#newest(at, scope, questions, signal),
      this.#reads.readBound<{ at: number; body: string }>(
        `SELECT toUnixTimestamp64Milli(s.at) AS at, s.body AS body FROM shown_answer AS s
         WHERE s.question = {again:String} AND s.scope = {scope:String}
           AND s.at > ${instantSql(at - ANSWERED_FOR_MS)} AND s.at <= ${instantSql(at)} ORDER BY s.at DESC`,
        { again: AGAIN, scope },
        signal,
      ),
    ]);
    const same = again.map((row) => ({ at: Number(row.at), of: new Set(JSON.parse(row.body) as string[]) }));
    return answers.map((answer) => {
      const last = same.find(({ at: asked, of }) => asked >= answer.at && of.has(answer.question));
      return { ...answer, ...(last === undefined ? {} : { until: last.at }) };
    });
  }

  async #newest(
    at: number,
    scope: string,
    questions: readonly string[],
    signal?: AbortSignal,
  ): Promise<Omit<KeptAnswer, 'scope'>[]> {
    const rows = await this.#reads.readBound<{ question: string; at: number; body: string }>(
      `SELECT s.question AS question, toUnixTimestamp64Milli(s.at) AS at, s.body AS body FROM shown_answer AS s
       WHERE s.question IN {questions:Array(String)} AND s.scope = {scope:String}
         AND s.at > ${instantSql(at - ANSWERED_FOR_MS)} AND s.at <= ${instantSql(at)}
       ORDER BY s.at DESC LIMIT 1 BY s.question`,
      { questions, scope },
      signal,
    );
    return rows.map((row) => ({ ...row, at: Number(row.at) })).filter(({ body }) => body !== '');
  }

  /** What was shown at `at`; undefined where nothing is kept of that time, or nothing was computed then. */
  async at(at: number, signal?: AbortSignal): Promise<Shown | undefined> {
    const rows = await this.#reads.read<{ body: string }>(
      `WITH (
         SELECT (epoch, seq) FROM shown_pulse
         WHERE computed_at > ${instantSql(at - SHOWN_FOR_MS)} AND computed_at <= ${instantSql(at)}
         ORDER BY computed_at DESC, seq DESC LIMIT 1) AS last
       SELECT body FROM shown_pulse
       WHERE computed_at > ${instantSql(at - WHOLE_WITHIN_MS)} AND computed_at <= ${instantSql(at)}
         AND epoch = last.1 AND seq <= last.2 AND seq + ${FULL_STATE_EVERY} > last.2
       ORDER BY seq DESC LIMIT 1 BY seq`,
      signal,
    );
    const state = rebuilt(rows.map(({ body }) => body));
    if (state !== undefined) return { state, by: 'pulse' };
    const [minute] = await this.#reads.read<{ body: string }>(
      `SELECT body FROM shown_minute
       WHERE computed_at > ${instantSql(at - SHOWN_FOR_MS)} AND computed_at <= ${instantSql(at)}
       ORDER BY computed_at DESC LIMIT 1`,
      signal,
    );
    return minute === undefined ? undefined : { state: JSON.parse(minute.body) as WallState, by: 'minute' };
  }

  /** Of the day that began at `midnight`: what is known now of the time up to `at`, and what of it the log took after `at`. */
  async since(midnight: number, at: number, signal?: AbortSignal): Promise<SinceShown> {
    const [row] = await this.#reads.read<SinceShown>(
      `SELECT sum(s.submitted) AS submitted,
         sumIf(s.submitted, s.received_at > ${instantSql(at)} AND s.corrects = '' AND NOT ${isReplayed('s.')}) AS late,
         sumIf(s.submitted, s.received_at > ${instantSql(at)} AND s.corrects != '') AS corrected,
         sumIf(s.submitted, s.received_at > ${instantSql(at)} AND s.corrects = '' AND ${isReplayed('s.')}) AS replayed
       FROM submission AS s WHERE s.occurred_at >= ${instantSql(midnight)} AND s.occurred_at <= ${instantSql(at)}`,
      signal,
    );
    return row ?? { submitted: 0, late: 0, corrected: 0, replayed: 0 };
  }

  /** Between what anything is kept; undefined where nothing is. */
  async span(signal?: AbortSignal): Promise<ShownSpan | undefined> {
    const [row] = await this.#reads.read<{ n: number; first: number; last: number }>(
      `SELECT count() AS n, toUnixTimestamp64Milli(min(at)) AS first, toUnixTimestamp64Milli(max(at)) AS last FROM (
         SELECT min(computed_at) AS at FROM shown_minute HAVING count() > 0
         UNION ALL SELECT max(computed_at) AS at FROM shown_minute HAVING count() > 0
         UNION ALL SELECT min(computed_at) AS at FROM shown_pulse HAVING count() > 0
         UNION ALL SELECT max(computed_at) AS at FROM shown_pulse HAVING count() > 0)`,
      signal,
    );
    return row === undefined || row.n === 0 ? undefined : { from: row.first, to: row.last };
  }
}

/** The newest state that records of one epoch, the newest first, lead to without a gap; undefined where none is whole. */
function rebuilt(bodies: readonly string[]): WallState | undefined {
  const pulses: Pulse[] = [];
  for (const body of bodies) {
    const read = readPulse(Buffer.from(body));
    if (!read.ok) return undefined;
    const newer = pulses.at(-1);
    // A record that is missing: what came after it builds on what nobody knows.
    if (newer !== undefined && newer.seq !== read.value.seq + 1) pulses.length = 0;
    pulses.push(read.value);
    if (read.value.kind === 'state')
      return pulses
        .toReversed()
        .reduce<WallState>(
          (state, pulse) => (pulse.kind === 'state' ? pulse.state : apply(state, pulse.patch)),
          read.value.state,
        );
  }
  return undefined;
}
