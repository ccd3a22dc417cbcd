/** The foot of a wall says what rings as it was known at an instant: worst first, and that it is not known where nobody looked. */
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import type { Ringing } from '@room/contract';
import { expect, it } from 'vitest';
import { addMessages } from '../../../web/src/i18n/index.ts';
import { ringing as messages } from '../../../web/src/i18n/ringing.ts';
import { speechIn } from '../../../web/src/messages/context.ts';
import { ringingNote } from '../../../web/src/messages/ringing.ts';

addMessages(messages);
const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const speech = speechIn('en', catalogue);
const NOW = Date.parse('2026-11-19T10:42:07+07:00');
const rings = (change: Partial<Ringing>): Ringing => ({
  evaluatedAt: NOW - 10_000,
  firing: 0,
  unknown: 0,
  answered: [],
  unanswered: [],
  ...change,
});
const said = (told: Ringing | null, now = NOW) => ringingNote(told, now, catalogue, speech);

it('nothing where nothing rings; the highest severity with its number, what is not known, who has to answer', () => {
  expect(said(rings({}))).toBeUndefined();
  const told = said(rings({ severity: 'critical', firing: 2, unknown: 1, unanswered: ['MPS', 'MOH'] }));
  expect(told?.mark).toBe('act');
  // Where there is less room it says less, and never another thing.
  expect([...new Set(told?.texts)]).toEqual([
    '2 critical alerts; 1 unknown; not answered: Public Security, Health',
    '2 critical alerts; 1 unknown; not answered: Public Security and 1 more',
    '2 critical alerts; 1 unknown; not answered: 2 ministries',
    '2 critical alerts; 1 unknown',
  ]);
  expect(said(rings({ severity: 'warning', firing: 1 }))).toMatchObject({ mark: 'watch' });
  expect(said(rings({ unknown: 3 }))).toMatchObject({ mark: 'unknown' });
});

it('what nobody looked at for a while is not known, and neither is what nobody answered', () => {
  const away = { mark: 'unknown', texts: ['Alerts: not known'] };
  expect(said(null)).toEqual(away);
  expect(said({ firing: 0, unknown: 0, answered: [], unanswered: [] })).toEqual(away);
  expect(said(rings({}), NOW + 81_000)).toEqual(away);
  expect(said(rings({}), NOW + 80_000)).toBeUndefined();
});
