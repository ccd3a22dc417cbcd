import { pastRoom, periodOf, type RoomName } from '@room/contract';

/** The room that the URL's query asks for; whatever cannot be read as a period is the running day. */
export function roomOf(query: string): RoomName {
  const asked = new URLSearchParams(query);
  const from = asked.get('day') ?? asked.get('from');
  const to = asked.get('day') ?? asked.get('to') ?? from;
  if (from === null || to === null) return 'now';
  const room = pastRoom({ from, to });
  return periodOf(room) === undefined ? 'now' : room;
}

export type PageName = 'foresight';

/** The page that the URL's query asks for; without one it is a wall. */
export const pageOf = (query: string): PageName | undefined =>
  new URLSearchParams(query).get('page') === 'foresight' ? 'foresight' : undefined;

/** Another page, wishes of this screen kept. */
export function pageQuery(query: string, page: PageName | undefined): string {
  const wishes = new URLSearchParams(queryFor(query, undefined));
  wishes.delete('page');
  if (page !== undefined) wishes.set('page', page);
  return `?${wishes}`;
}

/** The same page for another period, all other wishes kept. */
export function queryFor(query: string, period: { from: string; to: string } | undefined): string {
  const wishes = new URLSearchParams(query);
  for (const name of ['day', 'from', 'to']) wishes.delete(name);
  if (period !== undefined) {
    wishes.set('from', period.from);
    wishes.set('to', period.to);
  }
  return `?${wishes}`;
}
