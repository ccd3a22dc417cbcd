/** Which tests start something, be it a room, a broker, a browser or an engine, or compute for long; the others are unit tests, and done in seconds. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** Modules of the harness that start a process. */
const STARTS = new Set([
  'test/harness/process.ts',
  'test/harness/program.ts',
  'test/kafka/shared.ts',
  'test/postgres/shared.ts',
]);
/** What opens the embedded engine in the test's own process, or replaces a module, which unit tests share. */
const ALONE = /\b(openAccess|Session|vi\.mock)\(/;
/** What starts nothing and computes for seconds: nobody who changes something else waits for it. */
const LONG = new Set([
  'test/pipelines/forecast/anomaly/beginning.test.ts',
  'test/pipelines/forecast/anomaly/episodes.test.ts',
  'test/pipelines/forecast/days.test.ts',
  'test/pipelines/forecast/far-ahead.test.ts',
  'test/pipelines/forecasting/nation.test.ts',
  'test/pipelines/import/init.test.ts',
  'test/pipelines/import/run.test.ts',
  'test/pipelines/operations/health-endpoint.test.ts',
  'test/portal/model.test.ts',
  'test/server/fan-out.test.ts',
]);
/** Not those that are erased. */
const IMPORT = /^(?:import|export)(?! type\b)[^'"]*?['"](\.[^'"]+)['"]/gm;

const slashes = (path: string): string => path.replaceAll(sep, '/');

function* testsUnder(root: string, folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory() && entry.name !== 'node_modules') yield* testsUnder(root, path);
    else if (entry.name.endsWith('.test.ts')) yield path;
  }
}

/** Paths from the top of the repository at `root`. */
export function tiers(root: string): { unit: string[]; rooms: string[] } {
  const known = new Map<string, boolean>();
  function starts(path: string): boolean {
    const before = known.get(path);
    if (before !== undefined) return before;
    // Until it is known: a file that imports itself in a circle starts nothing by that.
    known.set(path, false);
    const text = readFileSync(join(root, path), 'utf8');
    const imported = [...text.matchAll(IMPORT)].map(([, from = '']) =>
      slashes(relative(root, join(root, dirname(path), from))),
    );
    const does =
      STARTS.has(path) ||
      ALONE.test(text) ||
      imported.some((other) => other.startsWith('test/') && other.endsWith('.ts') && starts(other));
    known.set(path, does);
    return does;
  }
  const unit: string[] = [];
  const rooms: string[] = [];
  for (const path of testsUnder(root, 'test')) (LONG.has(path) || starts(path) ? rooms : unit).push(path);
  return { unit, rooms };
}
