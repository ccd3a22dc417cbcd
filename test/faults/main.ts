/**
 * `npm run faults [-- --kills 200 --seed TEXT --log embedded|kafka --hiccups 20]`: every fault once, many kills at random, the
 * broker suspended again and again, and each guard taken away. Ends with 1 when anything acknowledged was lost or counted twice, or when a control found nothing.
 */
import { parseArgs } from 'node:util';
import { machine } from '../bench/report.ts';
import { Unavailable } from '../harness/need.ts';
import { type Broker, startBroker } from '../kafka/broker.ts';
import { brokerOutage } from './broker.ts';
import { CONTROLS } from './controls.ts';
import { hiccups, LEADER_MS, SHOWN_MS } from './hiccup.ts';
import { byTable, inWords, type Tally, wrong } from './oracle.ts';
import { INSTANTS } from './orders.ts';
import type { Where } from './places.ts';
import { type Campaign, killedRooms, killedWorkers, type Toll } from './random.ts';
import * as scenarios from './scenarios.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: 'room' },
    log: { type: 'string' },
    hiccups: { type: 'string', default: '20' },
  },
});
const kills = Number(values.kills);
const { seed, log } = values;
const hiccupCount = Number(values.hiccups);
const OUTAGE_MS = 30_000;
const WATCHDOG_MS = 2_000;
/** Of the random kills of one log, those of whole rooms. */
const ROOMS = 0.4;
const EACH_KILLS = 10;
const DEFAULT_SESSION_MS = 10_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const row = (...cells: readonly (string | number)[]): void => say(`  ${cells.join(' | ')}`);
const failures: string[] = [];

function judge(what: string, isAsPromised: boolean): string {
  if (!isAsPromised) failures.push(what);
  return isAsPromised ? 'ok' : 'FAILED';
}

/** Runs one fault and says how it ended; an error is a failure like another, and no reason to withhold the rest. */
async function tell(what: string, run: () => Promise<{ isAsPromised: boolean; found: string }>): Promise<void> {
  const began = performance.now();
  const { isAsPromised, found } = await run().catch((error: Error) => ({ isAsPromised: false, found: error.message }));
  row(what, found, `${((performance.now() - began) / 1_000).toFixed(1)} s`, judge(what, isAsPromised));
}

/** `hasHappened` says whether the fault left the traces that it must leave: one that was none would prove nothing. */
const exact = <R extends { tallies: readonly Tally[] }>(
  what: string,
  run: () => Promise<R>,
  hasHappened: (result: R) => boolean = () => true,
): Promise<void> =>
  tell(what, async () => {
    const result = await run();
    const broken = inWords(result.tallies);
    const isReal = hasHappened(result);
    return {
      isAsPromised: broken === '' && isReal,
      found: `${result.tallies[0]?.acknowledged} acknowledged: ${broken || 'lost 0, double 0'}${isReal ? '' : '; the fault left no trace'}`,
    };
  });

async function faults(name: string, where: Where): Promise<void> {
  say(`\nfaults, ${name} log: fault | recount of the base table and every rollup | took`);
  for (const instant of INSTANTS)
    await exact(
      `SIGKILL ${instant}`,
      () => scenarios.killedAt(where, instant, { seed: `${seed} ${instant}` }),
      ({ reports }) => scenarios.replays(reports) === scenarios.replaysAfter(instant),
    );
  await exact(
    'answers lost, batches cut anew',
    () => scenarios.redelivered(where, { seed: `${seed} redelivered` }),
    ({ reports }) => scenarios.lostAnswers(reports).every((times) => times > 0),
  );
  await exact('the same ids again', () => scenarios.sentAgain(where, { seed: `${seed} again` }));
  await exact('position back to the first', () => scenarios.rewound(where, { seed: `${seed} rewound` }));
  await exact('topic made again', () => scenarios.recreated(where, { seed: `${seed} recreated` }));
  await exact('an insert never answers', () => scenarios.stuck(where, 1, WATCHDOG_MS));
  await tell('no insert ever answers', async () => {
    const reason = await scenarios.hopeless(where, WATCHDOG_MS);
    return { isAsPromised: true, found: `the process asks to be ended: ${reason}` };
  });
  await exact('a member that was replaced wakes up', () =>
    scenarios.killedAt(where, 'between base and rollups', { stalls: true, watchdogMs: 3 * WATCHDOG_MS, seed }),
  );
}

async function onlyKafka(broker: Broker, where: Where): Promise<void> {
  await exact('topic made again under a running process', () => scenarios.recreatedAlive(where, { seed }));
  for (const instant of [undefined, 'before the insert', 'after the insert'] as const)
    await exact(
      `equal ids strewn over partitions, corrections before their originals, killed ${instant ?? 'never'}`,
      () => scenarios.strewnAbout(where, instant, { seed: `${seed} strewn` }),
      ({ moved, deferred }) => moved > 900 && deferred > 0,
    );
  await exact('an insert longer than the session timeout', () => scenarios.longInsert(where));
  await exact('a process suspended in mid-insert', () => scenarios.suspended(where));
  await exact('a rebalance in mid-insert', () => scenarios.rebalanced(where));
  await exact(`broker stopped for ${OUTAGE_MS / 1_000} s, killed, started`, () => brokerOutage(broker, OUTAGE_MS));
}

/** Suspends the broker for 2 to 20 s, each time a little longer; a leader must be back in time. */
async function suspended(broker: Broker): Promise<void> {
  if (hiccupCount === 0) return;
  const what = `broker suspended ${hiccupCount} times`;
  say(`\n${what}: a leader of pulse and forecasting is back, and an event is shown, after`);
  await tell(what, async () => {
    const stops = Array.from({ length: hiccupCount }, (_, n) => 2_000 + Math.round((18_000 * n) / hiccupCount));
    const found = await hiccups({
      broker,
      prefix: 'hiccups.',
      stops,
      sessionTimeout: DEFAULT_SESSION_MS,
      tell: ({ stoppedMs, leaderMs, shownMs }, n) =>
        row(`hiccup ${n}/${hiccupCount} of ${stoppedMs / 1_000} s`, `leader ${leaderMs} ms`, `event ${shownMs} ms`),
    });
    const slowest = Math.max(...found.map(({ leaderMs }) => leaderMs));
    const latest = Math.max(...found.map(({ shownMs }) => shownMs));
    return {
      isAsPromised: slowest < LEADER_MS && latest < SHOWN_MS,
      found: `slowest leader ${slowest} ms, latest event ${latest} ms`,
    };
  });
}

async function campaign(name: string, run: (it: Campaign) => Promise<Toll>, it: Omit<Campaign, 'tell'>): Promise<void> {
  if (it.kills === 0) return;
  const what = `${it.kills} random kills, ${name}`;
  say(`\n${what}, seed ${JSON.stringify(it.seed)}`);
  const began = performance.now();
  const each = (): string => `${((performance.now() - began) / 1_000 / it.kills).toFixed(1)} s a kill`;
  try {
    const { tallies, cutOff } = await run({
      ...it,
      tell: ({ kills, acknowledged, counted, cutOff }) => {
        if (kills % EACH_KILLS !== 0 && kills !== it.kills) return;
        const known = counted === undefined ? '' : `, ${counted} counted by its start`;
        row(`kill ${kills}/${it.kills}: ${acknowledged} acknowledged${known}, ${cutOff} ranges cut off and replayed`);
      },
    });
    say(`  table | acknowledged | counted | lost | double`);
    for (const { table, acknowledged, counted, lost, double } of byTable(tallies))
      row(table, acknowledged, counted, lost, double);
    row(`${cutOff} ranges were cut off and replayed`, each(), judge(what, wrong(tallies).length === 0));
  } catch (error) {
    row(what, (error as Error).message, judge(what, false));
  }
}

async function controls(): Promise<void> {
  say('\ncontrols: guard off | fault | what the recount finds then | took');
  for (const { guard, fault, run, breaks } of CONTROLS)
    await tell(`guard ${guard} off | ${fault}`, async () => {
      const { tallies, missed } = await run(undefined, { off: [guard], seed: `${seed} without ${guard}` });
      const isBroken = breaks.tables.every(
        (name) => (byTable(tallies).find(({ table }) => table === name)?.[breaks.what] ?? 0) > 0,
      );
      return {
        isAsPromised: missed.has(guard) && isBroken,
        found: inWords(tallies) || 'nothing: the suite is blind',
      };
    });
}

async function brokerOrNot(): Promise<Broker | undefined> {
  if (log === 'embedded') return undefined;
  try {
    return await startBroker();
  } catch (error) {
    if (!(error instanceof Unavailable) || log === 'kafka') throw error;
    say(`no Kafka broker, embedded log only: ${error.message}`);
    return undefined;
  }
}

async function main(): Promise<void> {
  const began = performance.now();
  say(await machine());
  await using broker = await brokerOrNot();
  const logs: [name: string, where: Where, broker: Broker | undefined][] = [];
  if (log !== 'kafka') logs.push(['embedded', undefined, undefined]);
  if (broker !== undefined) logs.push(['Kafka', { brokers: broker.brokers, prefix: 'faults.' }, broker]);
  for (const [name, where, own] of logs) {
    await faults(name, where);
    if (own !== undefined) {
      await onlyKafka(own, where);
      await suspended(own);
    }
  }
  const share = Math.ceil(kills / logs.length);
  for (const [name, where, own] of logs) {
    const rooms = Math.round(share * ROOMS);
    const it = { where, broker: own };
    await campaign(`rooms, ${name} log`, killedRooms, { ...it, kills: rooms, seed: `${seed} rooms ${name}` });
    await campaign(`counting processes, ${name} log`, killedWorkers, {
      ...it,
      kills: share - rooms,
      seed: `${seed} workers ${name}`,
    });
  }
  await controls();
  say(
    `\n${failures.length === 0 ? 'lost = 0, double = 0 in every table, and every control found its guard off' : `FAILED: ${failures.join('; ')}`}`,
  );
  say(
    `took ${((performance.now() - began) / 60_000).toFixed(1)} min; again: npm run faults -- --kills ${kills} --seed ${JSON.stringify(seed)}`,
  );
  process.exitCode = failures.length === 0 ? 0 : 1;
}

await main();
process.exit();
