/** Prometheus and its promtool: the machine's own, or Debian's package unpacked once into a cache, which installs nothing. */
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { config } from '../harness/config.ts';
import { Unavailable } from '../harness/need.ts';
import { run, which } from '../harness/process.ts';

const PACKAGE = 'prometheus';

export interface Tools {
  prometheus: string;
  promtool: string;
}

export async function prometheusTools(): Promise<Tools> {
  const [prometheus, promtool] = await Promise.all([which('prometheus'), which('promtool')]);
  if (prometheus !== undefined && promtool !== undefined) return { prometheus, promtool };
  const folder = join(config.cacheDir, PACKAGE);
  const there = await readdir(folder).catch(() => []);
  if (there.length === 0) await fetchInto(folder);
  return { prometheus: join(folder, 'prometheus'), promtool: join(folder, 'promtool') };
}

async function fetchInto(folder: string): Promise<void> {
  const [apt, dpkg] = await Promise.all([which('apt-get'), which('dpkg')]);
  if (apt === undefined || dpkg === undefined)
    throw new Unavailable('the alarms are tried by promtool, which is missing: install Prometheus');
  await mkdir(config.cacheDir, { recursive: true });
  const draft = await mkdtemp(`${folder}-`);
  try {
    let fetched = await run(apt, ['download', PACKAGE], { cwd: draft });
    if (fetched.code !== 0) {
      // Only root may ask for a newer list of what there is.
      await run(apt, ['update']);
      fetched = await run(apt, ['download', PACKAGE], { cwd: draft });
    }
    const archive = (await readdir(draft)).find((name) => name.endsWith('.deb'));
    if (archive === undefined)
      throw new Unavailable(`the package ${PACKAGE} could not be fetched; install Prometheus:\n${fetched.output}`);
    const { code, output } = await run(dpkg, ['--extract', archive, '.'], { cwd: draft });
    if (code !== 0) throw new Unavailable(`${archive} could not be unpacked:\n${output}`);
    // Whoever comes second finds the first one's folder in place, which is as good.
    await rename(join(draft, 'usr', 'bin'), folder).catch(() => undefined);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
