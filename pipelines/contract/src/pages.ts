/** Addresses of the web part beside the wall's `/`: the server answers each with the one document, which shows that page. */
export const PAGES = [
  '/past',
  '/shown',
  '/explore',
  '/notebooks',
  '/forecasts',
  '/service-index',
  '/programmes',
  '/links',
  '/tasks',
  '/services',
  '/leaders',
  '/alerts',
  '/alerts/rules',
  '/alerts/routes',
  '/alerts/times',
  '/account',
  '/api',
  '/admin',
  '/admin/people',
  '/admin/screens',
  '/admin/portals',
  '/admin/audit',
  '/admin/quarantine',
] as const;
/** Where one says who one is: there before anything of the room is. */
export const SIGN_IN = '/sign-in';
/** Where a wall display shows the code by which it is let in: there before anything of the room is. */
export const SCREEN = '/screen';
export type PagePath = (typeof PAGES)[number];
