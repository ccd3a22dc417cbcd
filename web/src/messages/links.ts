/** What is said of links to national databases. */
import { type Catalogue, type LinkStanding, type LinkState, linksOf } from '@room/contract';
import type { MessageKey } from '../i18n/index.ts';
import type { Mark, Speech } from './context.ts';

export const LINK_WORDS: Readonly<Record<LinkState, { name: MessageKey; mark: Mark }>> = {
  silent: { name: 'linkSilent', mark: 'unknown' },
  // As the rule that rings for it: what is seen of a link is the same on walls, on pages and in alerts.
  erring: { name: 'linkErring', mark: 'watch' },
  unknown: { name: 'linkUnknown', mark: 'disconnected' },
  few: { name: 'linkFew', mark: 'few' },
  working: { name: 'linkWorking', mark: 'ok' },
};

/** The database and who is linked to it. */
export function linkName(id: string, catalogue: Catalogue, { name, t }: Speech): string {
  const link = linksOf(catalogue).get(id);
  return link === undefined ? id : t('linkName', { database: name(link.database), party: name(link.party) });
}

/** Why it is in its state. */
export function linkReason(link: LinkStanding, now: number, { format, t }: Speech): string {
  if (link.state === 'unknown' || link.reportedTo === undefined) return t('linkNever');
  if (link.state === 'silent') return t('linkSilentSince', { time: format.since(link.reportedTo, now) });
  const { judged } = link;
  if (judged === undefined) return shareText(link, { format, t });
  const times = { from: format.since(judged.from, now), to: format.since(judged.to, now) };
  if (link.state === 'few') return t('linkFewSince', { n: format.count(judged.requests), ...times }, judged.requests);
  return t('linkErrsSince', { share: format.share(judged.failed / judged.requests), ...times });
}

export function shareText({ share }: LinkStanding, { format, t }: Pick<Speech, 'format' | 't'>): string {
  if (share === undefined) return t('linkNoRequests');
  const { share: value, low, high } = share;
  return low === undefined || high === undefined
    ? t('linkErrors', { share: format.share(value) })
    : t('linkErrorsSure', { share: format.share(value), low: format.share(low), high: format.share(high) });
}
