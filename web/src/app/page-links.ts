/** The pages beside the wall that somebody may see, in the order in which bars list them. */
import type { Session } from '@room/contract';
import type { Translate } from '../i18n/index.ts';
import { type Address, type Query, toAlerts, toExplore, toForecasts, toPast, toShown } from './addresses.ts';
import { mayView } from './administration.ts';

export interface PageLink {
  to: Address;
  name: string;
}

export const pageLinks = (session: Session | undefined, query: Query, t: Translate): PageLink[] => [
  ...(mayView(session) ? [{ to: toPast(query), name: t('past') }] : []),
  ...(session?.rights.includes('analyse') === true ? [{ to: toExplore(query), name: t('explore') }] : []),
  // A wall display is told what walls show alone.
  ...(session?.kind === 'screen' || !mayView(session)
    ? []
    : [
        { to: toShown(query), name: t('asShown') },
        { to: toForecasts(query), name: t('forecasts') },
        { to: toAlerts(query), name: t('alerts') },
      ]),
];
