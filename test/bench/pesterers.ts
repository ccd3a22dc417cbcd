/** Strangers in a process of its own: what they do with the answers is not the portal's time. */
import { flood, pester, pipeline } from '../harness/strangers.ts';
import { answering } from './child.ts';

export const handlers = {
  pester: (given: { url: string; joins: number; atOnce: number; seconds: number }) =>
    pester(given, given.joins, given.atOnce, given.seconds),
  flood,
  pipeline,
};

answering(handlers);
