import { expect, it } from 'vitest';
import { causesOf, type Facts } from '../../../server/src/operations/causes.ts';

const WELL: Facts = {
  pending: 10,
  maxPending: 10,
  isLogSilent: false,
  isAppendFailing: false,
  isCatchingUp: false,
  pulseAgeMs: 4_000,
  isReadFailing: false,
  isSpaceShort: false,
  isDatabaseAway: false,
};

it.each<[name: string, facts: Partial<Facts>, codes: string[]]>([
  ['all is well', {}, []],
  ['nobody knows yet how many events wait', { pending: undefined }, ['starting']],
  ['more wait than may', { pending: 11 }, ['behind']],
  ['the log does not answer', { isLogSilent: true }, ['read_only']],
  ['the log never answered', { isLogSilent: true, pending: undefined }, ['read_only']],
  ['the log refuses', { isAppendFailing: true }, ['read_only']],
  ['what waits is still being read', { isCatchingUp: true }, ['catching_up']],
  ['it cannot be read, as the log is silent', { isCatchingUp: true, isLogSilent: true }, ['read_only']],
  ['no pulse came yet', { pulseAgeMs: undefined }, ['stale']],
  ['the pulse is old', { pulseAgeMs: 15_001 }, ['stale']],
  ['the warehouse does not answer', { isReadFailing: true }, ['warehouse']],
  ['the disk is nearly full', { isSpaceShort: true }, ['no_space']],
  ['the database does not answer', { isDatabaseAway: true }, ['database']],
  [
    'everything is wrong',
    {
      pending: 99,
      isLogSilent: true,
      isAppendFailing: true,
      pulseAgeMs: 60_000,
      isReadFailing: true,
      isSpaceShort: true,
      isDatabaseAway: true,
    },
    ['behind', 'read_only', 'no_space', 'stale', 'warehouse', 'database'],
  ],
])('%s', (_, facts, codes) => {
  const causes = causesOf({ ...WELL, ...facts });
  expect(causes.map(({ code }) => code)).toEqual(codes);
  for (const { reason, remedy } of causes) expect([reason.length > 10, remedy.length > 5]).toEqual([true, true]);
});
