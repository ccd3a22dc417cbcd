/** The pages that keep the room: whoever adds one adds it here, and to the addresses of the contract. */
import type { PagePath, Right, Session } from '@room/contract';
import type { MessageKey } from '../i18n/index.ts';

export interface AdminPage {
  path: PagePath;
  name: MessageKey;
  right: Right;
  /** Of the room as a whole: for those alone who may see everything. */
  isWhole?: boolean;
  page: () => Promise<unknown>;
}

export const ADMIN_PAGES: readonly AdminPage[] = [
  {
    path: '/admin/people',
    name: 'people',
    right: 'administer',
    isWhole: true,
    page: () => import('../pages/people/PeoplePage.vue'),
  },
  {
    path: '/admin/screens',
    name: 'screens',
    right: 'administer',
    isWhole: true,
    page: () => import('../pages/screens/ScreensPage.vue'),
  },
  {
    path: '/admin/portals',
    name: 'portals',
    right: 'administer',
    isWhole: true,
    page: () => import('../pages/portals/PortalsPage.vue'),
  },
  {
    path: '/admin/audit',
    name: 'audit',
    right: 'administer',
    isWhole: true,
    page: () => import('../pages/audit/AuditPage.vue'),
  },
  {
    path: '/admin/quarantine',
    name: 'quarantine',
    right: 'operate',
    page: () => import('../pages/quarantine/QuarantinePage.vue'),
  },
];

type Given = Pick<Session, 'rights' | 'scope'>;

/** Why somebody may not open a page: a right that they lack, or that they see a part only; undefined where they may. */
export function refusedTo({ right, isWhole }: AdminPage, { rights, scope }: Given): Right | 'part' | undefined {
  if (!rights.includes(right)) return right;
  return isWhole === true && scope !== 'all' ? 'part' : undefined;
}

export const adminPagesOf = (session: Given): readonly AdminPage[] =>
  ADMIN_PAGES.filter((page) => refusedTo(page, session) === undefined);
