/**
 * What Kafka's producers compress with, read only: the room's own records go as they are. A producer chooses how far its batch
 * inflates, so every codec stops at `MAX_INFLATED_BYTES`; each throws on bytes that are not its format, and never reads or
 * writes beyond a buffer.
 */
import { promisify } from 'node:util';
import { unzip } from 'node:zlib';
import kafkajs from 'kafkajs';
import { MAX_INFLATED_BYTES, tooLarge } from './limit.ts';
import { unlz4 } from './lz4.ts';
import { unsnap } from './snappy.ts';
import { unzstd } from './zstd.ts';

const unzipped = promisify(unzip);

async function gunzip(bytes: Buffer): Promise<Buffer> {
  try {
    return await unzipped(bytes, { maxOutputLength: MAX_INFLATED_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new Error(`gzip: ${(error as Error).message}`);
  }
}

const reading = (decompress: (bytes: Buffer) => Buffer | Promise<Buffer>) => () => ({
  compress: async (): Promise<Buffer> => {
    throw new Error('the room writes uncompressed');
  },
  decompress: async (bytes: Buffer): Promise<Buffer> => decompress(bytes),
});

/** For all of kafkajs in this process, which knows them by number. */
export function readAllCodecs(): void {
  // Node finds not all names of this CommonJS module by itself.
  const { CompressionCodecs, CompressionTypes } = kafkajs;
  Object.assign(CompressionCodecs, {
    [CompressionTypes.GZIP]: reading(gunzip),
    [CompressionTypes.Snappy]: reading(unsnap),
    [CompressionTypes.LZ4]: reading(unlz4),
    [CompressionTypes.ZSTD]: reading(unzstd),
  });
}
