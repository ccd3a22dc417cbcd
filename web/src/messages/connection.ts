/** What the header may claim: measured, never assumed. */
import type { Catalogue, WallState } from '@room/contract';
import type { Mark, Speech } from './context.ts';

export type ConnectionState = 'loading' | 'live' | 'stale' | 'disconnected' | 'empty';

export interface Connection {
  state: ConnectionState;
  mark: Mark;
  text: string;
}

/** Milliseconds after which the running day's numbers are stale: the longest limit among the sources that still report. */
export function staleLimit(state: WallState, catalogue: Catalogue): number {
  const limits = catalogue.sources
    .filter(({ id }) => state.sources[id]?.status === 'reporting' || state.sources[id]?.status === 'late')
    .map(({ lateAfter }) => lateAfter * 1000);
  return Math.max(catalogue.thresholds.staleAfter * 1000, ...limits);
}

export interface Link {
  connected: boolean;
  /** Since when there is no connection, by the server's clock. */
  lostAt: number | undefined;
}

export function connectionOf(
  state: WallState | undefined,
  link: Link,
  catalogue: Catalogue,
  now: number,
  { format, t }: Speech,
): Connection {
  if (!link.connected && link.lostAt !== undefined)
    return {
      state: 'disconnected',
      mark: 'disconnected',
      text: t('disconnected', { age: format.span(now - link.lostAt) }),
    };
  if (state === undefined) return { state: 'loading', mark: 'none', text: t('loading') };
  if (state.events === 0) return { state: 'empty', mark: 'none', text: t('empty') };
  if (state.kind === 'past') return { state: 'live', mark: 'ok', text: t('past') };
  const asOf = state.coverage?.asOf;
  if (asOf === undefined) return { state: 'live', mark: 'ok', text: t('live') };
  const age = Math.max(0, now - asOf);
  return age > staleLimit(state, catalogue)
    ? { state: 'stale', mark: 'watch', text: t('stale', { age: format.span(age) }) }
    : { state: 'live', mark: 'ok', text: t('liveLag', { age: format.span(age) }) };
}
