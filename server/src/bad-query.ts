/** What the planner refuses, as HTTP says it. */
import { BadQuery } from '@room/warehouse';
import { HttpError } from './errors.ts';

const STATUS = { bad_query: 400, too_much: 422 } as const;

export async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    if (!(cause instanceof BadQuery)) throw cause;
    const { code, message, numbers } = cause;
    throw new HttpError(STATUS[code], code, message, undefined, { cause, numbers });
  }
}
