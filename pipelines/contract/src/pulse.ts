/**
 * Records of the two inner topics: what ingest changed, and what the walls show of it. JSON, written and read by the room only, but
 * not by one version of it: servers and pipelines are upgraded one at a time.
 */
import { z } from 'zod';
import { type Parsed, parsed } from './parsed.ts';
import type { Json } from './patch.ts';
import { TOPICS } from './submission.ts';
import type { WallState } from './wall.ts';

/** Of both topics' records; it goes up when what is written can no longer be read as before. What is added does not count. */
export const INNER_VERSION = 1;
/** Each so many records of an epoch one is whole: whoever reads back finds it within so many. */
export const FULL_STATE_EVERY = 50;

const days = z.array(z.string());

const changeSchema = z.object({
  /** Local days whose totals changed. */
  days,
  /** Hours in which buckets changed, counted from 1970 UTC; absent where that is not known or they are many. */
  hours: z.array(z.int()).optional().catch(undefined),
  /** Whether levels of what waits were counted. */
  levels: z.boolean().optional().catch(undefined),
});
/** One counted range: a hint to recompute, safe to repeat. */
export type Change = z.infer<typeof changeSchema>;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What everybody who reads a state relies on; the rest of one version has one shape. */
const isState = (value: unknown): boolean =>
  isRecord(value) &&
  typeof value['computedAt'] === 'number' &&
  [value['period'], value['total'], value['sources'], value['pipeline']].every(isRecord);

const head = { epoch: z.string().min(1), seq: z.int().min(0), days };
const pulseSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('state'), ...head, state: z.custom<WallState>(isState, 'not the state of a wall') }),
  z.object({ kind: z.literal('patch'), ...head, patch: z.custom<Json>(isRecord, 'not a merge patch') }),
]);
/** `seq` counts up by one within an epoch; a new epoch (the pulse job restarted) begins with a full state. */
export type Pulse = z.infer<typeof pulseSchema>;

interface InnerRecord {
  key: string;
  value: string;
}

const record = (topic: string, told: Change | Pulse): InnerRecord => ({
  key: topic,
  value: JSON.stringify({ version: INNER_VERSION, ...told }),
});
export const changeRecord = (change: Change): InnerRecord => record(TOPICS.changes, change);
export const pulseRecord = (pulse: Pulse): InnerRecord => record(TOPICS.pulse, pulse);

const text = new TextDecoder('utf-8', { fatal: true });

/** Without a version it is of one that wrote none, which is read as the first. */
function read<T>(schema: z.ZodType<T>, value: Uint8Array): Parsed<T> {
  let json: unknown;
  try {
    json = JSON.parse(text.decode(value));
  } catch {
    return { ok: false, why: 'it is no JSON' };
  }
  const version = isRecord(json) ? (json['version'] ?? INNER_VERSION) : INNER_VERSION;
  if (typeof version !== 'number' || version > INNER_VERSION)
    return {
      ok: false,
      why: `it is of version ${String(version)}, and this process knows ${INNER_VERSION}; upgrade it too`,
    };
  return parsed(schema, json);
}
export const readChange = (value: Uint8Array): Parsed<Change> => read(changeSchema, value);
export const readPulse = (value: Uint8Array): Parsed<Pulse> => read(pulseSchema, value);
