/** What people write and keep beside the numbers, as views and annotations: each with a version, its versions before, and whose it is. */
import { z } from 'zod';
import { absentOr, count, instant } from './schema.ts';

export const keptSchema = <S extends z.ZodType>(body: S) =>
  z.object({
    id: z.string(),
    version: count,
    owner: z.string().meta({ description: 'who made it, as person:ID' }),
    who: z.string().meta({ description: 'of this version' }),
    at: instant,
    mayEdit: z.boolean().meta({ description: 'whether whoever asks may change it' }),
    body,
  });
export interface Kept<T> {
  id: string;
  /** Counts from 1. */
  version: number;
  owner: string;
  /** Of this version. */
  who: string;
  at: number;
  mayEdit: boolean;
  body: T;
}

const CHANGES = ['created', 'changed', 'removed', 'restored'] as const;

export const versionSchema = <S extends z.ZodType>(body: S) =>
  z.object({
    version: count,
    who: z.string(),
    at: instant,
    change: z.enum(CHANGES),
    why: absentOr(z.string()),
    body: absentOr(body),
  });
/** One of its versions: who made it, and what it was by then; without a body it was removed. */
export interface Version<T> {
  version: number;
  who: string;
  at: number;
  change: (typeof CHANGES)[number];
  why?: string;
  body?: T;
}
