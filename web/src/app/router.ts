/** Which page an address shows. Each is loaded when it is asked for: a wall loads no page, a page no wall. */
import { type PagePath, SCREEN, SIGN_IN } from '@room/contract';
import { nextTick } from 'vue';
import { createRouter, type Router, type RouterHistory, START_LOCATION } from 'vue-router';
import { movedTo, toWall } from './addresses.ts';
import { ADMIN_PAGES } from './administration.ts';

const analysis = () => import('../pages/AskPages.vue');
const pages: { readonly [path in Exclude<PagePath, `/admin${string}`>]: () => Promise<unknown> } = {
  '/past': () => import('../pages/past/PastPage.vue'),
  '/shown': () => import('../pages/shown/ShownPage.vue'),
  '/explore': analysis,
  '/notebooks': analysis,
  '/forecasts': () => import('../pages/forecasts/ForecastsPage.vue'),
  '/service-index': () => import('../pages/service-index/ServiceIndexPage.vue'),
  '/programmes': () => import('../pages/programmes/ProgrammesPage.vue'),
  '/links': () => import('../pages/links/LinksPage.vue'),
  '/services': () => import('../pages/services/ServicesPage.vue'),
  '/leaders': () => import('../pages/leaders/LeadersPage.vue'),
  '/tasks': () => import('../pages/tasks/TasksPage.vue'),
  '/alerts': () => import('../pages/alerts/AlertsPage.vue'),
  '/alerts/rules': () => import('../pages/rules/RulesPage.vue'),
  '/alerts/routes': () => import('../pages/routes/RoutesPage.vue'),
  '/alerts/times': () => import('../pages/directives/TimesPage.vue'),
  '/account': () => import('../pages/account/AccountPage.vue'),
  '/api': () => import('../pages/api/ApiPage.vue'),
};

export function roomRouter(history: RouterHistory): Router {
  const router = createRouter({
    history,
    routes: [
      { path: '/', component: () => import('../pages/wall/WallPage.vue') },
      {
        path: '/',
        component: () => import('./PageLayout.vue'),
        children: [
          ...Object.entries(pages).map(([path, component]) => ({ path, component })),
          {
            path: '/admin',
            component: () => import('./AdminLayout.vue'),
            children: ADMIN_PAGES.map(({ path, page }) => ({ path, component: page })),
          },
        ],
      },
      {
        path: '/',
        component: () => import('./PlainLayout.vue'),
        meta: { isPlain: true },
        children: [{ path: SIGN_IN, component: () => import('../pages/sign-in/SignInPage.vue') }],
      },
      { path: SCREEN, component: () => import('../pages/screen/ScreenPage.vue'), meta: { isPlain: true } },
      { path: '/:rest(.*)*', redirect: ({ query }) => toWall(query) },
    ],
    scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
  });
  router.beforeEach(({ path, query }) => (path === '/' ? (movedTo(query) ?? true) : true));
  // Who reads by ear hears the new page, as after any other load.
  router.afterEach(async ({ path }, from) => {
    if (from === START_LOCATION || path === from.path) return;
    await nextTick();
    document.querySelector<HTMLElement>('main[tabindex]')?.focus({ preventScroll: true });
  });
  return router;
}
