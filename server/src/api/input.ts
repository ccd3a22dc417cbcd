/** Input by its schema, or a 400 that names what is wrong with it. */
import type { z } from 'zod';
import { cut, HttpError } from '../errors.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** What the schema makes of `given`; throws 400 with `code`. */
export function checked<S extends z.ZodType>(schema: S, given: unknown, code = 'bad_request'): z.output<S> {
  const found = schema.safeParse(given);
  if (found.success) return found.data;
  throw new HttpError(400, code, cut(wordsOf(found.error, schema)));
}

/** A query's fields: texts, each given once. */
export function checkedQuery<S extends z.ZodObject>(schema: S, given: Fields, code = 'bad_request'): z.output<S> {
  const twice = Object.keys(schema.shape).find((name) => Array.isArray(given[name]));
  if (twice !== undefined) throw new HttpError(400, code, `${twice} is given once`);
  return checked(schema, given, code);
}

const wordsOf = ({ issues }: z.ZodError, schema: z.ZodType): string =>
  issues.map((issue) => sentenceOf(issue, schema)).join('; ');

function sentenceOf(issue: z.core.$ZodIssue, schema: z.ZodType): string {
  const name = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const known =
      name === '' && 'shape' in schema ? `; known are ${Object.keys(schema.shape as object).join(', ')}` : '';
    return `${name === '' ? '' : `${name}: `}${issue.keys.join(', ')} is not known${known}`;
  }
  // Of what may take several forms, what each of them misses.
  if (issue.code === 'invalid_union' && issue.message === 'Invalid input' && issue.errors.length > 0)
    return issue.errors
      .map((form) =>
        form.map((each) => sentenceOf({ ...each, path: [...issue.path, ...each.path] }, schema)).join(', '),
      )
      .join('; or ');
  if (issue.code === 'invalid_value' && name !== '') {
    // What the schema says besides, as what to ask instead.
    const own = issue.message.startsWith('Invalid ') ? '' : `: ${issue.message}`;
    return `${name} is one of ${issue.values.map(String).join(', ')}${own}`;
  }
  return name === '' ? issue.message : `${name}: ${issue.message}`;
}
