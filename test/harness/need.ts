import type { TestContext } from 'vitest';
import { config } from './config.ts';

/** Something that this machine lacks: what, and how to get it. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

/** Waits for what a test needs; where this machine lacks it, the test is skipped with the reason, and fails in CI. */
export async function orSkip<T>(context: TestContext, needed: Promise<T>): Promise<T> {
  try {
    return await needed;
  } catch (error) {
    if (error instanceof Unavailable && !config.ci) return context.skip(error.message);
    throw error;
  }
}
