/** What stands ready for operators: alarms, scrape configuration and dashboard, tried by Prometheus' own tools on a real room. */
import { spawn } from 'node:child_process';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { send, submission } from '../harness/client.ts';
import { scrape } from '../harness/metrics.ts';
import { orSkip } from '../harness/need.ts';
import { endProcess, freePort, guard, run } from '../harness/process.ts';
import { ROOT } from '../harness/program.ts';
import { type Room, startRoom } from '../harness/room.ts';
import { tempDir } from '../harness/temp.ts';
import { prometheusTools } from '../prometheus/tools.ts';

const PATIENCE = { timeout: 30_000, interval: 250 };
const MONITORING = join(ROOT, 'server', 'monitoring');
const DASHBOARD = 'grafana/dashboards/operations-room.json';
const file = (name: string): Promise<string> => readFile(join(MONITORING, name), 'utf8');

interface Rule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; do: string };
}
const rules = (parse(await file('rules.yml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);

interface Panel {
  title: string;
  description?: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string }[];
}
const dashboard = JSON.parse(await file(DASHBOARD)) as { uid: string; panels: Panel[] };
const shown = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

const metricsIn = (expressions: readonly string[]): string[] => [
  ...new Set(expressions.flatMap((expression) => expression.match(/\b(room|process|nodejs)_\w+/g) ?? [])),
];

describe('the files', () => {
  it.for(['rules.yml', 'prometheus.yml', 'prometheus.embedded.yml', 'prometheus.kubernetes.yml'])(
    '%s is what Prometheus takes',
    async (name, context) => {
      const { promtool } = await orSkip(context, prometheusTools());
      await using folder = await tempDir('check');
      // Debian's own is built without what asks a Kubernetes.
      const text = (await file(name)).replace(/kubernetes_sd_configs: .*/, 'static_configs: []');
      await writeFile(join(folder.path, name), text);
      await copyFile(join(MONITORING, 'rules.yml'), join(folder.path, 'rules.yml'));
      const check = name === 'rules.yml' ? ['check', 'rules'] : ['check', 'config', '--syntax-only'];
      const { code, output } = await run(promtool, [...check, name], { cwd: folder.path });
      expect([code, output]).toEqual([0, expect.stringContaining('SUCCESS')]);
    },
  );

  it('the alarms ring when they should, and no other time', async (context) => {
    const { promtool } = await orSkip(context, prometheusTools());
    const { code, output } = await run(promtool, ['test', 'rules', 'rules.test.yml'], { cwd: MONITORING });
    expect([code, output]).toEqual([0, expect.stringContaining('SUCCESS')]);
    const tried = await file('rules.test.yml');
    for (const { alert } of rules) expect([alert, tried.includes(`alertname: ${alert}`)]).toEqual([alert, true]);
  });

  it('each alarm says how grave it is, what it means and what to do', () => {
    expect(rules.length).toBeGreaterThan(12);
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { alert, labels, annotations } of rules) {
      expect([alert, labels.severity]).toEqual([alert, expect.stringMatching(/^(critical|warning|info)$/)]);
      expect([alert, annotations.summary.length > 10, annotations.do.length > 10]).toEqual([alert, true, true]);
    }
  });

  it('no panel of the dashboard lies over another, and each asks something', () => {
    const taken = new Set<string>();
    for (const { title, gridPos, targets } of dashboard.panels) {
      expect([title, (targets ?? []).length > 0]).toEqual([title, true]);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect([title, taken.has(`${x} ${y}`), x < 24]).toEqual([title, false, true]);
          taken.add(`${x} ${y}`);
        }
    }
  });
});

/** A Prometheus with our own configuration for one process, each second, at an address of its own. */
async function startPrometheus(program: string, room: Room) {
  const folder = await tempDir('prometheus');
  const port = await freePort();
  const configuration = (await file('prometheus.embedded.yml'))
    .replaceAll(': 15s', ': 1s')
    .replace('/var/lib/operations-room', room.dataDir)
    .replace('127.0.0.1:3000', new URL(room.url).host);
  await copyFile(join(MONITORING, 'rules.yml'), join(folder.path, 'rules.yml'));
  await writeFile(join(folder.path, 'prometheus.yml'), configuration);
  const child = spawn(
    program,
    [
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=data',
      '--log.level=warn',
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { cwd: folder.path, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const unguard = guard(child.pid ?? 0, folder.path);
  return {
    ask: async <T>(path: string): Promise<T> => {
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`);
      return ((await response.json()) as { data: T }).data;
    },
    [Symbol.asyncDispose]: async () => {
      await endProcess(child);
      unguard();
      await folder[Symbol.asyncDispose]();
    },
  };
}

it('a real Prometheus reads a real room, and rings for its first bad event', { timeout: 120_000 }, async (context) => {
  const { prometheus: program } = await orSkip(context, prometheusTools());
  await using room = await startRoom({ env: { OPERATOR_TOKEN: '' } });
  const token = (await readFile(join(room.dataDir, 'operator-token'), 'utf8')).trim();
  await using prometheus = await startPrometheus(program, room);
  const up = async (): Promise<string | undefined> =>
    (await prometheus.ask<{ result: { value: [number, string] }[] }>('query?query=up')).result[0]?.value[1];
  await expect.poll(() => up().catch(() => undefined), PATIENCE).toBe('1');

  const asked = await prometheus.ask<{ groups: { rules: { name: string; health: string; lastError?: string }[] }[] }>(
    'rules',
  );
  expect(asked.groups.flatMap((group) => group.rules).length).toBe(rules.length);
  const ill = async () =>
    (await prometheus.ask<typeof asked>('rules')).groups
      .flatMap((group) => group.rules)
      .filter(({ health }) => health !== 'ok');
  await expect.poll(ill, PATIENCE).toEqual([]);
  const ringing = async (): Promise<string[]> =>
    (await prometheus.ask<{ alerts: { state: string; labels: { alertname: string } }[] }>('alerts')).alerts
      .filter(({ state }) => state === 'firing')
      .map(({ labels }) => labels.alertname);
  const counted = `query?query=${encodeURIComponent('count_over_time(room_ingest_events_total{result="quarantined"}[1m])')}`;
  await expect
    .poll(
      async () =>
        Number((await prometheus.ask<{ result: { value: [number, string] }[] }>(counted)).result[0]?.value[1]),
      PATIENCE,
    )
    .toBeGreaterThan(1);
  // A small disk is the machine's own affair.
  expect((await ringing()).filter((name) => name !== 'RoomDiskShort')).toEqual([]);
  await send(room, [submission('bad', { procedure: 'nothing' })]);
  await expect.poll(ringing, PATIENCE).toContain('RoomEventsQuarantined');

  await send(room, [submission('good')]);
  // This one speaks no TLS: tls.test.ts reads the metric of one that does.
  const named = metricsIn([...rules.map(({ expr }) => expr), ...shown]).filter((name) => !name.startsWith('room_tls_'));
  expect(named.length).toBeGreaterThan(20);
  const unknown = async (): Promise<string[]> => {
    const known = new Set([...(await scrape(room.url, token)).keys()].map((series) => series.replace(/\{.*/, '')));
    return named.filter((name) => !known.has(name));
  };
  await expect.poll(unknown, PATIENCE).toEqual([]);
});
