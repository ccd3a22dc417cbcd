/** Portal keys: which source a key may write. Only hashes are stored; a key is 256 random bits, so one fast hash is enough. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

interface StoredKey {
  hash: string;
  source: string;
  createdAt: string;
}

/** How long a revoked key may still work. */
const RECHECK_MS = 1_000;
/** A key that is not known may have been made just now; guessing must not turn into reading the file all the time. */
const RECHECK_UNKNOWN_MS = 50;

const LOCK_TRIES = 200;
const LOCK_LOOK_MS = 25;

const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');

export interface PortalKeysOptions {
  file: string;
  /** Told once for each state of the file that cannot be read. */
  report: (message: string) => void;
}

export class PortalKeys {
  readonly #file: string;
  readonly #report: PortalKeysOptions['report'];
  /** As last read: a file that is broken or cannot be reached locks nobody out. */
  #sources = new Map<string, string>();
  #checkedAt = Number.NEGATIVE_INFINITY;
  /** What tells one state of the file from another: clocks may go back, and two changes may share a tick. */
  #state = '';
  #trouble: string | undefined;
  #reading: Promise<void> = Promise.resolve();

  constructor({ file, report }: PortalKeysOptions) {
    this.#file = file;
    this.#report = report;
  }

  /** The source that `key` may write, or undefined. */
  async sourceOf(key: string): Promise<string | undefined> {
    const hash = hashOf(key);
    await this.#readAfter(RECHECK_MS);
    if (!this.#sources.has(hash)) await this.#readAfter(RECHECK_UNKNOWN_MS);
    return this.#sources.get(hash);
  }

  async #readAfter(ms: number): Promise<void> {
    const now = performance.now();
    if (now - this.#checkedAt < ms) return this.#reading;
    this.#checkedAt = now;
    this.#reading = this.#read();
    return this.#reading;
  }

  async #read(): Promise<void> {
    try {
      const state = await stateOf(this.#file);
      if (state === this.#state) return;
      this.#sources = new Map((await read(this.#file)).map(({ hash, source }) => [hash, source]));
      this.#state = state;
      this.#trouble = undefined;
    } catch (error) {
      const trouble = (error as Error).message;
      if (trouble === this.#trouble) return;
      this.#trouble = trouble;
      this.#report(`portal keys are as they were before: ${trouble}; mend the file or restore it`);
    }
  }
}

/** No file is a state too: no key is valid then. */
async function stateOf(file: string): Promise<string> {
  try {
    const { mtimeNs, ctimeNs, size, ino } = await stat(file, { bigint: true });
    return `${mtimeNs} ${ctimeNs} ${size} ${ino}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'none';
    throw error;
  }
}

/** Makes one key for each of `sources` and returns them: the only time that they can be read. */
export async function createKeys(file: string, sources: readonly string[]): Promise<{ source: string; key: string }[]> {
  const made = sources.map((source) => ({ source, key: `room_${randomBytes(32).toString('base64url')}` }));
  const createdAt = new Date().toISOString();
  const added = made.map(({ source, key }) => ({ hash: hashOf(key), source, createdAt }));
  await alone(file, async () => write(file, [...(await read(file)), ...added]));
  return made;
}

/** Sources with their number of keys. */
export async function listKeys(file: string): Promise<{ source: string; keys: number; newest: string }[]> {
  const bySource = new Map<string, { source: string; keys: number; newest: string }>();
  for (const { source, createdAt } of await read(file)) {
    const before = bySource.get(source);
    bySource.set(source, { source, keys: (before?.keys ?? 0) + 1, newest: createdAt });
  }
  return [...bySource.values()];
}

/** Takes every key of a source away and returns how many there were. */
export async function revokeKeys(file: string, source: string): Promise<number> {
  return alone(file, async () => {
    const all = await read(file);
    const kept = all.filter((key) => key.source !== source);
    await write(file, kept);
    return all.length - kept.length;
  });
}

/** Two commands at once would each write what it read, and one's keys would be gone. */
async function alone<T>(file: string, work: () => Promise<T>): Promise<T> {
  const lock = `${file}.lock`;
  await mkdir(dirname(file), { recursive: true });
  for (let tries = 0; ; tries++) {
    try {
      await writeFile(lock, '', { flag: 'wx' });
      break;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
      if (tries === LOCK_TRIES)
        throw new Error(`another command is changing ${file}; if none is, remove ${lock}`, { cause });
      await sleep(LOCK_LOOK_MS);
    }
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function read(file: string): Promise<StoredKey[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '[]';
    throw error;
  });
  let keys: unknown;
  try {
    keys = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${file} is not whole JSON`, { cause });
  }
  if (!Array.isArray(keys) || !keys.every(isStored)) throw new Error(`${file} is no list of portal keys`);
  return keys;
}

const isStored = (key: unknown): key is StoredKey =>
  typeof key === 'object' &&
  key !== null &&
  typeof (key as StoredKey).hash === 'string' &&
  typeof (key as StoredKey).source === 'string';

async function write(file: string, keys: readonly StoredKey[]): Promise<void> {
  const draft = `${file}.${process.pid}.draft`;
  await writeFile(draft, `${JSON.stringify(keys, null, 1)}\n`, { mode: 0o600 });
  await rename(draft, file);
}
