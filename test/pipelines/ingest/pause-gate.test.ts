import { expect, it } from 'vitest';
import { PauseGate } from '../../../pipelines/src/ingest/pause-gate.ts';

const now = async () => true;

it('closes only when nothing is inside, and lets nothing in until it opens', async () => {
  const gate = new PauseGate();
  const seen: string[] = [];
  await gate.enter(false);
  const closing = gate.close(now).then((closed) => {
    seen.push('closed');
    return closed;
  });
  const second = gate.enter(false).then(() => seen.push('second'));
  seen.push('leaving');
  gate.leave();
  const closed = await closing;
  expect(seen).toEqual(['leaving', 'closed']);
  closed[Symbol.dispose]();
  await second;
  expect(seen).toEqual(['leaving', 'closed', 'second']);
});

it('lets what was cut off be finished before it closes', async () => {
  const gate = new PauseGate();
  let isSettled = false;
  const closing = gate.close(async () => isSettled);
  const ordinary = gate.enter(false);
  await gate.enter(true);
  isSettled = true;
  gate.leave();
  const closed = await closing;
  const late = gate.enter(true);
  expect(await Promise.race([ordinary.then(() => 'in'), late.then(() => 'in'), now().then(() => 'out')])).toBe('out');
  closed[Symbol.dispose]();
  await Promise.all([ordinary, late]);
});

it('is closed by one at a time, and stays open when what was asked cannot be told', async () => {
  const gate = new PauseGate();
  using _closed = await gate.close(now);
  await expect(gate.close(now)).rejects.toThrow('paused already');
  const other = new PauseGate();
  await expect(other.close(() => Promise.reject(new Error('no answer')))).rejects.toThrow('no answer');
  await other.enter(false);
});
