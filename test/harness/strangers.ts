/** Those without a key who ask for more than their part: many past days over one socket, and snapshots over HTTP, many at once. */
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientToServer, JoinAnswer, RoomName, ServerToClient } from '@room/contract';
import { io, type Socket } from 'socket.io-client';
import { NATIONAL, submission } from './client.ts';
import type { Room } from './room.ts';

type Viewer = Socket<ServerToClient, ClientToServer>;

const DAY = 86_400_000;
const FIRST_DAY = Date.UTC(2024, 0, 1);

/** A past day's room; `n` counts days from the first of 2024. */
export function dayRoom(n: number): RoomName {
  const day = new Date(FIRST_DAY + n * DAY).toISOString().slice(0, 10);
  return `past:${day}:${day}`;
}

export interface Asked {
  /** Answers to the joins, by code; `ok` for a snapshot. */
  joins: Record<string, number>;
  /** Answers to the snapshots, by status. */
  snapshots: Record<string, number>;
}

/** One socket joins `joins` rooms in one go, again on a new socket every two seconds; `atOnce` others ask for snapshots, now and past. */
export async function pester(room: Pick<Room, 'url'>, joins: number, atOnce: number, seconds: number): Promise<Asked> {
  const asked: Asked = { joins: {}, snapshots: {} };
  const until = performance.now() + seconds * 1_000;
  let n = 0;
  const joiner = async (): Promise<void> => {
    while (performance.now() < until) {
      const socket: Viewer = io(room.url, { transports: ['websocket'], forceNew: true });
      await new Promise<void>((connected) => void socket.once('connect', connected));
      const emit = (name: RoomName): Promise<JoinAnswer> =>
        new Promise((resolve) => void socket.emit('join', name, resolve));
      const answers = await Promise.all(Array.from({ length: joins }, () => emit(dayRoom(n++ % 1_000))));
      for (const answer of answers) count(asked.joins, answer.ok ? 'ok' : answer.code);
      await sleep(2_000);
      socket.disconnect();
    }
  };
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const asker = async (at: number): Promise<void> => {
    for (let round = at; performance.now() < until; round += atOnce) {
      const name = at % 2 === 0 ? 'now' : dayRoom(round % 1_000);
      count(asked.snapshots, String(await statusOf(agent, `${room.url}/v1/snapshot?room=${name}`)));
    }
  };
  await Promise.all([joiner(), ...Array.from({ length: atOnce }, (_, at) => asker(at))]);
  agent.destroy();
  return asked;
}

const count = (counts: Record<string, number>, name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1;
};

/** `connections` that each ask `each` times for a large answer in one go and do not read; all begin anew every two seconds. */
export async function pipeline({ url, connections, each, seconds }: Pipelined): Promise<void> {
  const { host, hostname, port } = new URL(url);
  const asked = `GET /v1/catalogue/map HTTP/1.1\r\nhost: ${host}\r\n\r\n`.repeat(each);
  const until = performance.now() + seconds * 1_000;
  while (performance.now() < until) {
    const unread = Array.from({ length: connections }, () => {
      const connection = connect(Number(port), hostname).on('error', () => undefined);
      connection.pause().write(asked);
      return connection;
    });
    await sleep(2_000);
    for (const connection of unread) connection.destroy();
  }
}

export interface Pipelined {
  url: string;
  connections: number;
  each: number;
  seconds: number;
}

async function statusOf(agent: Agent, url: string): Promise<number> {
  const outgoing = request(url, { agent });
  outgoing.end();
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  incoming.resume();
  await once(incoming, 'end');
  return incoming.statusCode ?? 0;
}

/** One portal that posts the same body `atOnce` times at once, again and again. Answers by status; `cut`: there was none. */
export async function flood({ url, key, body, atOnce, seconds }: Flood): Promise<{ statuses: Record<string, number> }> {
  const statuses: Record<string, number> = {};
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/cloudevents-batch+json' };
  const until = performance.now() + seconds * 1_000;
  const sender = async (): Promise<void> => {
    while (performance.now() < until) {
      const response = await fetch(`${url}/v1/events`, { method: 'POST', headers, body }).catch(() => undefined);
      await response?.arrayBuffer().catch(() => undefined);
      count(statuses, String(response?.status ?? 'cut'));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, sender));
  return { statuses };
}

export interface Flood {
  url: string;
  key: string;
  body: string;
  atOnce: number;
  seconds: number;
}

/** Times of single posts, one after the other with a pause between, in milliseconds and sorted. Throws where one is not taken. */
export async function postTimes(
  room: Pick<Room, 'url' | 'key'>,
  prefix: string,
  seconds: number,
  source = NATIONAL,
): Promise<number[]> {
  const headers = {
    authorization: `Bearer ${await room.key(source)}`,
    'content-type': 'application/cloudevents+json',
  };
  const times: number[] = [];
  const until = performance.now() + seconds * 1_000;
  for (let n = 0; performance.now() < until; n++) {
    const body = JSON.stringify(submission(`${prefix}-${n}`, {}, { source }));
    const began = performance.now();
    const response = await fetch(`${room.url}/v1/events`, { method: 'POST', headers, body });
    await response.arrayBuffer();
    times.push(performance.now() - began);
    if (response.status !== 202) throw new Error(`a post beside strangers was answered ${response.status}`);
    await sleep(20);
  }
  return times.sort((a, b) => a - b);
}
