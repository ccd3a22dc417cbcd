/** JSON Merge Patch (RFC 7386) between two states without nulls: only what changed travels. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The patch that turns `before` into `after`; `undefined` where nothing changed. Neither may hold null. */
export function diff(before: unknown, after: unknown): Json | undefined {
  if (isRecord(before) && isRecord(after)) {
    const patch: Record<string, Json> = {};
    for (const key of Object.keys(before)) if (after[key] === undefined && before[key] !== undefined) patch[key] = null;
    for (const [key, value] of Object.entries(after)) {
      if (value === undefined) continue;
      const change = diff(before[key], value);
      if (change !== undefined) patch[key] = change;
    }
    return Object.keys(patch).length === 0 ? undefined : patch;
  }
  return JSON.stringify(before) === JSON.stringify(after) ? undefined : (after as Json);
}

/** A new state with `patch` applied; parts that the patch does not name are shared with `target`, never changed. */
export function apply<T>(target: T, patch: Json): T {
  if (!isRecord(patch)) return patch as T;
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = apply(result[key], value as Json);
  }
  return result as T;
}
