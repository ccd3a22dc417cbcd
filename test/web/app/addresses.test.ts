import { expect, it } from 'vitest';
import { movedTo, periodIn, toForecasts, toPast, toWall } from '../../../web/src/app/addresses.ts';

it('reads the period that the address asks for', () => {
  expect(periodIn({})).toBeUndefined();
  const period = { from: '2017-12-27', to: '2017-12-31' };
  expect(periodIn({ ...period, lang: 'en' })).toEqual(period);
  expect(periodIn({ day: '2017-12-28' })).toEqual({ from: '2017-12-28', to: '2017-12-28' });
  expect(periodIn({ from: '2017-12-28' })).toEqual({ from: '2017-12-28', to: '2017-12-28' });
});

it('reads no period where it makes no sense', () => {
  expect(periodIn({ from: '2017-12-31', to: '2017-12-27' })).toBeUndefined();
  expect(periodIn({ day: 'yesterday' })).toBeUndefined();
  expect(periodIn({ from: ['2017-12-27', '2017-12-28'] })).toBeUndefined();
});

it('keeps the choices of the screen when the period or the page changes, and nothing else', () => {
  const period = { from: '2017-12-27', to: '2017-12-31' };
  expect(toPast({ lang: 'en', day: '2017-01-01' }, period)).toEqual({
    path: '/past',
    query: { lang: 'en', ...period },
  });
  expect(toWall({ lang: 'en', from: 'a', to: 'b' })).toEqual({ path: '/', query: { lang: 'en' } });
  expect(toForecasts({ theme: 'light', day: '2017-01-01', x: '1' })).toEqual({
    path: '/forecasts',
    query: { theme: 'light' },
  });
});

it('knows where the addresses of earlier versions lead, with their choices', () => {
  expect(movedTo({ page: 'foresight', lang: 'en' })).toEqual({ path: '/forecasts', query: { lang: 'en' } });
  expect(movedTo({ day: '2017-12-28', theme: 'light' })).toEqual({
    path: '/past',
    query: { theme: 'light', from: '2017-12-28', to: '2017-12-28' },
  });
  expect([movedTo({}), movedTo({ page: 'elsewhere' })]).toEqual([undefined, undefined]);
});

it('takes a period that cannot be read to the page that says so, instead of showing today', () => {
  expect(movedTo({ day: 'yesterday', lang: 'en' })).toEqual({ path: '/past', query: { lang: 'en', day: 'yesterday' } });
  expect(movedTo({ from: '2026-13-45', to: null })).toEqual({ path: '/past', query: { from: '2026-13-45', to: '' } });
});
