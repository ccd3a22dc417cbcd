import type { Alert } from '@room/contract';
import { expect, it } from 'vitest';
import { CHIMES, critical, newlyRinging } from '../../../web/src/scenes/chime.ts';

const alert = (id: string, severity: Alert['body']['severity'], some: Partial<Alert> = {}): Alert =>
  ({ id, state: 'firing', body: { severity }, ...some }) as Alert;

it('the highest severity of what began to ring is heard once, and not what somebody took up', () => {
  const all = [alert('a', 'warning'), alert('b', 'info'), alert('c', 'critical', { state: 'unknown' })];
  expect(newlyRinging(all, new Set())).toBe('warning');
  expect(newlyRinging(all, new Set(['a']))).toBe('info');
  expect(newlyRinging(all, new Set(['a', 'b']))).toBeUndefined();
  const taken = alert('d', 'critical', { acknowledged: { who: 'somebody', at: 1 } } as Partial<Alert>);
  expect(newlyRinging([taken], new Set())).toBeUndefined();
});

it('of the highest severity are also those that recover for now: none is new when it rings again', () => {
  const all = [alert('a', 'critical', { state: 'recovering' }), alert('b', 'warning'), alert('c', 'critical')];
  expect(critical(all).map(({ id }) => id)).toEqual(['a', 'c']);
});

it('severities are told apart by how many notes they have', () => {
  const counts = Object.values(CHIMES).map((notes) => notes.length);
  expect(new Set(counts).size).toBe(counts.length);
});
