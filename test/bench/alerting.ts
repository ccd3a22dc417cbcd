/**
 * Rules as a country has them: five hundred of them over twenty thousand instances beside a room that counts, and how long it takes from
 * the event that crosses a limit to the inbox, to a real SMTP server and to a real webhook, with a group wait of 0.
 *
 *   npm run bench -- alerting [--rules 500] [--seconds 60] [--alerts 60]
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { type Alerts, localDay, membersOf, ruleSchema, validOn } from '@room/contract';
import { NATIONAL, send, submission } from '../harness/client.ts';
import { type CookieClient, firstAdministrator } from '../harness/cookies.ts';
import { openPost } from '../harness/post.ts';
import { type Room, startRoom } from '../harness/room.ts';
import { cpuSecondsOf } from './process-facts.ts';
import { print, quantile } from './report.ts';

const { values } = parseArgs({
  options: {
    rules: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '60' },
    alerts: { type: 'string', default: '60' },
  },
});
const RULES = Number(values.rules);
const SECONDS = Number(values.seconds);
const ALERTS = Number(values.alerts);
/** Of every hundred rules, so many are over services, which are more than provinces: forty instances a rule. */
const OF_SERVICES = 76;
const SETTLE_MS = 8_000;
/** Each look is a question to the room: more of them would be what is measured. */
const LOOK_MS = 200;
const PATIENCE_MS = 20_000;
const OTHERS_MS = 400;

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const today = localDay(Date.now(), catalogue.timeZone);
const label = { vi: 'để đo', en: 'a measurement' };
const about = { label, reason: label, owner: 'somebody' };
const above = (limit: number, window: object = { kind: 'today' }) => ({
  kind: 'threshold',
  measure: 'submitted',
  window,
  side: 'above',
  against: { kind: 'value', limit },
});

/** Rules that do not ring, of the kinds that are looked at each second. */
const quiet = Object.fromEntries(
  Array.from({ length: RULES }, (_, n) => {
    const over = { dim: n % 100 < OF_SERVICES ? 'service' : 'province' };
    const window = n % 10 === 0 ? { kind: 'last', minutes: 60 } : { kind: 'today' };
    return [`Q-${n}`, { ...about, severity: 'info', over, when: above(1e9 + n, window) }];
  }),
);
const instances = Object.values(quiet).reduce<number>(
  (sum, rule) => sum + membersOf(ruleSchema.parse(rule), catalogue, today).length,
  0,
);

/** CPU seconds of a room in so many seconds of its time, as a share of one core. */
async function coreOf(room: Room): Promise<number> {
  const { pid = 0 } = room;
  const before = await cpuSecondsOf(pid);
  const began = performance.now();
  await sleep(SECONDS * 1_000);
  return ((await cpuSecondsOf(pid)) - before) / ((performance.now() - began) / 1_000);
}

/** Seconds between two looks, as those who ask are told. */
async function cadence(administrator: CookieClient): Promise<number> {
  const at = async () => (await administrator.told<Alerts>('/v1/alerts')).evaluatedAt ?? 0;
  const first = await at();
  let last = first;
  let looks = 0;
  for (const began = performance.now(); performance.now() - began < SECONDS * 1_000; await sleep(500)) {
    const now = await at();
    if (now !== last) looks++;
    last = now;
  }
  return looks === 0 ? Number.POSITIVE_INFINITY : (last - first) / 1_000 / looks;
}

async function main(): Promise<void> {
  await using post = await openPost();
  const hooks = new Map<string, number>();
  const hook = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      for (const [, code] of body.matchAll(/"code":\s?"([^"]+)"/g))
        if (code !== undefined) hooks.set(code, performance.now());
      response.writeHead(200).end('noted');
    });
  });
  await new Promise<void>((resolve) => void hook.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/hook`;
  await using room = await startRoom({
    env: { SMTP_URL: post.url, MAIL_FROM: 'room@example.org', WEBHOOK_ALLOW: '127.0.0.1/32' },
  });
  const administrator = await firstAdministrator(room);
  await send(room, [submission('first', { count: 1 }, { source: NATIONAL })]);
  await sleep(SETTLE_MS);
  const idle = await coreOf(room);
  await administrator.told('/v1/rules/import', { rules: quiet });
  await sleep(SETTLE_MS);
  const busy = await coreOf(room);
  const between = await cadence(administrator);

  const provinces = catalogue.provinces.filter((unit) => validOn(unit, today));
  const codes = provinces.slice(0, ALERTS).map(({ id }) => id);
  await administrator.told('/v1/rules', {
    ...about,
    id: 'CROSSED',
    severity: 'critical',
    over: { dim: 'province', codes },
    when: above(1_000),
  });
  await administrator.told('/v1/receivers', {
    id: 'mailed',
    name: 'mailed',
    language: 'vi',
    to: { channel: 'mail', person: 'lan', address: 'duty@example.org' },
  });
  await administrator.told('/v1/receivers', {
    id: 'hooked',
    name: 'hooked',
    language: 'en',
    to: { channel: 'webhook', url, scope: 'all' },
  });
  await administrator.told('/v1/receivers/hooked/secret', {});
  const { version } = await administrator.told<{ version: number }>('/v1/routing');
  await administrator.told('/v1/routing', {
    version,
    routes: [
      {
        match: { rule: ['CROSSED'] },
        receivers: ['mailed', 'hooked'],
        groupBy: ['province', 'rule'],
        waitSeconds: 0,
        goesOn: false,
        escalation: [],
      },
    ],
  });
  await sleep(SETTLE_MS);
  // Beside others' events, which an event may have to wait with; and nobody watches a wall.
  const others = new AbortController();
  const trickle = (async () => {
    for (let n = 0; !others.signal.aborted; n++) {
      await send(room, [submission(`beside-${n}`, { count: 1 }, { source: NATIONAL })]).catch(() => undefined);
      await sleep(OTHERS_MS);
    }
  })();
  const times: Record<'inbox' | 'mail' | 'webhook', number[]> = { inbox: [], mail: [], webhook: [] };
  for (const [n, { id, code }] of provinces.slice(0, ALERTS).entries()) {
    const mails = post.got.length;
    const began = performance.now();
    await send(room, [submission(`crossing-${n}`, { province: code, count: 1_001 }, { source: NATIONAL })]);
    const seen: Partial<Record<keyof typeof times, number>> = {};
    while (Object.keys(seen).length < 3 && performance.now() - began < PATIENCE_MS) {
      const { alerts } = await administrator.told<Alerts>('/v1/alerts');
      const now = performance.now();
      if (alerts.some((alert) => alert.rule === 'CROSSED' && alert.code === id)) seen.inbox ??= now - began;
      if (post.got.length > mails) seen.mail ??= now - began;
      const at = hooks.get(id);
      if (at !== undefined) seen.webhook ??= at - began;
      await sleep(LOOK_MS);
    }
    if (seen.inbox === undefined || seen.mail === undefined || seen.webhook === undefined)
      process.stderr.write(
        `alerting: of ${id} there was told in ${PATIENCE_MS / 1_000} s: ${Object.keys(seen).join(', ')}\n`,
      );
    for (const name of ['inbox', 'mail', 'webhook'] as const) times[name].push(seen[name] ?? PATIENCE_MS);
  }
  others.abort();
  await trickle;
  hook.closeAllConnections();
  hook.close();
  const shown = (sorted: number[]): string => {
    sorted.sort((a, b) => a - b);
    return `p50 ${(quantile(sorted, 0.5) / 1_000).toFixed(2)} p95 ${(quantile(sorted, 0.95) / 1_000).toFixed(2)} s`;
  };
  const load = `${RULES} rules with ${instances} instances`;
  print('alerting', [
    {
      what: `CPU of a room with ${load}, looked at each ${between.toFixed(1)} s as it tells`,
      ours: `${busy.toFixed(3)} of a core`,
      peer: `the same room without them: ${idle.toFixed(3)}`,
      goal: 'at most 0.25 more, at most 15 s between two looks',
    },
    {
      what: `from the event that crosses a limit to the inbox, ${codes.length} alerts, nobody watching a wall; ${load}`,
      ours: shown(times.inbox),
      goal: 'p95 <= 3 s',
    },
    { what: 'the same to the SMTP server, group wait 0', ours: shown(times.mail), goal: 'p95 <= 5 s' },
    { what: 'the same to the webhook server, group wait 0', ours: shown(times.webhook), goal: 'p95 <= 5 s' },
  ]);
}

await main();
process.exit();
