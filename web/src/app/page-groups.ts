/** The pages of people at work, in the groups in which the bar lists them; each group is what one may see of it. Pure. */
import type { PagePath, Session } from '@room/contract';
import type { Translate } from '../i18n/index.ts';
import { type Query, toAdmin, toAlerts, toTasks, toWall } from './addresses.ts';
import { mayView } from './administration.ts';
import { type PageLink, pageLinks } from './page-links.ts';

export interface PageGroup {
  name: string;
  /** Never empty; the first is where the bar leads. */
  links: readonly [PageLink, ...PageLink[]];
  /** Whether the page at a path is one of these. */
  holds: (path: string) => boolean;
}

/** Of pages that rank units against each other, why somebody may not see one, whichever way they came to it. */
export function refusedRanks(path: string, session: Pick<Session, 'rights' | 'scope'>): 'part' | 'ask' | undefined {
  if (path !== '/leaders' && path !== '/service-index') return undefined;
  if (session.scope !== 'all') return 'part';
  return path === '/leaders' || session.rights.includes('analyse') ? undefined : 'ask';
}

/** `adminPage`: which page of the administration its entry leads to; undefined: one has none. */
export function pageGroups(
  session: Session | undefined,
  query: Query,
  t: Translate,
  adminPage: PagePath | undefined,
): PageGroup[] {
  const link = (path: PagePath, name: string): PageLink => ({ to: { ...toWall(query), path }, name });
  const isViewing = mayView(session);
  const ranks = (path: PagePath, name: string): PageLink[] =>
    session !== undefined && refusedRanks(path, session) === undefined ? [link(path, name)] : [];
  const figures = pageLinks(session, query, t).flatMap((each) => {
    if (each.to.path === '/alerts') return [];
    // Whoever may ask may present what was answered.
    return each.to.path === '/explore' ? [each, link('/notebooks', t('pageNotebooks'))] : [each];
  });
  // A wall display is told what walls show alone.
  const isPerson = isViewing && session?.kind !== 'screen';
  const programmes = !isPerson
    ? []
    : [
        link('/programmes', t('pageProgrammes')),
        { to: toTasks(query), name: t('pageTasks') },
        link('/services', t('pageServices')),
        // These two rank units against each other.
        ...ranks('/service-index', t('pageIndex')),
        ...ranks('/leaders', t('pageLeaders')),
        link('/links', t('pageLinks')),
      ];
  const group = (name: string, links: readonly PageLink[], beside?: string): PageGroup[] => {
    const [first, ...rest] = links;
    if (first === undefined) return [];
    const holds = (path: string) =>
      links.some(({ to }) => to.path === path) || (beside !== undefined && path.startsWith(beside));
    return [{ name, links: [first, ...rest], holds }];
  };
  return [
    ...group(t('pageWall'), isViewing ? [{ to: toWall(query), name: t('pageWall') }] : []),
    ...group(t('groupFigures'), figures),
    ...group(t('groupProgrammes'), programmes),
    ...group(t('alerts'), isPerson ? [{ to: toAlerts(query), name: t('alerts') }] : [], '/alerts/'),
    ...group(
      t('administration'),
      adminPage === undefined ? [] : [{ to: toAdmin(query, adminPage), name: t('administration') }],
      '/admin',
    ),
  ];
}
