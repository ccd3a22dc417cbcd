/** Portal keys: which source a key may write. Only hashes are stored; a key is 256 random bits, so one fast hash is enough. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

interface StoredKey {
  hash: string;
  source: string;
  createdAt: string;
}

/** How long a revoked key may still work. */
const RECHECK_MS = 1_000;
/** A key that is not known may have been made just now; guessing must not turn into reading the file all the time. */
const RECHECK_UNKNOWN_MS = 50;

const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');

export class PortalKeys {
  readonly #file: string;
  #sources = new Map<string, string>();
  #checkedAt = 0;
  #modified = -1;
  #reading: Promise<void> = Promise.resolve();

  constructor(file: string) {
    this.#file = file;
  }

  /** The source that `key` may write, or undefined. */
  async sourceOf(key: string): Promise<string | undefined> {
    const hash = hashOf(key);
    await this.#readAfter(RECHECK_MS);
    if (!this.#sources.has(hash)) await this.#readAfter(RECHECK_UNKNOWN_MS);
    return this.#sources.get(hash);
  }

  async #readAfter(ms: number): Promise<void> {
    const now = Date.now();
    if (now - this.#checkedAt < ms) return this.#reading;
    this.#checkedAt = now;
    this.#reading = this.#read();
    return this.#reading;
  }

  async #read(): Promise<void> {
    const modified = await stat(this.#file).then(
      (found) => found.mtimeMs,
      () => 0,
    );
    if (modified === this.#modified) return;
    this.#sources = new Map((await read(this.#file)).map(({ hash, source }) => [hash, source]));
    this.#modified = modified;
  }
}

/** Makes one key for each of `sources` and returns them: the only time that they can be read. */
export async function createKeys(file: string, sources: readonly string[]): Promise<{ source: string; key: string }[]> {
  const made = sources.map((source) => ({ source, key: `room_${randomBytes(32).toString('base64url')}` }));
  const createdAt = new Date().toISOString();
  const added = made.map(({ source, key }) => ({ hash: hashOf(key), source, createdAt }));
  await write(file, [...(await read(file)), ...added]);
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
  const all = await read(file);
  const kept = all.filter((key) => key.source !== source);
  await write(file, kept);
  return all.length - kept.length;
}

async function read(file: string): Promise<StoredKey[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '[]';
    throw error;
  });
  return JSON.parse(text) as StoredKey[];
}

async function write(file: string, keys: readonly StoredKey[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.draft`;
  await writeFile(draft, `${JSON.stringify(keys, null, 1)}\n`, { mode: 0o600 });
  await rename(draft, file);
}
