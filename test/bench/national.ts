/** A room with the portals of a country: some weeks of history, then live at a steady rate. */

import { type ChildProcess, spawn } from 'node:child_process';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClientToServer, Delta, JoinAnswer, ServerToClient, Snapshot } from '@room/contract';
import { io, type Socket } from 'socket.io-client';
import { childEnv } from '../harness/config.ts';
import { endProcess, run } from '../harness/process.ts';
import { type Room, startRoom, typescript } from '../harness/room.ts';
import type { Recording } from './sender.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Events a second of the whole country in its busiest hour: 122,000 dossiers a working day, four events each. */
export const BUSY_RATE = 20;
/** What is usual needs four comparable days at least. */
const HISTORY_DAYS = 35;
const SEED = 1;
const LIVE_WITHIN_MS = 300_000;

export interface Portals extends AsyncDisposable {
  room: Room;
  /** Ends the portals; what they have made is sent. The room goes on. */
  end(): Promise<void>;
}

export interface NationalOptions {
  env?: Record<string, string>;
  /** Days of history. */
  history?: number;
  /** Without outages, repeats, late and corrected events, which is the default. */
  calm?: boolean;
}

/** Resolves when the portals are live. `rate` in events a second, all portals together, besides those that say "nothing happened". */
export async function startNational(rate: number, options: NationalOptions = {}): Promise<Portals> {
  const { env = {}, history = HISTORY_DAYS, calm = true } = options;
  const room = await startRoom({ env, isTrial: true });
  let portals: ChildProcess | undefined;
  const end = async (): Promise<void> => {
    if (portals !== undefined) await endProcess(portals);
    portals = undefined;
  };
  const dispose = async (): Promise<void> => {
    await end();
    await room[Symbol.asyncDispose]();
  };
  try {
    const keys = join(room.dataDir, 'keys.jsonl');
    const made = await run(process.execPath, [...typescript(), 'server/src/keys.ts', 'create', '--all'], {
      cwd: ROOT,
      env: childEnv({ DATA_DIR: room.dataDir }),
    });
    if (made.code !== 0) throw new Error(`no portal keys:\n${made.output}`);
    await appendFile(keys, made.stdout);
    const options = ['--history', String(history), '--live', '--rate', String(rate), '--seed', String(SEED)];
    if (calm) options.push('--calm');
    portals = spawn(
      process.execPath,
      [...typescript(), 'test/portal/main.ts', '--url', room.url, '--keys', keys, ...options],
      { cwd: ROOT, env: childEnv(), stdio: ['ignore', 'pipe', 'ignore', 'ipc'] },
    );
    await untilLive(portals);
  } catch (error) {
    await dispose();
    throw error;
  }
  return { room, end, [Symbol.asyncDispose]: dispose };
}

function untilLive(portals: ChildProcess): Promise<void> {
  return new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error('the history took too long')), LIVE_WITHIN_MS);
    portals.stdout?.setEncoding('utf8').on('data', (text: string) => {
      if (!/^live/m.test(text)) return;
      clearTimeout(timer);
      done();
    });
    portals.once('exit', (code) => fail(new Error(`the portals ended with ${code}`)));
  });
}

export type Viewer = Socket<ServerToClient, ClientToServer>;

/** A real client that joined the running day. */
export async function joinedViewer(url: string): Promise<{ viewer: Viewer; snapshot: Snapshot }> {
  const viewer: Viewer = io(url, { transports: ['websocket'], forceNew: true });
  for (;;) {
    const answer = await new Promise<JoinAnswer>((resolve) => void viewer.emit('join', 'now', resolve));
    if (answer.ok) return { viewer, snapshot: answer.snapshot };
    if (answer.code !== 'not_ready') throw new Error(answer.reason);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** What a wall is sent during some seconds of a room of its own. */
export async function recorded(seconds: number): Promise<Recording> {
  await using portals = await startNational(BUSY_RATE);
  const { room } = portals;
  const { viewer, snapshot } = await joinedViewer(room.url);
  const deltas: Delta[] = [];
  viewer.on('delta', (delta) => void deltas.push(delta));
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  viewer.disconnect();
  return { snapshot, deltas };
}
