/** The house rules that a machine can check: who may import whom, and who may ask what of the outside. */
import { readdir, readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { posix, relative, sep } from 'node:path';
import ts from 'typescript';

export interface Source {
  /** From the top of the repository, with slashes. */
  path: string;
  text: string;
}

/** Package name of a workspace folder, and what its package.json lists. */
export interface Manifest {
  folder: string;
  name: string;
  dependencies: string[];
}

const GENERATED = new Set(['node_modules', 'dist', 'data', 'coverage']);

/** What each room may import besides its own files. `node` stands for Node's own modules. */
interface Room {
  /** Path prefix; the longest one that fits decides. */
  at: string;
  may: RegExp;
  node: boolean;
}

const listed = (...names: string[]): RegExp => new RegExp(`^(${names.join('|')})$`);

const ROOMS: Room[] = [
  { at: 'pipelines/contract/', may: listed('zod'), node: false },
  { at: 'pipelines/catalogue/', may: listed('@room/contract'), node: true },
  { at: 'pipelines/database/', may: listed('@room/runtime', 'kysely', 'libsql', 'pg'), node: true },
  { at: 'pipelines/forecast/', may: listed(), node: false },
  { at: 'pipelines/log/', may: listed('@room/(contract|runtime)', 'fzstd', 'kafkajs', 'lmdb'), node: true },
  { at: 'pipelines/operations/', may: listed('@room/runtime', 'pino', 'prom-client'), node: true },
  { at: 'pipelines/runtime/', may: listed(), node: true },
  {
    at: 'pipelines/warehouse/',
    may: listed('@room/(contract|runtime)', '@clickhouse/client', 'chdb', 'chdb/connection'),
    node: true,
  },
  // Third-party packages are free here; of the rooms, only the leaves.
  {
    at: 'pipelines/',
    may: /^(@room\/(contract|catalogue|database|forecast|log|operations|runtime|warehouse)|(?!@room\/|prom-client$).+)$/,
    node: true,
  },
  // What is measured is told to an observer; how it is counted is the observer's business alone.
  { at: 'pipelines/src/observe/', may: listed('@room/(contract|operations)', 'prom-client'), node: true },
  {
    at: 'server/',
    may: listed(
      '@room/(contract|catalogue|database|log|operations|runtime|warehouse)',
      'compression',
      'express',
      'helmet',
      'socket\\.io',
      'ws',
      'pino',
      'ws',
      'zod',
    ),
    node: true,
  },
  {
    at: 'server/src/access/',
    may: listed(
      '@room/(contract|database|operations|runtime)',
      '@node-rs/argon2',
      'cookie',
      'express',
      'openid-client',
      'zod',
    ),
    node: true,
  },
  {
    at: 'server/src/api/',
    may: listed('@room/runtime', 'express', 'zod', '@asteasolutions/zod-to-openapi'),
    node: true,
  },
  {
    at: 'server/src/operations/',
    may: listed('@room/(contract|database|log|operations|runtime|warehouse)', 'pino', 'prom-client', 'zod'),
    node: true,
  },
  {
    at: 'server/src/backup/',
    may: listed('@room/(contract|database|log|operations|runtime|warehouse)', 'zod'),
    node: true,
  },
  {
    at: 'server/src/notify/',
    may: listed('@room/(contract|database|runtime)', 'nodemailer', 'prom-client', 'zod'),
    node: true,
  },
  { at: 'server/src/mcp/', may: listed('@room/contract', '@modelcontextprotocol/sdk/.+', 'zod'), node: true },
  { at: 'server/src/query/', may: listed('@room/(contract|warehouse)', 'zod'), node: true },
  {
    at: 'server/src/export/',
    may: listed('@room/(contract|warehouse)', '@myriaddreamin/typst-ts-node-compiler', 'yazl', 'zod'),
    node: true,
  },
  { at: 'server/src/evidence-files/', may: listed('@room/(contract|database|runtime)', 'yauzl', 'zod'), node: true },
  { at: 'server/src/operator/', may: listed('@room/(contract|log|warehouse)', 'zod'), node: true },
  // The one-process room: the composition root alone may start the pipelines.
  {
    at: 'server/src/main.ts',
    may: listed(
      '@room/(contract|catalogue|database|log|operations|runtime|warehouse|pipelines)',
      'express',
      'helmet',
      'socket\\.io',
      'pino',
    ),
    node: true,
  },
  {
    at: 'web/src/',
    may: listed(
      '@room/contract',
      'vue',
      'vue-router',
      'pinia',
      '@tanstack/vue-query',
      'reka-ui',
      '@internationalized/date',
      'echarts(/.+)?',
      'socket\\.io-client',
      '@intlify/core-base',
      '@fontsource-variable/inter(/.+)?',
    ),
    node: false,
  },
  { at: 'web/vite.config.ts', may: listed('vite', '@vitejs/plugin-vue'), node: true },
  { at: 'test/', may: /.+/, node: true },
];

/** Folders whose subfolders are strangers to each other; they meet in the files beside them. */
const STRANGERS = [
  { at: 'pipelines/src/', common: [] as string[], observes: 'observe' },
  { at: 'server/src/', common: ['access', 'api'], observes: 'operations' },
];

/** What a stage tells of itself stands here; the folder that observes the others may know it. */
const TOLD = 'observer.ts';

/** Of the files beside the subfolders, those that may put them together. */
const COMPOSES = /^(main|app|audit|briefing|routes|start|stores|keys|backup|restore|quarantine|set-up)\.ts$/;

const ENVIRONMENT = new Set(['server/src/config.ts', 'pipelines/src/config.ts', 'test/harness/config.ts']);
const SOCKET = 'web/src/socket.ts';
/** The country of the day is data: a catalogue folder, and the words of a language. A language's own name is no country. */
const COUNTRY = /viet.?nam|(?<!tiếng )việt|hanoi|hà nội/giu;
const COUNTRY_ROOMS = /^(pipelines|server|web)\//;
const COUNTRY_ALLOWED = [
  { path: /^pipelines\/catalogue\/src\//, text: /^export const DEFAULT_CATALOGUE = .*\n/gmu },
  { path: /^web\/src\/i18n\//, text: /[\s\S]*/gu },
];

const NODE = new Set(builtinModules);

export interface Import {
  from: string;
  /** Erased at run time: it couples the readers of the code, not the processes. */
  typeOnly: boolean;
  /** Names taken out of a module, as that module calls them; `*` for all. */
  names: string[];
}

interface Facts {
  imports: Import[];
  readsEnvironment: boolean;
  /** Local names that are called. */
  calls: Set<string>;
}

/** The script of a component, with the lines above it kept empty. */
function scriptOf(source: Source): string {
  if (!source.path.endsWith('.vue')) return source.text;
  const blocks = [...source.text.matchAll(/^<script\b[^>]*>\n?([\s\S]*?)^<\/script>/gmu)];
  return blocks.map(([, body]) => body ?? '').join('\n');
}

export function factsOf(source: Source): Facts {
  const facts: Facts = { imports: [], readsEnvironment: false, calls: new Set() };
  const file = ts.createSourceFile(source.path, scriptOf(source), ts.ScriptTarget.Latest, false, ts.ScriptKind.TS);
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const clause = node.importClause;
      const bindings = clause?.namedBindings;
      const names: string[] = [];
      let typeOnly = clause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
      if (clause?.name) names.push('default');
      if (bindings && ts.isNamespaceImport(bindings)) names.push('*');
      if (bindings && ts.isNamedImports(bindings)) {
        names.push(...bindings.elements.map((element) => (element.propertyName ?? element.name).text));
        typeOnly ||= !clause.name && bindings.elements.length > 0 && bindings.elements.every((it) => it.isTypeOnly);
      }
      facts.imports.push({ from: node.moduleSpecifier.text, typeOnly, names });
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
      facts.imports.push({ from: node.moduleSpecifier.text, typeOnly: node.isTypeOnly, names: ['*'] });
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      const { literal } = node.argument;
      if (ts.isStringLiteral(literal)) facts.imports.push({ from: literal.text, typeOnly: true, names: ['*'] });
    } else if (ts.isCallExpression(node)) {
      const [first] = node.arguments;
      const loads =
        node.expression.kind === ts.SyntaxKind.ImportKeyword ||
        (ts.isIdentifier(node.expression) && node.expression.text === 'require');
      if (loads && first && ts.isStringLiteralLike(first)) {
        facts.imports.push({ from: first.text, typeOnly: false, names: ['*'] });
      } else if (ts.isIdentifier(node.expression)) {
        facts.calls.add(node.expression.text);
      }
    } else if (ts.isPropertyAccessExpression(node) && node.name.text === 'env') {
      facts.readsEnvironment ||= isProcess(node.expression);
    } else if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)) {
      facts.readsEnvironment ||= node.argumentExpression.text === 'env' && isProcess(node.expression);
    } else if (ts.isVariableDeclaration(node) && ts.isObjectBindingPattern(node.name)) {
      const takesEnv = node.name.elements.some((it) => {
        const name = it.propertyName ?? it.name;
        return ts.isIdentifier(name) && name.text === 'env';
      });
      facts.readsEnvironment ||= takesEnv && node.initializer !== undefined && isProcess(node.initializer);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  facts.readsEnvironment ||= facts.imports.some(
    ({ from, names, typeOnly }) => !typeOnly && /^(node:)?process$/.test(from) && names.includes('env'),
  );
  return facts;
}

function isProcess(node: ts.Expression): boolean {
  if (ts.isIdentifier(node)) return node.text === 'process';
  return ts.isPropertyAccessExpression(node) && node.name.text === 'process';
}

/** Every broken rule, as a sentence with the file at its head. */
export function check(sources: Source[], manifests: Manifest[]): string[] {
  const broken: string[] = [];
  const paths = new Set(sources.map(({ path }) => path));
  const edges = new Map<string, string[]>();

  for (const source of sources) {
    const { path } = source;
    const facts = factsOf(source);
    const say = (sentence: string): void => void broken.push(`${path}: ${sentence}`);
    const room = roomOf(path);
    const targets: string[] = [];

    for (const { from, typeOnly } of facts.imports) {
      if (from.startsWith('.')) {
        const target = posix.normalize(posix.join(posix.dirname(path), from.replace(/\?.*$/, '')));
        if (paths.has(target)) targets.push(target);
        const stranger = strangerIn(path, target);
        if (stranger !== undefined) say(stranger);
        if (folderOf(path, manifests) !== folderOf(target, manifests) && !path.startsWith('test/')) {
          say(`reaches into another package with ${from}; import it by its name`);
        }
        continue;
      }
      if (isNode(from)) {
        if (room && !room.node) say(`may not import ${from}: ${room.at} runs without Node's modules`);
        continue;
      }
      if (room && !room.may.test(from)) say(`may not import ${from}`);
      const owner = manifestOf(path, manifests);
      if (owner && !mayDepend(owner, from, manifests)) say(`imports ${from}, which ${owner.folder}package.json lacks`);
      if (from === 'socket.io-client' && path.startsWith('web/') && path !== SOCKET && !typeOnly) {
        say(`only ${SOCKET} opens a socket; take its values from a store`);
      }
    }
    if (facts.readsEnvironment && !ENVIRONMENT.has(path)) say('reads process.env; only a config.ts does');
    if (path.startsWith('web/') && path !== SOCKET && facts.calls.has('io')) say(`only ${SOCKET} calls io()`);
    for (const name of countriesIn(source)) say(`names a country in code: ${name}`);
    edges.set(path, targets);
  }
  return [...broken, ...cyclesIn(edges)];
}

function roomOf(path: string): Room | undefined {
  return ROOMS.filter(({ at }) => path.startsWith(at)).sort((a, b) => b.at.length - a.at.length)[0];
}

function isNode(from: string): boolean {
  return from.startsWith('node:') || NODE.has(from);
}

function strangerIn(path: string, target: string): string | undefined {
  for (const { at, common, observes } of STRANGERS) {
    if (!path.startsWith(at) || !target.startsWith(at)) continue;
    const [mine, ...deeper] = path.slice(at.length).split('/');
    const [theirs, ...below] = target.slice(at.length).split('/');
    if (mine === undefined || theirs === undefined || below.length === 0 || common.includes(theirs)) return undefined;
    if (deeper.length === 0) return COMPOSES.test(mine) ? undefined : `may not import ${theirs}/; only main.ts wires`;
    // A command of a stage is a composition root of its own.
    if (mine === theirs || path.endsWith('/main.ts')) return undefined;
    if (mine === observes && below.join('/') === TOLD) return undefined;
    return `may not import its sibling ${theirs}/; they meet in main.ts`;
  }
  return undefined;
}

function manifestOf(path: string, manifests: Manifest[]): Manifest | undefined {
  return manifests.filter(({ folder }) => path.startsWith(folder)).sort((a, b) => b.folder.length - a.folder.length)[0];
}

function folderOf(path: string, manifests: Manifest[]): string | undefined {
  return manifestOf(path, manifests)?.folder;
}

/** The tests may also use what the whole repository is built with. */
function mayDepend(owner: Manifest, from: string, manifests: Manifest[]): boolean {
  const name = from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/');
  if (owner.dependencies.includes(name) || owner.name === name) return true;
  const top = manifests.find(({ folder }) => folder === '');
  return owner.folder === 'test/' && top !== undefined && top.dependencies.includes(name);
}

function countriesIn({ path, text }: Source): string[] {
  if (!COUNTRY_ROOMS.test(path)) return [];
  const kept = COUNTRY_ALLOWED.filter((it) => it.path.test(path)).reduce((rest, it) => rest.replace(it.text, ''), text);
  return [...new Set(kept.match(COUNTRY) ?? [])];
}

/** One sentence for each circle of files that import each other. */
function cyclesIn(edges: Map<string, string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      found.push(`${path}: imports itself in a circle: ${[...trail.slice(start), path].join(' -> ')}`);
      return;
    }
    if (done.has(path)) return;
    trail.push(path);
    for (const target of edges.get(path) ?? []) visit(target);
    trail.pop();
    done.add(path);
  };
  for (const path of edges.keys()) visit(path);
  return found;
}

async function filesUnder(root: string, folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = `${folder}${sep}${entry.name}`;
    if (entry.isDirectory()) {
      if (!GENERATED.has(entry.name)) found.push(...(await filesUnder(root, path)));
    } else {
      found.push(relative(root, path).replaceAll(sep, '/'));
    }
  }
  return found;
}

/** The real sources and manifests of the repository at `root`. */
export async function readHouse(root: string): Promise<{ sources: Source[]; manifests: Manifest[] }> {
  const files = ['package.json'];
  for (const top of ['pipelines', 'server', 'web', 'test']) files.push(...(await filesUnder(root, `${root}/${top}`)));
  const read = (path: string): Promise<string> => readFile(`${root}/${path}`, 'utf8');
  const sources = files
    .filter((path) => /\.(ts|vue)$/.test(path))
    .map(async (path) => ({ path, text: await read(path) }));
  const manifests = files
    .filter((path) => /(^|\/)package\.json$/.test(path))
    .map(async (path) => {
      const json = JSON.parse(await read(path)) as Record<string, unknown> & { name: string };
      const fields = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];
      const dependencies = fields.flatMap((field) => Object.keys(json[field] ?? {}));
      return { folder: path.slice(0, -'package.json'.length), name: json.name, dependencies };
    });
  return { sources: await Promise.all(sources), manifests: await Promise.all(manifests) };
}
