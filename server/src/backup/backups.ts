/**
 * Backups of a running room whose stores are both embedded. Counting pauses for a moment, so that the log's position and the
 * warehouse's content agree exactly; portals are accepted all the while. What is copied and checked is renamed at the end:
 * a folder under its own name is a whole backup.
 */
import { mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { INGEST_GROUP, TOPICS } from '@room/contract';
import { beginDump, type DatabaseSettings, type Dumping } from '@room/database';
import { EmbeddedLog } from '@room/log';
import { Owned } from '@room/operations';
import { within } from '@room/runtime';
import { type Access, type Copying, copyWarehouse, warehouseBytes } from '@room/warehouse';
import { z } from 'zod';
import { HttpError } from '../errors.ts';
import { countedSchema, DATABASE, listFiles, type Manifest, readManifest, writeManifest } from './manifest.ts';

export interface BackupsOptions {
  /** Where backups go; also the only folder that the engine was given for them. */
  directory: string;
  access: Access;
  log: Pick<EmbeddedLog, 'backup'>;
  logDirectory: string;
  database: DatabaseSettings;
  catalogueHash: string;
  /** Brings counting to a stand between two ranges; disposing the result goes on. */
  pause: () => Promise<Disposable>;
  /** Free space of the data's disk below which the room takes no more events. */
  minFreeBytes: number;
  report: (level: 'info' | 'warn', message: string, detail?: Record<string, unknown>) => void;
}

const bytes = z.number().int().nonnegative();
export const backupStateSchema = z
  .strictObject({
    name: z.string(),
    stage: z.enum(['pausing', 'copying', 'verifying', 'complete', 'failed']),
    startedAt: z.iso.datetime(),
    /** Bytes copied or verified, of about so many. */
    bytes,
    ofBytes: bytes,
    /** How long counting stood still. */
    pausedMs: z.number().optional(),
    tookMs: z.number().optional(),
    path: z.string().optional(),
    counted: countedSchema.optional(),
    /** Events that the backup's log holds and its warehouse does not count yet. */
    pending: z.number().int().nonnegative().optional(),
    error: z.string().optional(),
  })
  .meta({ id: 'Backup' });
export type BackupState = z.infer<typeof backupStateSchema>;

/** Names that start with a dot are our own. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const PARTIAL = '.partial-';
const PAUSE_MS = 60_000;
const STOP_MS = 5_000;
/** Left free on a disk of its own. */
const RESERVE_BYTES = 64 * 1024 * 1024;
/** A disk with less than this is full. */
const FULL_BYTES = 1024 * 1024;

export class Backups implements AsyncDisposable {
  readonly #options: BackupsOptions;
  readonly #stop = new AbortController();
  #state: BackupState | undefined;
  #isBusy = false;
  #running: Promise<void> = Promise.resolve();

  constructor(options: BackupsOptions) {
    this.#options = options;
  }

  /** Begins a backup and returns at once; `state` tells how it goes. Throws 400, 409 or 507 with the remedy. */
  async start(asked: string | undefined): Promise<BackupState> {
    const startedAt = new Date().toISOString();
    const name = asked ?? startedAt.slice(0, 19).replaceAll(':', '-');
    if (!NAME.test(name))
      throw new HttpError(
        400,
        'bad_name',
        'a backup is named by letters, digits, ".", "_" and "-", at most 64 of them',
      );
    if (this.#isBusy) throw new HttpError(409, 'busy', 'another backup is being made; wait until it is complete');
    const state: BackupState = { name, stage: 'pausing', startedAt, bytes: 0, ofBytes: 0 };
    this.#isBusy = true;
    try {
      await this.#prepare(state);
    } catch (error) {
      this.#isBusy = false;
      throw error;
    }
    this.#state = state;
    this.#running = this.#make(state).finally(() => {
      this.#isBusy = false;
    });
    return state;
  }

  /** The backup of this name, running, failed or complete. */
  async state(name: string): Promise<BackupState | undefined> {
    if (this.#state?.name === name) return this.#state;
    return (await this.list()).find((state) => state.name === name);
  }

  /** Complete ones, newest first. */
  async list(): Promise<BackupState[]> {
    const { directory } = this.#options;
    const names = await readdir(directory).catch(() => []);
    const found = names.filter((name) => NAME.test(name)).map((name) => this.#complete(name).catch(() => undefined));
    const complete = (await Promise.all(found)).filter((state) => state !== undefined);
    return complete.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  }

  async #complete(name: string): Promise<BackupState> {
    const path = join(this.#options.directory, name);
    const { madeAt, files, warehouse, log } = await readManifest(path);
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const { counted } = warehouse;
    return { name, stage: 'complete', startedAt: madeAt, bytes, ofBytes: bytes, path, counted, pending: log.pending };
  }

  async #prepare(state: BackupState): Promise<void> {
    const { directory, access, logDirectory, minFreeBytes } = this.#options;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    for (const left of await readdir(directory)) {
      if (left === state.name)
        throw new HttpError(409, 'exists', `there is a backup ${state.name} already; give another name`);
      // A backup that its room did not live to finish.
      if (left.startsWith(PARTIAL)) await rm(join(directory, left), { recursive: true, force: true });
    }
    state.ofBytes = (await warehouseBytes(access)) + (await stat(join(logDirectory, 'data.mdb'))).size;
    const { bavail, bsize } = await statfs(directory);
    // Beside the room's data it must not stop portals.
    const isBeside = (await stat(directory)).dev === (await stat(logDirectory)).dev;
    const needed = state.ofBytes + (isBeside ? Math.max(minFreeBytes, RESERVE_BYTES) : RESERVE_BYTES);
    if (bavail * bsize < needed)
      throw new HttpError(
        507,
        'no_space',
        `a backup needs about ${megabytes(needed)} in ${directory}, which has ${megabytes(bavail * bsize)} free; make space, or set BACKUP_DIR to another disk`,
      );
  }

  async #make(state: BackupState): Promise<void> {
    const { directory, report } = this.#options;
    const began = performance.now();
    const partial = join(directory, `${PARTIAL}${state.name}`);
    try {
      await mkdir(partial);
      const manifest = await this.#copy(state, partial);
      state.stage = 'verifying';
      state.bytes = 0;
      const files = await listFiles(partial, (bytes) => {
        state.bytes += bytes;
        this.#stop.signal.throwIfAborted();
      });
      await writeManifest(partial, { ...manifest, files });
      const path = join(directory, state.name);
      await rename(partial, path);
      await syncDirectory(directory);
      const tookMs = Math.round(performance.now() - began);
      const { counted } = manifest.warehouse;
      Object.assign(state, { stage: 'complete', path, tookMs, counted, pending: manifest.log.pending });
      report('info', 'backup complete', { ...state });
    } catch (error) {
      const reason = await this.#reasonOf(error);
      // A copy that is still being written is left to the next backup, which removes it.
      if (!this.#stop.signal.aborted) await rm(partial, { recursive: true, force: true }).catch(() => undefined);
      Object.assign(state, { stage: 'failed', error: reason, tookMs: Math.round(performance.now() - began) });
      report('warn', `the backup ${state.name} failed: ${reason}`);
    }
  }

  async #copy(state: BackupState, partial: string): Promise<Omit<Manifest, 'files'>> {
    const { access, log, database, catalogueHash } = this.#options;
    const { signal } = this.#stop;
    const paused = await this.#pause();
    const stood = performance.now();
    const madeAt = new Date().toISOString();
    // The log's commits are those of this call, however long its records take to copy.
    const logCopied = log.backup(join(partial, 'log'));
    // Looked at below; until then a failure must not count as one that nobody handles.
    logCopied.catch(() => undefined);
    let copying: Copying | undefined;
    await using opened = new Owned(() => undefined);
    let dumping: Dumping;
    try {
      state.stage = 'copying';
      dumping = opened.own(await beginDump(database));
      copying = await copyWarehouse(access, join(partial, 'warehouse'), signal);
    } catch (error) {
      await logCopied.catch(() => undefined);
      throw error;
    } finally {
      paused[Symbol.dispose]();
      state.pausedMs = Math.round(performance.now() - stood);
    }
    const { written } = copying;
    const watch = setInterval(() => {
      state.bytes = written();
    }, 200);
    try {
      const dumped = dumping.write(join(partial, DATABASE), signal);
      const parts = await Promise.allSettled([copying.finish(), logCopied, dumped]);
      for (const part of parts) if (part.status === 'rejected') throw part.reason;
    } finally {
      clearInterval(watch);
    }
    return {
      format: 1,
      madeAt,
      catalogue: catalogueHash,
      warehouse: copying.content,
      database: dumping.content,
      log: await positionOf(join(partial, 'log')),
    };
  }

  async #pause(): Promise<Disposable> {
    const pausing = this.#options.pause();
    const paused = await within(pausing, PAUSE_MS, undefined, this.#stop.signal);
    if (paused !== undefined) return paused;
    pausing.then(
      (tooLate) => tooLate[Symbol.dispose](),
      () => undefined,
    );
    throw new Error(`counting did not come to a stand within ${PAUSE_MS / 1_000} s; see why in the room's log`);
  }

  /** The engine does not always say so when the disk is full: its copy is incomplete then. */
  async #reasonOf(error: unknown): Promise<string> {
    if (this.#stop.signal.aborted) return 'the room was stopped';
    const { message } = error as Error;
    const disk = await statfs(this.#options.directory).catch(() => undefined);
    const isFull =
      /no space left/i.test(message) ||
      (disk !== undefined && (disk.bavail * disk.bsize < FULL_BYTES || (disk.files > 0 && disk.ffree === 0)));
    return isFull ? `the disk is full; make space, or set BACKUP_DIR to another disk (${message})` : message;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await within(this.#running, STOP_MS);
  }
}

/** Where counting stands in a stopped log: opens it, so it is readable too. */
export async function positionOf(directory: string): Promise<Manifest['log']> {
  const log = new EmbeddedLog(directory, () => undefined);
  try {
    const [committed] = (await log.committed(TOPICS.submissions, INGEST_GROUP)).values();
    if (committed !== undefined && committed.metadata !== '')
      throw new Error('the log was copied while a range was being inserted');
    return { committed: committed?.offset ?? 0, pending: await log.pending(TOPICS.submissions, INGEST_GROUP) };
  } finally {
    await log[Symbol.asyncDispose]();
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  await handle.sync().finally(() => handle.close());
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1024 / 1024)} MiB`;
