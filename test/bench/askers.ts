/** Analysts who click now and then, each with a session of their own, in a process of its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import { randomOf } from '../portal/random.ts';
import { answering } from './child.ts';

export interface Asking {
  url: string;
  /** The cookies of each analyst. */
  analysts: readonly string[];
  /** What a page asks for after one click, all at once. */
  clicks: readonly (readonly string[])[];
  /** Between an answer and the next click, the mean. */
  thinkMs: number;
  seconds: number;
}

export interface Asked {
  /** Milliseconds, sorted: of each question, and until all questions of a click were answered. */
  questions: Float64Array;
  clicks: Float64Array;
  statuses: Record<string, number>;
}

export const handlers = {
  ask: async ({ url, analysts, clicks, thinkMs, seconds }: Asking): Promise<Asked> => {
    const { next } = randomOf('askers');
    const until = performance.now() + seconds * 1_000;
    const questions: number[] = [];
    const steps: number[] = [];
    const statuses: Record<string, number> = {};
    const one = async (path: string, cookie: string): Promise<void> => {
      const began = performance.now();
      const response = await fetch(`${url}${path}`, { headers: { cookie } });
      await response.arrayBuffer();
      statuses[response.status] = (statuses[response.status] ?? 0) + 1;
      questions.push(performance.now() - began);
    };
    await Promise.all(
      analysts.map(async (cookie) => {
        for (;;) {
          await sleep(2 * thinkMs * next());
          if (performance.now() >= until) return;
          const paths = clicks[Math.floor(next() * clicks.length)] ?? [];
          const began = performance.now();
          await Promise.all(paths.map((path) => one(path, cookie)));
          steps.push(performance.now() - began);
        }
      }),
    );
    return { questions: Float64Array.from(questions).sort(), clicks: Float64Array.from(steps).sort(), statuses };
  },
};

answering(handlers);
