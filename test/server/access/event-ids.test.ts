import type { Right } from '@room/contract';
import { expect, it } from 'vitest';
import { eventIdFor, shortened } from '../../../server/src/access/event-ids.ts';

it.each([
  ['2026-000123', '•••0123'],
  ['e-1', '•••1'],
  ['x', '•••'],
  ['abcdef', '•••def'],
  ['hồ-sơ-🙂🙂🙂🙂🙂', '•••🙂🙂🙂🙂'],
])('of %s no more than its end is shown, and never more than half', (id, shown) => {
  expect(shortened(id)).toBe(shown);
});

it.each<[Right[], string]>([
  [['view', 'analyse'], '•••0123'],
  [['view', 'analyse', 'administer'], '•••0123'],
  [['view', 'analyse', 'answer'], '2026-000123'],
  [['view', 'analyse', 'operate'], '2026-000123'],
])('whoever may %s sees %s', (rights, shown) => {
  expect(eventIdFor({ rights: new Set(rights) })('2026-000123')).toBe(shown);
});
