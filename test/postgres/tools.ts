/** PostgreSQL's programs: the machine's own, or Debian's packages unpacked once into a cache, which installs nothing. */
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { config } from '../harness/config.ts';
import { Unavailable } from '../harness/need.ts';
import { run, which } from '../harness/process.ts';

const FOLDER = 'postgresql';
/** From this version on its words sort as they do where the room really runs. */
const OLDEST = 15;
const REMEDY = 'install PostgreSQL 15 or newer';

export interface Tools {
  /** Where `initdb` and `postgres` stand. */
  bin: string;
  /** What they need beside the machine's own. */
  env: Record<string, string>;
  /** What stands before a program that must not run as root. */
  asUser: (program: string, args: string[]) => [string, string[]];
  /** Gives a folder to whoever that is. */
  own: (folder: string) => Promise<void>;
}

export async function postgresTools(): Promise<Tools> {
  const user = await unprivileged();
  const found = (await installed()) ?? (await fetched(user));
  return { ...found, ...user };
}

/** It refuses to run as root, which tests in a container are. */
async function unprivileged(): Promise<Pick<Tools, 'asUser' | 'own'>> {
  if (process.getuid?.() !== 0) return { asUser: (program, args) => [program, args], own: async () => undefined };
  const setpriv = await which('setpriv');
  if (setpriv === undefined) throw new Unavailable('PostgreSQL refuses to run as root, and there is no setpriv');
  const users = await readFile('/etc/passwd', 'utf8');
  const name = ['postgres', 'nobody'].find((it) => users.includes(`\n${it}:`));
  if (name === undefined) throw new Unavailable('PostgreSQL refuses to run as root, and there is no user nobody');
  const [, , , group = ''] =
    users
      .split('\n')
      .find((line) => line.startsWith(`${name}:`))
      ?.split(':') ?? [];
  return {
    asUser: (program, args) => [setpriv, [`--reuid=${name}`, `--regid=${group}`, '--clear-groups', program, ...args]],
    own: async (folder) => void (await run('chown', ['-R', `${name}:${group}`, folder])),
  };
}

async function installed(): Promise<Pick<Tools, 'bin' | 'env'> | undefined> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => []);
  const onPath = await which('postgres');
  const folders = versions.map((version) => join('/usr/lib/postgresql', version, 'bin'));
  for (const bin of [...(onPath === undefined ? [] : [join(onPath, '..')]), ...folders.reverse()])
    if ((await isUsable(join(bin, 'postgres'))) && (await which('initdb')) !== undefined) return { bin, env: {} };
  return undefined;
}

async function isUsable(postgres: string, env: Record<string, string> = {}): Promise<boolean> {
  const { code, stdout } = await run(postgres, ['--version'], { env });
  return code === 0 && Number(/(\d+)\./.exec(stdout)?.[1] ?? 0) >= OLDEST;
}

async function fetched(user: Pick<Tools, 'asUser'>): Promise<Pick<Tools, 'bin' | 'env'>> {
  const folder = join(config.cacheDir, FOLDER);
  const there = await readdir(folder).catch(() => []);
  if (there.length === 0) await fetchInto(folder);
  const own = await programsIn(folder);
  const [program, args] = user.asUser(join(own.bin, 'postgres'), ['--version']);
  if ((await run(program, args, { env: own.env })).code === 0) return own;
  // Where the cache is root's alone, whoever runs it cannot read it.
  const open = await mkdtemp(join(config.tempDir, 'room-postgresql-'));
  await cp(folder, open, { recursive: true });
  await run('chmod', ['-R', 'a+rX', open]);
  process.once('exit', () => void run('rm', ['-rf', open]));
  return programsIn(open);
}

async function programsIn(folder: string): Promise<Pick<Tools, 'bin' | 'env'>> {
  const [version = ''] = await readdir(join(folder, 'usr', 'lib', 'postgresql'));
  const libraries = (await readdir(join(folder, 'usr', 'lib'))).filter((name) => name.includes('-linux-'));
  return {
    bin: join(folder, 'usr', 'lib', 'postgresql', version, 'bin'),
    env: { LD_LIBRARY_PATH: libraries.map((name) => join(folder, 'usr', 'lib', name)).join(':') },
  };
}

async function fetchInto(folder: string): Promise<void> {
  const [apt, cache, dpkg] = await Promise.all([which('apt-get'), which('apt-cache'), which('dpkg')]);
  if (apt === undefined || cache === undefined || dpkg === undefined)
    throw new Unavailable(`the database is also tried on PostgreSQL, which is missing: ${REMEDY}`);
  await mkdir(config.cacheDir, { recursive: true });
  const draft = await mkdtemp(`${folder}-`);
  try {
    const depends = async (name: string, ...how: string[]): Promise<string[]> => {
      const { stdout } = await run(cache, ['depends', '--no-recommends', '--no-suggests', ...how, name]);
      return [...stdout.matchAll(/Depends: ([\w.+-]+)/g)].map(([, found = '']) => found);
    };
    const bring = async (...names: string[]): Promise<void> => {
      const { code, output } = await run(apt, ['download', ...names], { cwd: draft });
      if (code !== 0) throw new Unavailable(`${names.join(', ')} could not be fetched; ${REMEDY}:\n${output}`);
      for (const archive of (await readdir(draft)).filter((name) => name.endsWith('.deb'))) {
        const unpacked = await run(dpkg, ['--extract', archive, 'all'], { cwd: draft });
        if (unpacked.code !== 0) throw new Unavailable(`${archive} could not be unpacked:\n${unpacked.output}`);
        await rm(join(draft, archive));
      }
    };
    let server = (await depends('postgresql')).find((name) => /^postgresql-\d+$/.test(name));
    if (server === undefined) {
      // Only root may ask for a newer list of what there is.
      await run(apt, ['update']);
      server = (await depends('postgresql')).find((name) => /^postgresql-\d+$/.test(name));
    }
    if (server === undefined) throw new Unavailable(`there is no package postgresql; ${REMEDY}`);
    await bring(server, 'libpq5').catch(async () => {
      await run(apt, ['update']);
      await bring(server, 'libpq5');
    });
    const all = join(draft, 'all');
    const { bin, env } = await programsIn(all);
    if (!(await isUsable(join(bin, 'postgres'), env))) {
      // Compiling queries needs a compiler of 100 MB; everything else does without.
      const libraries = (await depends(server, '--recurse')).filter((name) => /^lib(?!llvm|c6$)/.test(name));
      await bring(...new Set(libraries));
    }
    if (!(await isUsable(join(bin, 'postgres'), env)))
      throw new Unavailable(`Debian's ${server} does not run here; ${REMEDY}`);
    // Whoever comes second finds the first one's folder in place, which is as good.
    await rename(all, folder).catch(() => undefined);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
