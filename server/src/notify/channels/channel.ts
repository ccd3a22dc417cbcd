/** What a channel is: one file each, that brings a message to a receiver and returns what it answered. */
import type { Receiver } from '@room/contract';
import type { Notice, Texts } from '../words.ts';

export interface Outgoing {
  /** The same at each attempt: whoever had it before knows it by this. */
  key: string;
  receiver: string;
  texts: Texts;
  notices: readonly Notice[];
}

/** Rejects, with the cause, where the receiver does not have it. */
export type Bring<C extends Receiver['to']['channel']> = (
  to: Extract<Receiver['to'], { channel: C }>,
  outgoing: Outgoing,
  signal: AbortSignal,
) => Promise<string>;
