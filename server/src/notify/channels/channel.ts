/** What a channel is: one file each, that brings a message to a receiver and returns what it answered. */
import type { Channel, Receiver } from '@room/contract';
import type { Notice, Texts } from '../words.ts';

export interface Outgoing {
  /** The same at each attempt: whoever had it before knows it by this. */
  key: string;
  receiver: string;
  texts: Texts;
  notices: readonly Notice[];
}

/** Rejects, with the cause, where the receiver does not have it. */
export type Bring<C extends Channel> = (to: To<C>, outgoing: Outgoing, signal: AbortSignal) => Promise<string>;

type To<C extends Channel> = Extract<Receiver['to'], { channel: C }>;

/** How each brings what it is given. */
export type Channels = { readonly [C in Channel]: Bring<C> };

export function through<C extends Channel>(
  channels: { readonly [K in C]: Bring<K> },
  to: To<C>,
  outgoing: Outgoing,
  signal: AbortSignal,
): Promise<string> {
  return channels[to.channel as C](to, outgoing, signal);
}
