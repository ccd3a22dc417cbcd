/** A small file system of its own, which can be filled up and given room again. */
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Unavailable } from './need.ts';
import { run } from './process.ts';

export interface SmallDisk extends AsyncDisposable {
  /** Takes all the space that is left. */
  fill(): Promise<void>;
  /** Gives that space back. */
  free(): Promise<void>;
}

const CHUNK = Buffer.alloc(64 * 1024, 1);
const FORCE_UNMOUNT = '--lazy';

/** Mounts `mebibytes` of memory at `path`, for so many files. Throws `Unavailable` where this user may not mount. */
export async function mountSmallDisk(path: string, mebibytes: number, files?: number): Promise<SmallDisk> {
  await mkdir(path, { recursive: true });
  const limits = `size=${mebibytes}m${files === undefined ? '' : `,nr_inodes=${files}`}`;
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', limits, 'room-test', path]);
  if (mounted.code !== 0)
    throw new Unavailable(`no small disk: mounting one needs root on Linux (${mounted.output.trim()})`);
  const ballast = join(path, 'ballast');
  return {
    async fill() {
      const file = await open(ballast, 'a');
      try {
        for (let chunk = CHUNK; chunk.length > 0; ) {
          const { bytesWritten } = await file.write(chunk).catch((error: NodeJS.ErrnoException) => {
            if (error.code !== 'ENOSPC') throw error;
            return { bytesWritten: 0 };
          });
          if (bytesWritten === 0) chunk = chunk.subarray(0, Math.floor(chunk.length / 2));
        }
      } finally {
        await file.close();
      }
    },
    free: () => rm(ballast, { force: true }),
    async [Symbol.asyncDispose]() {
      const { code, output } = await run('umount', [FORCE_UNMOUNT, path]);
      if (code !== 0) throw new Error(`the small disk at ${path} stays mounted: ${output}`);
    },
  };
}
