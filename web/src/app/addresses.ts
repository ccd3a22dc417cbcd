/** Addresses of the pages: which page, which period, and the choices of this screen that go along. Pure. */
import { type PagePath, type Period, pastRoom, periodOf, SCREEN, SIGN_IN } from '@room/contract';

/** The query of an address, as the router reads it. */
export type Query = Readonly<Record<string, string | null | undefined | readonly (string | null)[]>>;

export interface Address {
  path: '/' | PagePath | typeof SIGN_IN | typeof SCREEN;
  query: Record<string, string>;
}

/** What a screen may be told in its address: it stays when the page changes. */
export const CHOICES = ['lang', 'theme'] as const;

export const oneOf = (query: Query, name: string): string | undefined => {
  const value = query[name];
  return typeof value === 'string' ? value : undefined;
};

const choicesIn = (query: Query): Record<string, string> =>
  Object.fromEntries(
    CHOICES.flatMap((name) => {
      const chosen = oneOf(query, name);
      return chosen === undefined ? [] : [[name, chosen]];
    }),
  );

/** The period asked for; undefined where there is none, or it cannot be read as one. */
export function periodIn(query: Query): Period | undefined {
  const from = oneOf(query, 'day') ?? oneOf(query, 'from');
  const to = oneOf(query, 'day') ?? oneOf(query, 'to') ?? from;
  return from === undefined || to === undefined ? undefined : periodOf(pastRoom({ from, to }));
}

const PERIOD = ['day', 'from', 'to'] as const;

/** Whether a period is asked for, one that can be read or not. */
export const asksPeriod = (query: Query): boolean => PERIOD.some((name) => query[name] !== undefined);

export const toWall = (query: Query): Address => ({ path: '/', query: choicesIn(query) });

const toPeriod =
  (path: '/past' | '/explore') =>
  (query: Query, period?: Period): Address => ({
    path,
    query: { ...choicesIn(query), ...(period === undefined ? {} : { from: period.from, to: period.to }) },
  });
export const toPast = toPeriod('/past');
export const toExplore = toPeriod('/explore');

export const toForecasts = (query: Query): Address => ({ path: '/forecasts', query: choicesIn(query) });

/** `at`: the room's local time, to the second; `scene`: its id, of the running day without it. */
export const toShown = (query: Query, at?: string, scene?: string): Address => ({
  path: '/shown',
  query: { ...choicesIn(query), ...(at === undefined ? {} : { at }), ...(scene === undefined ? {} : { scene }) },
});

export const toAccount = (query: Query): Address => ({ path: '/account', query: choicesIn(query) });

export const toAdmin = (query: Query, path: Address['path'] = '/admin'): Address => ({ path, query: choicesIn(query) });

/** `alert`: the one that is looked at. */
export const toAlerts = (query: Query, alert?: string): Address => ({
  path: '/alerts',
  query: { ...choicesIn(query), ...(alert === undefined ? {} : { alert }) },
});

/** `directive`: the one that is looked at. */
export const toLink = (query: Query, link: string): Address => ({
  path: '/links',
  query: { ...choicesIn(query), link },
});

export const toDirective = (query: Query, directive: string): Address => ({
  path: '/alerts',
  query: { ...choicesIn(query), directive },
});

export const toProgrammes = (query: Query): Address => ({ path: '/programmes', query: choicesIn(query) });

export const toIndex = (query: Query): Address => ({ path: '/service-index', query: choicesIn(query) });

export const toServices = (query: Query): Address => ({ path: '/services', query: choicesIn(query) });

/** `task`: the one that is looked at. */
export const toTasks = (query: Query): Address => ({ path: '/tasks', query: choicesIn(query) });

export const toScreen = (query: Query): Address => ({ path: SCREEN, query: choicesIn(query) });

export const toSignIn = (query: Query): Address => ({ path: SIGN_IN, query: choicesIn(query) });

/** Where the query of a wall's address leads that was written before the pages had addresses of their own. */
export function movedTo(query: Query): Address | undefined {
  if (oneOf(query, 'page') === 'foresight') return toForecasts(query);
  if (!asksPeriod(query)) return undefined;
  const { path, query: kept } = toPast(query, periodIn(query));
  // A period that cannot be read goes along: its page says so.
  const asked = PERIOD.flatMap((name) => (query[name] === undefined ? [] : [[name, String(query[name] ?? '')]]));
  return { path, query: 'from' in kept ? kept : { ...kept, ...Object.fromEntries(asked) } };
}
