import type { Alert } from '@room/contract';
import { expect, it } from 'vitest';
import { CHIMES, newlyRinging } from '../../../web/src/scenes/chime.ts';

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

it('severities are told apart by how many notes they have', () => {
  const counts = Object.values(CHIMES).map((notes) => notes.length);
  expect(new Set(counts).size).toBe(counts.length);
});
