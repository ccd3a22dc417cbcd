/** What producers compress is read as it was, stops where it grows too large, and does nothing worse than throw when it is damaged. */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import kafkajs from 'kafkajs';
import { beforeAll, describe, expect, it } from 'vitest';
import { readAllCodecs } from '../../../pipelines/log/src/codecs/index.ts';
import { MAX_INFLATED_BYTES } from '../../../pipelines/log/src/codecs/limit.ts';

const { CompressionCodecs } = kafkajs;
const TYPES = { gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const;
type Codec = keyof typeof TYPES;
const CODECS = Object.keys(TYPES) as Codec[];

beforeAll(readAllCodecs);

const inflate = (codec: Codec, bytes: Buffer): Promise<Buffer> => CompressionCodecs[TYPES[codec]]().decompress(bytes);

/** The text that the reference libraries compressed. */
function text(): Buffer {
  let x = 12345n;
  const lines = Array.from({ length: 60 }, (_, n) => {
    x = (x * 1103515245n + 12345n) & 0x7fffffffn;
    return `${n}:${x % 97n}:${'abcdefgh'.charAt(Number(x % 8n)).repeat(Number(x % 23n))}\n`;
  });
  return Buffer.from(lines.join(''));
}

/** Compressed by the formats' own libraries: libsnappy, liblz4 1.9, libzstd 1.5. */
const COMPRESSED: Record<string, string> = {
  snappy: `
    rAgUMDo4MzpnSgEAcAoxOjMzOmhoaAoyOjk1OmUKMzoxNzoKNDoxMzpjBQE8CjU6Mzc6ZGRkZAo2OjA6YUIBAAQKNwFdAGJKAQAQCjg6NjkBdwQK
    OQ1mOgEACAoxMAFdAGU2AQAcCjExOjM4OmY+AQAUCjEyOjU2DZcgY2NjCjEzOjU4BZsNARAKMTQ6NVKkADAxNTo2NTpiCjE2Ojc1AZMdARAKMTc6
    MCEEBQE4CjE4OjYyOmVlCjE5OjIwPocAFAoyMDo3OAmFFAoyMToyMS6BAAEBFAoyMjoyNT0pFAoyMzo4OEYiARAKMjQ6NCUgMgEAFAoyNTo2OAWQ
    FAoyNjo3NDYgASQKMjc6NDE6CjI4AdIhCAEBCAoyOQGXAYAVARQKMzA6NTIdiRUBEAozMTo0OpIAFAozMjoyNiEbFAozMzo1OQWBOgEACAozNCkc
    BQEUCjM1OjEyOiEBFAozNjo4NRWYMgEAFAozNzo1NBGlEAozODo2Qp4AFAozOTo1N0YtAQUBEAo0MDo3Vck0CjQxOjY3OmgKNDI6MzA2JgEBARQK
    NDM6NTMyoAAUCjQ0Ojg3Lp4AEAo0NTozKcQUCjQ2OjYwEZIECjQlaAV4CQEkCjQ4Ojg6Zwo0OSG3NhsBFAo1MDo5Ng2ECAo1MUYZAQkBEAo1Mjo5
    LoAAEGNjCjUzAZQptxQKNTQ6MTkRhDIBABQKNTU6MjIukQAYYgo1Njo5MSG0QgEACAo1NyHPNqYAAQEUCjU4OjM1AaoQCjU5OjEyHwEQZmZmZgo=`,
  'snappy of Java': `
    glNOQVBQWQAAAAABAAAAAQAAATSWBBQwOjgzOmdKAQBwCjE6MzM6aGhoCjI6OTU6ZQozOjE3Ogo0OjEzOmMFATwKNTozNzpkZGRkCjY6MDphQgEA
    BAo3AV0AYkoBABAKODo2OQF3BAo5DWY6AQAICjEwAV0AZTYBABwKMTE6Mzg6Zj4BABQKMTI6NTYNlyBjY2MKMTM6NTgFmw0BEAoxNDo1UqQAMDE1
    OjY1OmIKMTY6NzUBkx0BEAoxNzowIQQFATgKMTg6NjI6ZWUKMTk6MjA+hwAUCjIwOjc4CYUUCjIxOjIxLoEAAQEUCjIyOjI1PSkUCjIzOjg4RiIB
    EAoyNDo0JSAyAQAUCjI1OjY4BZAUCjI2Ojc0NiABJAoyNzo0MToKMjgB0iEIAQEICjI5AZcBgBUBFAozMDo1Mh2JFQEYCjMxOjQ4OgAAASmWBABi
    LgEARAozMjoyNjpnZ2cKMzM6NTk6aEYBABwKMzQ6NjI6ZQkBHAozNToxMjpmMgEAHAozNjo4NTpjTgEAHAozNzo1NDpkCQEYCjM4OjY6YToBABgK
    Mzk6NTc6LpoAGQEUCjQwOjczAaQBATQKNDE6Njc6aAo0MjozMBGWGQEUCjQzOjUzMqAAFAo0NDo4Ny6eABQKNDU6MzEFlBQKNDY6NjARkhQKNDc6
    NDEuiQAsCjQ4Ojg6Zwo0OTo0Ph8BFAo1MDo5Ng2ECAo1MUYZAQkBEAo1Mjo5LoAAEGNjCjUzAZQtFRg1NDoxOTphSgEAGAo1NToyMjo5DhxiYgo1
    Njo5MTEQMgEACAo1NyHPSsQBEDU4OjM1AaoQCjU5OjEyHwEQZmZmZgo=`,
  lz4: `
    BCJNGGBAgkkCAABvMDo4MzpnAQAA8Q4KMTozMzpoaGgKMjo5NTplCjM6MTc6CjQ6MTM6YwEA/QEKNTozNzpkZGRkCjY6MDphAQAgCjddAB9iAQAA
    UAo4OjY5dwAjCjlmAAsCADAKMTBdABplAQCMCjExOjM4OmYBAGMKMTI6NTaXAJFjY2MKMTM6NTibAAMCAF8KMTQ6NaQAAtAxNTo2NTpiCjE2Ojc1
    kwAHAgBQCjE3OjAEAQECAHAKMTg6NjI6hwBMOToyMIcAYgoyMDo3OIUAaAoyMToyMYEAAAIAZwoyMjoyNSkBfQoyMzo4ODohAVEKMjQ6NCABCQIA
    YQoyNTo2OJAAeQoyNjo3NDofAaAKMjc6NDE6CjI40gABCQEADAEgMjmXAACAAAUCAGcKMzA6NTKJAAUCAFsKMzE6NJIAYAozMjoyNhsBYQozMzo1
    OYEACwIAMgozNBwBAQIAawozNToxMiEBVgozNjo4mAAJAgBkCjM3OjU0MAFdCjM4OjaeAG4KMzk6NTctAQECAFUKNDA6N8kC6go0MTo2NzpoCjQy
    OjMwJgEAAgBpCjQzOjUzoABiCjQ0Ojg3vgECAgBSCjQ1OjPEAVUKNDY6Nj4CIQo0aAEBeAACAgCgCjQ4Ojg6Zwo0ObcBChsBYwo1MDo5NoQAPgo1
    MRkBAgIAWAo1Mjo5gAAAYQMQM5QAArcBbQo1NDoxORYBAAIAaQo1NToyMhoBYAo1Njo5MbQBDQIAMAo1N88BCqYAAAIAYAo1ODozNaoAWQo1OTox
    HwFQZmZmZgoAAAAA`,
  'lz4 with sums and size': `
    BCJNGHxALAQAAAAAAABJGAIAAG8wOjgzOmcBAADxDgoxOjMzOmhoaAoyOjk1OmUKMzoxNzoKNDoxMzpjAQD9AQo1OjM3OmRkZGQKNjowOmEBACAK
    N10AH2IBAABQCjg6Njl3ACMKOWYACwEAMAoxMF0AGmUBAIwKMTE6Mzg6ZgEAhAoxMjo1NjpjAQCGCjEzOjU4OmQBAF8KMTQ6NaQAAuwxNTo2NTpi
    CjE2Ojc1OgQBRjc6MDqUAFA4OjYyOocATDk6MjCHAGIKMjA6NziFAIoKMjE6MjE6ZAEAZwoyMjoyNYUAbgoyMzo4OCIBfQoyNDo0OTqTAVEyNTo2
    OJAAagoyNjo3NCABoAoyNzo0MToKMjjSAAUMASAyOZcACokAXzMwOjUyDgEAa2EKMzE6NJIAYQozMjoyNq4BXzMzOjU5rwEAQmgKMzQcAQKKAFsz
    NToxMiEBVgozNjo4mAAJAQB1CjM3OjU0Op8ATjg6NjqbAE85OjU3TwICdWJiCjQwOjfJAuwKNDE6Njc6aAo0MjozMEYCiWVlCjQzOjUzoABoCjQ0
    Ojg3ngBSCjQ1OjPEAVUKNDY6Nj4CIQo0aAEJfgCsODo4OmcKNDk6NB8BYwo1MDo5NoQAPgo1MRkBA4EASjUyOjkeATAKNTOUAAMVAV81NDoxObQB
    AXlhCjU1OjIyGgFvCjU2Ojkx2QMDIDU3zwEPxAEAYTU4OjM1OqcAOTk6MaYAUGZmZmYKf7aTWgAAAADMKZr8`,
  zstd: `
    KLUv/WAsA20LAGYWMhOgJc0B335rrSpxslETEZFQZW5QLQAqACsA07xrOgwD3jQtznqmgTEtLXhWIAU8xhIEQUzq63DN1slcDXxl6mAwuOqp4MpH
    1McmVCMj9cSPKhAU26iZF/VooqGHmuRBHXSZBgITntPHZHpknAoffnNb1rrLOmqyDib4WMnDSu5SxbNqN6nmWKX5qlYtd1WRpqo9VQAAMN2jShCF
    Mi2KopjL9eq8kuuU8Ur0XS+zXQmirsNQputcsTyuxSo4T6sgCFYcrfVZSW4BSKgBjVICSgZTSpM2A3ACEw7zARGwnFKKEaRUGW2LASKs1Q5wAiK9
    O8eEfscGaTAWzpdGg7vNcEwfSOjB4EJXIr/gNaIMku5YK7QbRbGJlFZklrfaw1vojEoa55tsEthLP2ZkpPB7HFx586UMGsyHFarzI+qTEPYlS46t
    CWVEEFeUOSU3zPu0mnQPj+Yubk4IQJ5ZeEqk3rBQFchhYGq6fg4F`,
  'zstd without size': `
    KLUv/QQIDQoAxpcxEaAnx2b/PwCck+6SIiRUuQYGLgAqACsAM7y40QgnXjTFaxMNsdqEplzynWDbdYDJOcNq4wgbfbPSNsRYrjmOY7NpjG0nAauX
    GvOtmW6t+fSsN8e63FfvbjVjXUU11bw6qUldaCrfyTrqSROMORJ+FLfhdkNM7Lo51pxu08lNsOLFzvfD1UYY97SLRpvKz44LbjZnXfbeZMCFEzvT
    ZbQXz1qRyolz1YhzoQ/X3XCEy4VFE55lgnOXG+N9b7r1ZpLnTTbe6H4BOaBhiBBhLHpJNbsB8EZCOR9pm1QSPiZJ7qkAL8S5GLLwslnh+TNdJKRZ
    /CYULccdmoMkkgWJ+4VWJpHWBPqRu0FwVrLAiOUkSGIk08NrzH1wYemMyN6dWgk5WxCQMCCXN3wAQif/7EsI0uUxAS6ng5PPgCiuklAEEuW6Fw==`,
};
const compressed = (name: string): Buffer => Buffer.from(COMPRESSED[name] ?? '', 'base64');
const codecOf = (name: string): Codec => name.split(' ')[0] as Codec;

it.each(Object.keys(COMPRESSED))('reads %s', async (name) => {
  const read = await inflate(codecOf(name), compressed(name));
  const expected = text();
  expect(read.subarray(0, expected.length).equals(expected)).toBe(true);
  // Where the sender does not say how much it is, as Java's does not, more follows.
  if (name !== 'zstd without size') expect(read.length).toBe(expected.length);
});

it('reads gzip', async () => {
  expect(await inflate('gzip', gzipSync(text()))).toEqual(text());
});

describe('references of any length and distance', () => {
  const steps = fc.array(
    fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 80 }), fc.nat(1_000), fc.integer({ min: 4, max: 64 })),
    { minLength: 1, maxLength: 60 },
  );
  /** Writes literals and copies as `format` does, and what they stand for. */
  function written(
    given: readonly (readonly [Uint8Array, number, number])[],
    format: (literals: Uint8Array, distance: number, length: number) => number[],
  ): { bytes: number[]; plain: number[] } {
    const plain: number[] = [];
    const bytes: number[] = [];
    for (const [literals, back, length] of given) {
      plain.push(...literals);
      const distance = (back % plain.length) + 1;
      bytes.push(...format(literals, distance, length));
      for (let n = 0; n < length; n++) plain.push(plain[plain.length - distance] ?? 0);
    }
    return { bytes, plain };
  }

  it('snappy', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (given) => {
        const { bytes, plain } = written(given, (literals, distance, length) => [
          ...(literals.length <= 60 ? [(literals.length - 1) << 2] : [60 << 2, literals.length - 1]),
          ...literals,
          ...(length < 12 && distance < 2_048
            ? [1 | ((length - 4) << 2) | ((distance >> 8) << 5), distance & 255]
            : [2 | ((length - 1) << 2), distance & 255, distance >> 8]),
        ]);
        const size: number[] = [];
        for (let left = plain.length; ; left >>= 7) {
          size.push(left > 127 ? (left & 127) | 128 : left);
          if (left <= 127) break;
        }
        expect([...(await inflate('snappy', Buffer.from([...size, ...bytes])))]).toEqual(plain);
      }),
    );
  });

  it('lz4', async () => {
    const long = (length: number): number[] => (length < 15 ? [] : [length - 15]);
    await fc.assert(
      fc.asyncProperty(steps, async (given) => {
        const { bytes, plain } = written(given, (literals, distance, length) => [
          (Math.min(literals.length, 15) << 4) | Math.min(length - 4, 15),
          ...long(literals.length),
          ...literals,
          distance & 255,
          distance >> 8,
          ...long(length - 4),
        ]);
        const block = [...bytes, 0x10, 0x61];
        const size = Buffer.alloc(4);
        size.writeUInt32LE(block.length);
        const frame = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0, ...size, ...block, 0, 0, 0, 0]);
        expect([...(await inflate('lz4', frame))]).toEqual([...plain, 0x61]);
      }),
    );
  });
});

describe('what grows beyond the limit', () => {
  const tooLarge = /inflates to more than 64 MiB/;
  it('gzip', () => expect(inflate('gzip', gzipSync(Buffer.alloc(MAX_INFLATED_BYTES + 1)))).rejects.toThrow(tooLarge));
  it('snappy, which says so itself', () =>
    expect(inflate('snappy', Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0]))).rejects.toThrow(tooLarge));
  it('lz4: some kilobytes that repeat one byte', () => {
    const block = Buffer.concat([Buffer.from([0x1f, 0, 1, 0]), Buffer.alloc(300_000, 255), Buffer.from([0])]);
    const size = Buffer.alloc(4);
    size.writeUInt32LE(block.length);
    const frame = Buffer.concat([
      Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0, ...size]),
      block,
      Buffer.alloc(4),
    ]);
    // Blocks of 4 MiB at most: the frame lies about that.
    return expect(inflate('lz4', frame)).rejects.toThrow(/lz4: the bytes are damaged/);
  });
  it('zstd: 600 blocks that repeat one byte, with and without a size', async () => {
    const block = Buffer.from([2 | ((131_072 << 3) & 255), (131_072 >> 5) & 255, 131_072 >> 13, 7]);
    const blocks = Buffer.concat([...Array.from({ length: 600 }, () => block), Buffer.from([1, 0, 0])]);
    const header = [0x28, 0xb5, 0x2f, 0xfd];
    const window = 0x50;
    await expect(inflate('zstd', Buffer.concat([Buffer.from([...header, 0, window]), blocks]))).rejects.toThrow(
      tooLarge,
    );
    const size = Buffer.alloc(4);
    size.writeUInt32LE(0x7fffffff);
    await expect(
      inflate('zstd', Buffer.concat([Buffer.from([...header, 0x80, window, ...size]), blocks])),
    ).rejects.toThrow(tooLarge);
  });
});

it('damaged bytes end in an error or in bytes within the limit, and soon', async () => {
  const sources = [
    ...Object.keys(COMPRESSED).map((name) => [codecOf(name), compressed(name)] as const),
    ['gzip', gzipSync(text())] as const,
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...sources),
      fc.array(fc.tuple(fc.nat(2_000), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      fc.option(fc.nat(1_000)),
      async ([codec, bytes], changes, cut) => {
        const damaged = Buffer.from(cut === null ? bytes : bytes.subarray(0, cut));
        for (const [at, byte] of changes) if (damaged.length > 0) damaged[at % damaged.length] = byte;
        const read = await inflate(codec, damaged).catch((error: unknown) => error);
        expect(read instanceof Error || (read as Buffer).length <= MAX_INFLATED_BYTES).toBe(true);
      },
    ),
    { numRuns: 3_000 },
  );
});

it('anything at all', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...CODECS), fc.uint8Array({ maxLength: 200 }), async (codec, bytes) => {
      const read = await inflate(codec, Buffer.from(bytes)).catch((error: unknown) => error);
      expect(read instanceof Error || Buffer.isBuffer(read)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});
