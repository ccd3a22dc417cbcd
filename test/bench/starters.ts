/**
 * How often each rule that a new room begins with would have rung, a unit and month, over a simulated quarter with its outages, by the
 * room's own backtest. Of who is silent, and of coverage, a history that is sent at once says nothing: portals then report when
 * something happened, live ones each few minutes. Those are left to the live room.
 *
 *   npm run bench -- starters [--history 90] [--rate 1.5]
 */
import { parseArgs } from 'node:util';
import { type Backtest, type KeptRule, triedRuleSchema } from '@room/contract';
import { startNational } from './national.ts';
import { print } from './report.ts';

const { values } = parseArgs({
  options: { history: { type: 'string', default: '90' }, rate: { type: 'string', default: '1.5' } },
});
const HOUR = 3_600_000;
const MONTH = 30 * 24 * HOUR;
/** What no history tells, as of links, whose last hour alone is looked at. */
const LIVE_ONLY = new Set(['silent', 'freshness', 'coverage']);
const QUIET = 'at most 0.5 a unit and month';

await using portals = await startNational(Number(values.rate), { history: Number(values.history), calm: false });
const { room } = portals;
const headers = { cookie: 'room-look=administer', 'content-type': 'application/json', origin: room.url };

async function asked<T>(path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${room.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

const { rules } = await asked<{ rules: KeptRule[] }>('/v1/rules');
for (const rule of rules.sort((a, b) => a.id.localeCompare(b.id))) {
  const { over, when, forSeconds, keepSeconds } = rule;
  const what = `${rule.id} ${rule.label.en}, a unit and month`;
  if (LIVE_ONLY.has(when.kind) || over.dim === 'link') {
    print('starters', [{ what, ours: 'a simulated past does not tell', goal: QUIET }]);
    continue;
  }
  const tried = triedRuleSchema.parse({ over, when, forSeconds, keepSeconds });
  const { from, step, steps, series, rings } = await asked<Backtest>('/v1/rules/backtest', { rule: tried });
  const to = from + steps * step;
  const spans = rings.map((ring) => ((ring.to ?? to) - ring.from) / HOUR).sort((a, b) => a - b);
  const each = rings.length / series.length / ((to - from) / MONTH);
  const long = spans.length === 0 ? '' : `, half of them longer than ${spans[spans.length >> 1]?.toFixed(0)} h`;
  print('starters', [
    {
      what,
      ours: `${each.toFixed(2)}: ${rings.length} of ${new Set(rings.map(({ code }) => code)).size} of ${series.length} units in ${((to - from) / HOUR / 24).toFixed(0)} days${long}`,
      goal: QUIET,
    },
  ]);
}
process.exit();
