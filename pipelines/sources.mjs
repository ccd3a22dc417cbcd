// Which files something is made from, and what tells one state of them from another. Node's own modules are all there is here.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

const GENERATED = new Set(['node_modules', 'dist', 'data', 'coverage', '.cache', '.git']);

export function* filesUnder(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!GENERATED.has(entry.name)) yield* filesUnder(path);
    } else if (entry.isFile()) {
      yield path;
    }
  }
}

export function fingerprint(paths, ...more) {
  const hash = createHash('sha256').update(JSON.stringify(more));
  for (const path of paths) hash.update(`\0${path.slice(root.length)}\0`).update(readFileSync(path));
  return hash.digest('hex');
}
