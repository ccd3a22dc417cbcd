/** The pages that keep the room: whoever adds one adds it here, and to the addresses of the contract. */
import type { PagePath, Right, Session } from '@room/contract';
import type { MessageKey } from '../i18n/index.ts';
import { type Address, type Query, toAccount, toAdmin, toWall } from './addresses.ts';

export interface AdminPage {
  path: PagePath;
  name: MessageKey;
  right: Right;
  /** Of the room as a whole: for those alone who may see everything. */
  isWhole?: boolean;
  /** Of who may come in: nobody of a demonstration changes anything on it. */
  isKept?: boolean;
  page: () => Promise<unknown>;
}

export const ADMIN_PAGES: readonly AdminPage[] = [
  {
    path: '/admin/people',
    name: 'people',
    right: 'administer',
    isWhole: true,
    isKept: true,
    page: () => import('../pages/people/PeoplePage.vue'),
  },
  {
    path: '/admin/screens',
    name: 'screens',
    right: 'administer',
    isWhole: true,
    isKept: true,
    page: () => import('../pages/screens/ScreensPage.vue'),
  },
  {
    path: '/admin/portals',
    name: 'portals',
    right: 'administer',
    isWhole: true,
    isKept: true,
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

/** Whether somebody sees walls and what is behind them; taken for granted until it is known who they are. */
export const mayView = (session: Given | undefined): boolean => session?.rights.includes('view') ?? true;

/** Where somebody begins: at the wall, or at the first page that they have without it. */
export function firstOf(session: Given, query: Query): Address {
  if (mayView(session)) return toWall(query);
  const [page] = adminPagesOf(session);
  return page === undefined ? toAccount(query) : toAdmin(query, page.path);
}

export const adminPagesOf = (session: Given): readonly AdminPage[] =>
  ADMIN_PAGES.filter((page) => refusedTo(page, session) === undefined);
