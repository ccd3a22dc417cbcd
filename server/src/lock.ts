/** One room a data directory: a socket that the system closes with the process, so a killed room never locks out the next. */
import { createHash } from 'node:crypto';
import { accessSync, constants, mkdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes the directory where it is not there, for its owner alone. Throws with the remedy where nothing can be written to it. */
export function prepareDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    accessSync(directory, constants.W_OK);
  } catch (cause) {
    throw new Error(
      `cannot write to ${directory} (${(cause as Error).message}); give this user write permission or set DATA_DIR`,
      { cause },
    );
  }
}

/** What a start says where an earlier version, or somebody else, made the directory so that every user of the machine reads it. */
export function openToOthers(directory: string): string | undefined {
  const isOpen = process.platform !== 'win32' && (statSync(directory).mode & 0o007) !== 0;
  return isOpen
    ? `every user of this machine may read ${directory}, with the numbers and what is in quarantine; close it: chmod -R o= ${directory}`
    : undefined;
}

export async function lockDirectory(directory: string): Promise<AsyncDisposable> {
  // A socket's path has at most 107 bytes, so its name is a hash.
  const name = `operations-room-${createHash('sha256').update(realpathSync(directory)).digest('hex').slice(0, 24)}`;
  const path = process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
  let server = await listen(path);
  if (server === undefined) {
    if (await answers(path))
      throw new Error(`another room runs on ${directory}; stop it, or set DATA_DIR to another directory`);
    rmSync(path, { force: true });
    server = await listen(path);
    if (server === undefined)
      throw new Error(`another room is starting on ${directory}; set DATA_DIR to another directory`);
  }
  const held = server;
  held.unref();
  return { [Symbol.asyncDispose]: () => new Promise<void>((resolve) => held.close(() => resolve())) };
}

const listen = (path: string): Promise<Server | undefined> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(path, () => resolve(server));
  });

const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
