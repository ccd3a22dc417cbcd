/** One real PostgreSQL server on loopback, for as long as a test needs it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { childEnv } from '../harness/config.ts';
import { Unavailable } from '../harness/need.ts';
import { ended, freePort, guard, run } from '../harness/process.ts';
import { tempDir } from '../harness/temp.ts';
import { postgresTools } from './tools.ts';

const USER = 'room';
const START_MS = 30_000;

export interface PostgresServer extends AsyncDisposable {
  /** Its own database, for whoever makes others. */
  readonly url: string;
  readonly port: number;
  /** Ends it at once: whoever is connected is cut off. */
  stop(): Promise<void>;
  start(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Throws `Unavailable` where this machine has none. */
export async function startPostgres(): Promise<PostgresServer> {
  const { bin, env, asUser, own } = await postgresTools();
  const folder = await tempDir('postgres');
  const [data, log] = [join(folder.path, 'data'), join(folder.path, 'server.log')];
  const port = await freePort();
  const url = `postgres://${USER}@127.0.0.1:${port}/postgres`;
  let server: ChildProcess | undefined;
  let callOff = (): void => undefined;

  async function prepare(): Promise<void> {
    await mkdir(data);
    await chmod(folder.path, 0o755);
    await own(folder.path);
    const words = ['-D', data, '-U', USER, '-A', 'trust', '--encoding=UTF8', '--no-sync'];
    // Sorted as people do, and not by bytes, as a server that somebody set up is.
    const [program, args] = asUser(join(bin, 'initdb'), [...words, '--locale-provider=icu', '--icu-locale=en']);
    const { code, output } = await run(program, args, { env: childEnv({ ...env, LC_ALL: 'C.UTF-8' }) });
    if (code !== 0) throw new Unavailable(`PostgreSQL could not be set up:\n${output}`);
  }

  async function start(): Promise<void> {
    // A database that is gone with its test needs to outlive no power failure.
    const settings = ['fsync=off', 'full_page_writes=off', 'max_connections=300', 'jit=off', 'shared_buffers=32MB'];
    const [program, args] = asUser(join(bin, 'postgres'), [
      ...['-D', data, '-k', folder.path, '-h', '127.0.0.1', '-p', String(port)],
      ...settings.flatMap((setting) => ['-c', setting]),
    ]);
    const out = openSync(log, 'a');
    server = spawn(program, args, { stdio: ['ignore', out, out], env: childEnv(env) });
    closeSync(out);
    server.on('error', () => undefined);
    if (server.pid !== undefined) callOff = guard(server.pid, folder.path);
    const began = performance.now();
    while (!(await answers(url))) {
      if (performance.now() - began > START_MS || server.exitCode !== null)
        throw new Error(`PostgreSQL did not start:\n${await readFile(log, 'utf8')}`);
      await sleep(50);
    }
  }

  async function stop(): Promise<void> {
    if (server === undefined) return;
    server.kill('SIGQUIT');
    await ended(server);
    callOff();
  }

  const dispose = async (): Promise<void> => {
    await stop();
    await folder[Symbol.asyncDispose]();
  };
  try {
    await prepare();
    await start();
  } catch (error) {
    await dispose();
    throw error;
  }
  return { url, port, start, stop, [Symbol.asyncDispose]: dispose };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
