/** Input that a schema refuses is answered by what is wrong with it and what would be right. */
import { scopeGrantSchema } from '@room/contract';
import { expect, it } from 'vitest';
import { checked } from '../../../server/src/api/input.ts';
import type { HttpError } from '../../../server/src/errors.ts';

const refusal = (given: unknown): string => {
  try {
    checked(scopeGrantSchema, given);
    return '';
  } catch (error) {
    return (error as HttpError).message;
  }
};

it.each([
  ['all', ''],
  [{ agencies: ['MPS'], provinces: [] }, ''],
  [
    {},
    'Invalid input: expected "all"; or agencies: Invalid input: expected array, received undefined, provinces: Invalid input: expected array, received undefined',
  ],
  ['some', 'Invalid input: expected "all"; or Invalid input: expected object, received string'],
  [
    { agencies: [5], provinces: [] },
    'Invalid input: expected "all"; or agencies.0: Invalid input: expected string, received number',
  ],
])('%j is refused with “%s”', (given, reason) => {
  expect(refusal(given)).toBe(reason);
});
