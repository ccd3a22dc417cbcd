/** A small file system of its own, which can be filled up and given room again. */
import { mkdir, open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Unavailable } from './need.ts';
import { run } from './process.ts';

export interface SmallDisk extends AsyncDisposable {
  /** Takes space, or gives some back, until so many bytes are left. */
  leave(bytes: number): Promise<void>;
  /** Gives all of that space back. */
  free(): Promise<void>;
}

const CHUNK = Buffer.alloc(1024 * 1024, 1);
const PAGE = 4096;
const FORCE_UNMOUNT = '--lazy';

const ballastOf = (path: string): string => join(path, 'ballast');

async function freeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}

/** Of the disk mounted at `path`. Others may write there at the same time. */
export async function leaveFree(path: string, bytes: number): Promise<void> {
  const ballast = await open(ballastOf(path), 'a');
  try {
    const lacking = bytes - (await freeBytes(path));
    if (lacking > 0) await ballast.truncate(Math.max(0, (await ballast.stat()).size - Math.ceil(lacking)));
    for (let over = -lacking; over > 0; over = (await freeBytes(path)) - bytes) {
      const piece = CHUNK.subarray(0, Math.max(PAGE, Math.min(CHUNK.length, Math.floor(over))));
      await ballast.write(piece).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOSPC') throw error;
      });
    }
  } finally {
    await ballast.close();
  }
}

/** Mounts `mebibytes` of memory at `path`, for so many files. Throws `Unavailable` where this user may not mount. */
export async function mountSmallDisk(path: string, mebibytes: number, files?: number): Promise<SmallDisk> {
  await mkdir(path, { recursive: true });
  const limits = `size=${mebibytes}m${files === undefined ? '' : `,nr_inodes=${files}`}`;
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', limits, 'room-test', path]);
  if (mounted.code !== 0)
    throw new Unavailable(`no small disk: mounting one needs root on Linux (${mounted.output.trim()})`);
  return {
    leave: (bytes) => leaveFree(path, bytes),
    free: () => rm(ballastOf(path), { force: true }),
    async [Symbol.asyncDispose]() {
      const { code, output } = await run('umount', [FORCE_UNMOUNT, path]);
      if (code !== 0) throw new Error(`the small disk at ${path} stays mounted: ${output}`);
    },
  };
}
