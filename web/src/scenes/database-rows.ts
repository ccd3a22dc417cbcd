/** National databases as a wall tells them: who keeps each, how many of its requests fail, and up to when its links reported. Pure. */
import { type Catalogue, LINK_STATES, type LinkStanding, type LinkState, linksOf } from '@room/contract';
import type { Mark, Speech } from '../messages/context.ts';
import { LINK_WORDS } from '../messages/links.ts';

export interface DatabaseRow {
  id: string;
  name: string;
  owner: string;
  links: readonly LinkStanding[];
  counts: { state: LinkState; mark: Mark; text: string }[];
  /** Its requests that failed, and when its links reported last. */
  facts: string;
  /** Links that need attention: the longest silent first, then those of whose requests most fail. */
  wanting: string[];
}

/** Share of what a link told last that failed. */
const failing = ({ judged }: Pick<LinkStanding, 'judged'>): number =>
  judged === undefined || judged.requests === 0 ? 0 : judged.failed / judged.requests;
const byTrouble = (one: LinkStanding, other: LinkStanding): number =>
  LINK_STATES.indexOf(one.state) - LINK_STATES.indexOf(other.state) ||
  (one.state === 'silent' ? (one.reportedTo ?? 0) - (other.reportedTo ?? 0) : failing(other) - failing(one)) ||
  (one.id < other.id ? -1 : 1);
/** What a link that is silent told last is of another time: it is in no sum of now. */
const isHeard = ({ state }: Pick<LinkStanding, 'state'>): boolean => state !== 'silent' && state !== 'unknown';
const isWanting = ({ state }: Pick<LinkStanding, 'state'>): boolean => state === 'silent' || state === 'erring';

export const wantingIn = (links: readonly LinkStanding[]): number => links.filter(isWanting).length;
export const hasSilent = (links: readonly LinkStanding[]): boolean => links.some(({ state }) => state === 'silent');

/** Of the reports that reach into the last hour, each as a whole: it says from when on that is. */
function requestsText(links: readonly LinkStanding[], now: number, { t, format, thresholds }: Speech): string {
  const sums = links.filter(isHeard).flatMap(({ judged }) => judged ?? []);
  const requests = sums.reduce((sum, each) => sum + each.requests, 0);
  const failed = sums.reduce((sum, each) => sum + each.failed, 0);
  const said = { failed: format.count(failed), requests: format.count(requests) };
  if (requests === 0) return t('databasesNoRequests');
  // Of few a percentage says nothing.
  return requests < Math.max(1, thresholds.countEnough)
    ? t('databasesFewRequests', said)
    : t('databasesRequests', {
        ...said,
        share: format.share(failed / requests),
        from: format.since(Math.min(...sums.map(({ from }) => from)), now),
        to: format.since(Math.max(...sums.map(({ to }) => to)), now),
      });
}

function reportsText(links: readonly LinkStanding[], now: number, { t, format }: Speech): string {
  const told = links.flatMap(({ reportedTo }) => reportedTo ?? []);
  if (told.length === 0) return t('linkNever');
  const [oldest, newest] = [Math.min(...told), Math.max(...told)].map((at) => format.since(at, now));
  return oldest === newest
    ? t('databasesReport', { time: `${newest}` })
    : t('databasesReports', { newest: `${newest}`, oldest: `${oldest}` });
}

/** Those whose links are silent longest first; all others as the catalogue has them, so that nobody moves while it is read. */
export function databaseRows(
  links: readonly LinkStanding[],
  catalogue: Pick<Catalogue, 'agencies' | 'databases'> & Parameters<typeof linksOf>[0],
  now: number,
  speech: Speech,
): DatabaseRow[] {
  const { t, name, format, language } = speech;
  const known = linksOf(catalogue);
  const nameOf = ({ id }: LinkStanding): string => {
    const party = known.get(id)?.party;
    return party === undefined ? id : name(party);
  };
  const wantingText = (link: LinkStanding): string =>
    link.state === 'silent'
      ? t('databasesSilent', { name: nameOf(link), time: format.since(link.reportedTo ?? now, now) })
      : t('databasesErring', { name: nameOf(link), share: format.share(failing(link)) });
  const silentSince = (own: readonly LinkStanding[]): number =>
    Math.min(...own.filter(({ state }) => state === 'silent').map(({ reportedTo = now }) => reportedTo));
  return catalogue.databases
    .flatMap((database) => {
      const own = links.filter((link) => link.database === database.id).toSorted(byTrouble);
      if (own.length === 0) return [];
      const keeper = catalogue.agencies.find(({ id }) => id === database.agency);
      const row: DatabaseRow = {
        id: database.id,
        name: name(database),
        owner: t('databasesKeeper', { name: keeper?.label[language] ?? database.agency }),
        links: own,
        counts: LINK_STATES.flatMap((state) => {
          const n = own.filter((link) => link.state === state).length;
          const { name: word, mark } = LINK_WORDS[state];
          return n === 0 ? [] : [{ state, mark, text: `${format.count(n)} ${t(word).toLocaleLowerCase()}` }];
        }),
        facts: `${requestsText(own, now, speech)} · ${reportsText(own, now, speech)}`,
        wanting: own.filter(isWanting).map(wantingText),
      };
      return [{ row, since: silentSince(own) }];
    })
    .sort((one, other) => (one.since === other.since ? 0 : one.since - other.since))
    .map(({ row }) => row);
}
