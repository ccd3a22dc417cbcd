import { type ChildProcess, spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { config } from './config.ts';

/** The full path of a program, looked up as a shell would. */
export async function which(...names: string[]): Promise<string | undefined> {
  for (const name of names) {
    for (const folder of config.path.split(delimiter)) {
      const file = join(folder, name);
      const found = await access(file, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (found) return file;
    }
  }
  return undefined;
}

/** A free loopback port below the range from which the system takes ports for outgoing connections. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const free = await new Promise<boolean>((done) => {
      const probe = createServer();
      probe.once('error', () => done(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)));
    });
    if (free) return port;
  }
}

/** Resolves when the process has ended; at once when it has ended before. */
export function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return Promise.resolve();
  return new Promise((done) => child.once('exit', () => done()));
}

/** SIGTERM, and SIGKILL when that was not enough; true when it had to be killed. */
export async function endProcess(child: ChildProcess, graceMs = 15_000): Promise<boolean> {
  child.kill('SIGTERM');
  const patience = new AbortController();
  const inTime = await Promise.race([
    ended(child).then(() => true),
    sleep(graceMs, false, { signal: patience.signal }).catch(() => false),
  ]);
  patience.abort();
  if (inTime) return false;
  child.kill('SIGKILL');
  await ended(child);
  return true;
}

/** When we are gone, kills a process that knows nothing of us, and removes its folder; returns how to call that off. */
export function guard(pid: number, folder = ''): () => void {
  const script = 'read -r _; kill -9 "$1"; if [ -n "$2" ]; then sleep 1; rm -rf "$2"; fi';
  const watcher = spawn('sh', ['-c', script, 'sh', String(pid), folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watcher.on('error', () => undefined);
  watcher.unref();
  return () => void watcher.kill('SIGKILL');
}

export interface Ran {
  code: number;
  output: string;
  stdout: string;
}

export function run(
  command: string,
  args: string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Ran> {
  return new Promise((done) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const ran: Ran = { code: -1, output: '', stdout: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      ran.stdout += text;
      ran.output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      ran.output += text;
    });
    child.once('error', (error) => done({ ...ran, output: error.message }));
    child.once('close', (code) => done({ ...ran, code: code ?? -1 }));
  });
}
