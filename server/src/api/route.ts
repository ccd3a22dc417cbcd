/**
 * A row of the table of routes: what it takes, what it answers, who may call it and what it does. Whatever is told or decided
 * of a route anywhere, as its check of input, its limits, its line in the log and its place in the OpenAPI document, comes from its row.
 */

import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { ImportKind, PrincipalOf, RouteRight } from '../access/principal.ts';
import type { Asker } from '../questions.ts';
import type { Encoded } from './encoded.ts';
import type { Sent } from './sent.ts';
import type { Streamed } from './streamed.ts';

/** Input of a kind that a route does not take. */
type Nothing = undefined;
type Output<S extends z.ZodType | Nothing> = S extends z.ZodType ? z.output<S> : Nothing;

export interface Answer<S extends z.ZodType = z.ZodType> {
  /** 200 without it. */
  status?: number;
  /** JSON without it. */
  type?: string;
  /** Of a file whose content decides. */
  otherTypes?: readonly string[];
  /** Changes only with the room's release or catalogue: whoever has it may ask whether it still is the one. */
  isKept?: boolean;
  /** Whoever has it may ask whether it still is the one: it is, where all of it is the same but when it was answered. */
  isTagged?: boolean;
  schema: S;
}

/** A call that was let in, with its input checked. */
export interface Call<R extends RouteRight, P, Q, B> {
  principal: PrincipalOf<R>;
  params: P;
  query: Q;
  body: B;
  /** For questions to the warehouse: one connection has one turn at a time, and whoever is gone no longer waits. */
  asker: Asker;
  /** Of what takes long: rejects where whoever asked may not any more, or sees another part. */
  assertStill: () => Promise<void>;
  /** For a route that reads its body itself. */
  request: Request;
  response: Response;
}

export interface Route<
  R extends RouteRight = RouteRight,
  P extends z.ZodObject | Nothing = z.ZodObject | Nothing,
  Q extends z.ZodObject | Nothing = z.ZodObject | Nothing,
  B extends z.ZodType | Nothing = z.ZodType | Nothing,
  A extends z.ZodType = z.ZodType,
> {
  method: 'get' | 'post';
  /** As OpenAPI writes it: `/v1/operator/backup/{name}`. */
  path: `/${string}`;
  /** What a caller gets by it, in a few words. */
  summary: string;
  /** Who may call it; those without a key wait for their turn besides. */
  right: R;
  /** Though it is sent, it asks and changes nothing: for reading tokens too, and for programs that are no page. */
  isReading?: boolean;
  /** Rows of files that a token may bring by it, where it was made for that. */
  imports?: ImportKind;
  /** What it answers is of the room as a whole: only for those who may see everything. */
  isWhole?: boolean;
  /** A wall cannot do without it: for wall displays too, which are told nothing else. */
  isOnWalls?: boolean;
  params?: P;
  /** What it does not name is refused. */
  query?: Q;
  /** Of a body in JSON. */
  body?: B;
  /** Of such a body; 100 kB without it. */
  mostBytes?: number;
  /** By media type, JSON Schemas of a body that the route reads itself. */
  reads?: Readonly<Record<string, object>>;
  /** Code of the answer where its input is not what it takes; `bad_request` without it. */
  badInput?: string;
  answer: Answer<A>;
  /** What it refuses by itself: status, and when. */
  refuses?: Readonly<Record<number, string>>;
  handle(call: Call<R, Output<P>, Output<Q>, Output<B>>): Answered<z.output<A>> | Promise<Answered<z.output<A>>>;
}

type Answered<T> = T | Encoded<T> | Streamed<T> | Sent;

/** A row, its handler typed by its schemas. */
export const route = <
  R extends RouteRight,
  A extends z.ZodType,
  P extends z.ZodObject | Nothing = Nothing,
  Q extends z.ZodObject | Nothing = Nothing,
  B extends z.ZodType | Nothing = Nothing,
>(
  row: Route<R, P, Q, B, A>,
): Route<R, P, Q, B, A> => row;
