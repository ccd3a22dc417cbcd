/** How many sockets whoever looks may hold: on a server without a room. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EVERYTHING } from '@room/contract';
import { io, type Socket } from 'socket.io-client';
import { expect, it } from 'vitest';
import { type Actor, VISITOR } from '../../../server/src/access/principal.ts';
import {
  MOST_OF_A_PERSON,
  MOST_OF_A_SCREEN,
  MOST_SCREENS,
  MOST_SOCKETS,
  Places,
} from '../../../server/src/live/places.ts';
import { Sockets } from '../../../server/src/live/sockets.ts';

const actor = (kind: Actor['kind'], id: string): Actor => ({
  kind,
  id,
  rights: new Set(['view']),
  grant: 'all',
  scope: EVERYTHING,
});

it('a person has a bounded number of places, whatever others have, and each that is left again', () => {
  const places = new Places<string>();
  for (let n = 0; n < MOST_OF_A_PERSON; n++) places.take(`a${n}`, actor('person', 'a'));
  expect(() => places.take('one more', actor('person', 'a'))).toThrow('close some of them');
  places.take('b', actor('person', 'b'));
  places.take('screen of the same id', actor('screen', 'a'));
  places.leave('one more');
  places.leave('a3');
  places.leave('a3');
  places.take('one more', actor('person', 'a'));
  expect(() => places.take('and another', actor('person', 'a'))).toThrow('close some of them');
});

it('people and visitors take no place of a wall display, and a copy of its cookie few of the others', () => {
  const places = new Places<string>();
  for (let n = 0; n < MOST_SOCKETS - MOST_SCREENS; n++)
    places.take(`${n}`, n % 2 === 0 ? VISITOR : actor('person', `${n}`));
  expect(() => places.take('visitor', VISITOR)).toThrow('all the viewers');
  for (let n = 0; n < MOST_OF_A_SCREEN; n++) places.take(`copy ${n}`, actor('screen', 'copied'));
  expect(() => places.take('copy', actor('screen', 'copied'))).toThrow('a code of its own');
  for (let n = MOST_OF_A_SCREEN; n < MOST_SCREENS; n++) places.take(`wall ${n}`, actor('screen', `${n}`));
  expect(() => places.take('wall', actor('screen', 'wall'))).toThrow('all the viewers');
});

it('over sockets: however many ask at once, and again when some are closed', async () => {
  const http = createServer();
  const nowhere = { ok: false, code: 'no_such_room', reason: 'there is none' } as const;
  let admitted = actor('person', 'a');
  await using _sockets = new Sockets({
    http,
    build: 'b',
    find: () => nowhere,
    open: async () => nowhere,
    admit: async () => admitted,
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const opened: Socket[] = [];
  /** Why it was refused, or nothing. */
  const asked = async (transport: 'websocket' | 'polling'): Promise<string | undefined> => {
    const socket = io(url, { transports: [transport], upgrade: false, forceNew: true, reconnection: false });
    const refused = await new Promise<string | undefined>((resolve) => {
      socket.on('connect', () => resolve(undefined));
      socket.on('connect_error', ({ message }) => resolve(message));
    });
    if (refused === undefined) opened.push(socket);
    return refused;
  };
  const transports = Array.from({ length: MOST_OF_A_PERSON + 8 }, (_, n) =>
    n % 2 === 0 ? ('websocket' as const) : ('polling' as const),
  );
  const answers = await Promise.all(transports.map(asked));
  expect(answers.filter((refused) => refused === undefined)).toHaveLength(MOST_OF_A_PERSON);
  const response = await fetch(`${url}/socket.io/?EIO=4&transport=polling`);
  expect([response.status, ((await response.json()) as { message: string }).message]).toEqual([
    403,
    `sockets_of_person: you look at this room in ${MOST_OF_A_PERSON} places already, on all your devices together; close some of them`,
  ]);
  opened.splice(0, 2).forEach((socket) => void socket.disconnect());
  await expect.poll(() => asked('websocket')).toBeUndefined();
  await expect.poll(() => asked('polling')).toBeUndefined();
  expect(await asked('websocket')).toBeDefined();
  admitted = actor('person', 'b');
  expect(await asked('websocket')).toBeUndefined();
  for (const socket of opened) socket.disconnect();
});

it('what fails inside is told to the log, and to whoever asks for a socket nothing of it', async () => {
  const nowhere = { ok: false, code: 'no_such_room', reason: 'there is none' } as const;
  const http = createServer();
  const told: string[] = [];
  await using _sockets = new Sockets({
    http,
    build: 'b',
    find: () => nowhere,
    open: async () => nowhere,
    admit: () => Promise.reject(new Error('connect ECONNREFUSED 10.9.8.7:5432')),
    failed: (message) => told.push(message),
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/socket.io/?EIO=4&transport=polling`);
  expect(await response.json()).toEqual({
    code: 4,
    message: 'internal: something failed inside the room; its log says what',
  });
  expect(told).toEqual([expect.stringContaining('10.9.8.7')]);
});
