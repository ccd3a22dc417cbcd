/** JSON of the room's own, by its schema: written perhaps by another version of the room. */
import type { z } from 'zod';

/** What was read, or why it cannot be. */
export type Parsed<T> = { ok: true; value: T } | { ok: false; why: string };

export function parsed<T>(schema: z.ZodType<T>, json: unknown): Parsed<T> {
  const found = schema.safeParse(json);
  if (found.success) return { ok: true, value: found.data };
  const [issue] = found.error.issues;
  return { ok: false, why: `${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'not understood'}` };
}

export function parsedJson<T>(schema: z.ZodType<T>, text: string): Parsed<T> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { ok: false, why: 'it is no JSON' };
  }
  return parsed(schema, json);
}
