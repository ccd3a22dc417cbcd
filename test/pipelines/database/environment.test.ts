import { databaseFrom } from '@room/database';
import { expect, it } from 'vitest';

it.each([
  [{}, { kind: 'sqlite', file: '/data/database/room.db' }],
  [{ DATABASE_URL: '' }, { kind: 'sqlite', file: '/data/database/room.db' }],
  [{ DATABASE_URL: 'file:///shared/a%20b/room.db' }, { kind: 'sqlite', file: '/shared/a b/room.db' }],
  [{ DATABASE_URL: 'postgres://room@db/room' }, { kind: 'postgres', url: 'postgres://room@db/room' }],
  [
    { DATABASE_URL: 'postgresql://room@db:5433/room?sslmode=verify-full', DATABASE_PASSWORD: 'p%a/s:s@' },
    { kind: 'postgres', url: 'postgresql://room:p%25a%2Fs%3As%40@db:5433/room?sslmode=verify-full' },
  ],
])('%j', (env, settings) => {
  expect(databaseFrom(env, '/data')).toEqual(settings);
});

it.each([
  'postgres',
  'postgres://secret@host',
  'mysql://secret@host/room',
  'file:relative.db',
  'file:///folder/',
  'file://host/a.db',
])('%s is refused by the name of the setting, and nothing of it is repeated', (DATABASE_URL) => {
  expect(() => databaseFrom({ DATABASE_URL }, '/data')).toThrow(/^DATABASE_URL must look like/);
  expect(() => databaseFrom({ DATABASE_URL }, '/data')).not.toThrow('secret');
});

it('a password is given once', () => {
  const env = { DATABASE_URL: 'postgres://room:a@db/room', DATABASE_PASSWORD: 'b' };
  expect(() => databaseFrom(env, '/data')).toThrow('remove one');
});
