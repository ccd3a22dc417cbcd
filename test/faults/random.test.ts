/** The short form of the random kills: the long one is `npm run faults`. */
import { describe, expect, it } from 'vitest';
import { inWords } from './oracle.ts';
import { embedded, kafka } from './places.ts';
import { killedRooms, killedWorkers } from './random.ts';

describe.each([
  ['embedded', embedded, { rooms: 3, workers: 5 }],
  ['Kafka', kafka, { rooms: 2, workers: 3 }],
] as const)('with the %s log', (_name, where, kills) => {
  it(`${kills.rooms} rooms are killed at random: nothing acknowledged is lost, nothing counts twice`, {
    timeout: 300_000,
  }, async (context) => {
    const { tallies } = await killedRooms({ where: await where(context), kills: kills.rooms, seed: 'rooms' });
    expect(inWords(tallies)).toBe('');
  });

  it(`${kills.workers} counting processes are killed at random, cutting batches anew: the same`, {
    timeout: 300_000,
  }, async (context) => {
    const { tallies } = await killedWorkers({ where: await where(context), kills: kills.workers, seed: 'workers' });
    expect(inWords(tallies)).toBe('');
  });
});
