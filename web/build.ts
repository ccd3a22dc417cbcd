/** What a build does besides: gives itself a name, and compresses its files once for all who load them. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

/** By the names of its files, which change with what is in them: in its document as `<meta name="build">`, where page and server read it. */
export const named = (): Plugin => ({
  name: 'named',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler: (_html, { bundle = {} }) => {
      const content = createHash('sha256').update(Object.keys(bundle).sort().join('\n')).digest('hex').slice(0, 12);
      return [{ tag: 'meta', attrs: { name: 'build', content }, injectTo: 'head' }];
    },
  },
});

const COMPRESSIBLE = /\.(?:js|css|html|svg|json)$/;
/** Bytes below which a packet holds it either way. */
const WORTH_IT = 1_024;
/** Beyond it a build takes eight times as long for files a fourteenth smaller. */
const QUALITY = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };

/** Beside each file that shrinks by it one in brotli, and one in gzip: browsers ask for brotli over TLS alone. */
export const compressed = (): Plugin => ({
  name: 'compressed',
  apply: 'build',
  async writeBundle({ dir = '' }, bundle) {
    await Promise.all(
      Object.values(bundle).map(async (part) => {
        const bytes = Buffer.from(part.type === 'chunk' ? part.code : part.source);
        if (!COMPRESSIBLE.test(part.fileName) || bytes.length < WORTH_IT) return;
        const file = join(dir, part.fileName);
        await writeFile(`${file}.br`, await promisify(brotliCompress)(bytes, QUALITY));
        await writeFile(`${file}.gz`, await promisify(gzip)(bytes, { level: 9 }));
      }),
    );
  },
});
