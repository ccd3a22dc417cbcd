// `npm test [-- pattern …]`: brings what is missing, then checks types and style, then runs the tests. With a pattern only the
// matching test files run. `npm run test:unit`: those alone that start no process.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';
import {
  buildWeb,
  checkNode,
  endAll,
  exitWithParent,
  install,
  onEnd,
  report,
  root,
  run,
  say,
  typescript,
} from '../server/bootstrap.mjs';

const OLDEST_JAVA = 17;
const UNIT = '--unit';
const ci = /^(1|on|true)$/i.test(process.env.CI || '');
const counts = { passed: 0, failed: 0, skipped: 0 };
let stopping = false;

// ---- what is missing

function onPath(...names) {
  const folders = (process.env.PATH || '').split(delimiter);
  return names.some((name) => folders.some((folder) => folder && existsSync(join(folder, name))));
}

async function hasJava() {
  const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
  const { output } = await run(java, ['-version']);
  const version = /version "(\d+)/.exec(output);
  return version !== null && Number(version[1]) >= OLDEST_JAVA;
}

function hasBrowser() {
  if (onPath('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable')) return true;
  const { chromium } = createRequire(join(root, 'test', 'package.json'))('playwright-core');
  return existsSync(chromium.executablePath());
}

async function apt(...packages) {
  say(`installing ${packages.join(', ')} by apt-get …`);
  const { code, output } = await run('apt-get', ['install', '-y', '--no-install-recommends', ...packages], {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (code !== 0) console.error(output.trimEnd().split('\n').slice(-5).join('\n'));
  return code === 0;
}

async function bringTools() {
  const own = !process.env.KAFKA_BROKERS;
  const java = !own || (await hasJava());
  const maven = !own || onPath('mvn', 'mvn.cmd');
  if (!java || !maven || !hasBrowser()) {
    const system = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
    const debian = /^ID=debian$/m.test(system);
    const canApt =
      onPath('apt-get') && (debian || /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(system)) && process.getuid() === 0;
    if (canApt) {
      say('asking apt-get what there is …');
      await run('apt-get', ['update']);
      if (!java && !(await apt('openjdk-17-jre-headless'))) await apt('default-jre-headless');
      if (!maven) await apt('maven');
      // Ubuntu's package of that name is only a pointer to a snap.
      if (!hasBrowser() && debian) await apt('chromium');
    } else if (!java || !maven) {
      say(`no Java ${OLDEST_JAVA} or no Maven; the tests on a real Kafka broker will be skipped`);
      console.log('remedy: install a JRE (17 or newer) and Maven, or set KAFKA_BROKERS to a broker for tests');
    }
    if (!hasBrowser()) {
      say("installing Playwright's Chromium …");
      const cli = join(root, 'test', 'node_modules', 'playwright-core', 'cli.js');
      const { code, output } = await run(process.execPath, [cli, 'install', 'chromium']);
      if (code !== 0) {
        console.error(output.trimEnd().split('\n').slice(-5).join('\n'));
        console.log('remedy: install Chromium or Chrome; until then the tests in a browser will be skipped');
      }
    }
  }
  if (own && !stopping) {
    const { code, output } = await run(process.execPath, [...typescript(), 'test/kafka/fetch.ts']);
    if (code !== 0) say(`no Kafka broker: ${output.trimEnd()}`);
  }
  for (const [name, main] of [
    ['Prometheus', 'test/prometheus/fetch.ts'],
    ['PostgreSQL', 'test/postgres/fetch.ts'],
  ]) {
    if (stopping) return;
    const { code, output } = await run(process.execPath, [...typescript(), main]);
    if (code !== 0) say(`no ${name}: ${output.trimEnd()}`);
  }
}

// ---- checks and tests

async function check(name, args, cwd = root) {
  const began = Date.now();
  const { code, output } = await run(process.execPath, args, { cwd });
  if (stopping) return;
  if (code === 0) counts.passed++;
  else counts.failed++;
  say(`${name}: ${code === 0 ? 'clean' : 'FAILED'} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  if (code !== 0) console.log(output.trimEnd());
}

/** A wall that cannot be built is a failure like another, and no reason to withhold the rest. */
async function wall() {
  try {
    await buildWeb();
  } catch (error) {
    if (stopping) return;
    counts.failed++;
    report(error);
  }
}

async function checks() {
  const bin = (...path) => join(root, ...path);
  say('checking types and style …');
  await Promise.all([
    check('types', [bin('node_modules', 'typescript', 'bin', 'tsc'), '-p', '.']),
    check(
      'types of the wall',
      [bin('web', 'node_modules', 'vue-tsc', 'bin', 'vue-tsc.js'), '--noEmit', '-p', '.'],
      bin('web'),
    ),
    check('style', [bin('node_modules', '@biomejs', 'biome', 'bin', 'biome'), 'check', '--error-on-warnings']),
  ]);
}

async function tests(args) {
  say(`running the tests${args.length > 0 ? ` (${args.join(' ')})` : ''} …`);
  const file = join(root, 'node_modules', '.cache', 'operations-room', `tests-${process.pid}.json`);
  const vitest = join(root, 'test', 'node_modules', 'vitest', 'vitest.mjs');
  const env = { ROOM_TEST_REPORT: file };
  if (process.stdout.isTTY) env.FORCE_COLOR = '1';
  const { code } = await run(
    process.execPath,
    [...exitWithParent, vitest, 'run', '--config', 'test/vitest.config.ts', ...args],
    {
      env,
      ipc: true,
      onLine: (line) => console.log(line),
    },
  );
  if (stopping) return;
  const told = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : { passed: 0, failed: 0, skipped: [], faults: [] };
  rmSync(file, { force: true });
  for (const { name, reason } of told.skipped) {
    console.log(
      `${ci ? 'FAILED, because in CI nothing is skipped' : 'skipped'}: ${name}: ${reason || 'no reason given'}`,
    );
  }
  for (const { name, message } of told.faults) console.log(`FAILED: ${name}\n${message.replace(/^/gm, '  ')}`);
  counts.passed += told.passed;
  counts.failed += told.failed;
  if (ci) counts.failed += told.skipped.length;
  else counts.skipped += told.skipped.length;
  if (code !== 0 && told.failed === 0) counts.failed++;
}

async function main() {
  checkNode();
  const args = process.argv.slice(2);
  const isUnit = args[0] === UNIT;
  await install();
  if (!stopping && !isUnit) await wall();
  if (!stopping && !isUnit) await bringTools();
  if (!stopping && args.length === 0) await checks();
  // Unit tests wait for nothing.
  const unit = ['--project', 'unit', `--maxWorkers=${availableParallelism()}`];
  if (!stopping) await tests(isUnit ? [...unit, ...args.slice(1)] : args);
  if (stopping) return;
  say('done');
  const { passed, failed, skipped } = counts;
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

onEnd(async () => {
  if (stopping) return endAll(0);
  stopping = true;
  await endAll(30_000);
  process.exit(130);
});

main().catch(async (error) => {
  if (stopping) return;
  stopping = true;
  await endAll();
  report(error);
  console.log(`${counts.passed} passed, ${counts.failed + 1} failed`);
  process.exitCode = 1;
});
