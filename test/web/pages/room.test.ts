import { expect, it } from 'vitest';
import { pageOf, pageQuery, queryFor, roomOf } from '../../../web/src/pages/room.ts';

it('reads the period that the URL asks for', () => {
  expect(roomOf('')).toBe('now');
  expect(roomOf('?from=2017-12-27&to=2017-12-31&lang=en')).toBe('past:2017-12-27:2017-12-31');
  expect(roomOf('?day=2017-12-28')).toBe('past:2017-12-28:2017-12-28');
  expect(roomOf('?from=2017-12-28')).toBe('past:2017-12-28:2017-12-28');
});

it('shows the running day where the period makes no sense', () => {
  expect([roomOf('?from=2017-12-31&to=2017-12-27'), roomOf('?day=yesterday')]).toEqual(['now', 'now']);
});

it('keeps all other wishes when the period changes', () => {
  const period = { from: '2017-12-27', to: '2017-12-31' };
  expect(queryFor('?lang=en&day=2017-01-01', period)).toBe('?lang=en&from=2017-12-27&to=2017-12-31');
  expect(queryFor('?lang=en&from=a&to=b', undefined)).toBe('?lang=en');
});

it('finds its way to the page of forecasts and back, in the same language', () => {
  expect([pageOf('?page=foresight'), pageOf('?page=elsewhere'), pageOf('')]).toEqual([
    'foresight',
    undefined,
    undefined,
  ]);
  expect(pageQuery('?lang=en&day=2017-01-01', 'foresight')).toBe('?lang=en&page=foresight');
  expect(pageQuery('?lang=en&page=foresight', undefined)).toBe('?lang=en');
});
