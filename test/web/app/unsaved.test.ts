// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import { createApp, h, nextTick, ref } from 'vue';
import { createMemoryHistory, createRouter } from 'vue-router';
import { type LeaveGuard, useTyped } from '../../../web/src/app/unsaved.ts';

async function opened() {
  const typed = ref('');
  let guard: LeaveGuard | undefined;
  const form = {
    setup() {
      guard = useTyped(() => typed.value);
      return () => h('p');
    },
  };
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: '/:rest(.*)*', component: { render: () => null } }],
  });
  await router.push('/rules');
  const app = createApp(form).use(router);
  app.mount(document.createElement('div'));
  await nextTick();
  const closes = (): boolean => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
  return { typed, router, closes, app, guard: guard as LeaveGuard };
}

it('nothing is asked where nothing was typed, nor within the page', async () => {
  const { typed, router, guard, closes, app } = await opened();
  expect(closes()).toBe(false);
  await router.push('/explore');
  await router.push('/rules');
  typed.value = 'x';
  await router.push('/rules?lang=en');
  expect([guard.isAsked.value, router.currentRoute.value.fullPath]).toEqual([false, '/rules?lang=en']);
  app.unmount();
});

it('whoever leaves what was typed is asked, stays where that is the answer, and goes where it is not', async () => {
  const { typed, router, guard, closes, app } = await opened();
  typed.value = 'x';
  expect(closes()).toBe(true);
  const first = router.push('/explore');
  await expect.poll(() => guard.isAsked.value).toBe(true);
  guard.answer(false);
  await first;
  expect([guard.isAsked.value, router.currentRoute.value.path]).toEqual([false, '/rules']);
  const second = router.push('/explore');
  await expect.poll(() => guard.isAsked.value).toBe(true);
  guard.answer(true);
  await second;
  expect(router.currentRoute.value.path).toBe('/explore');
  app.unmount();
  expect(closes()).toBe(false);
});
