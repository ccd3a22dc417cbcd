/** How long test files may take: whoever changes something waits for the longest of them. */

export const LIMIT_MS = 60_000;
/** Machines differ by half: what is told from the limit on fails a run only from here on. */
export const FAILING_MS = 2 * LIMIT_MS;

/** Processes that want a core for each core there is, beyond which a machine has others to serve and its times mean nothing. */
const CROWDED = 3;

export const isCrowded = (load: number, cores: number): boolean => load > CROWDED * cores;

/** Files that may take longer, and why they cannot be split or hurried; they are begun first, in this order. */
export const LONGER: Readonly<Record<string, string>> = {
  'test/cluster.test.ts':
    'one set of servers, workers, broker and engine for all of it; waits for sessions of a group to end',
  'test/stop.test.ts': 'sends signals at many moments of a start and a stop, each of a whole room',
  'test/faults/stuck.test.ts': 'waits for a watchdog, and for members of a group to be thrown out',
  'test/faults/controls.test.ts': 'each guard taken away once, on processes of their own',
  'test/faults/disk.test.ts': 'fills disks, and waits until there is space again',
  'test/server/tail.test.ts': 'kills servers, and waits for the sessions of those that died to end',
  'test/web/tiles/TargetsTile.test.ts': 'one picture for each size of a wall, in one browser',
  'test/pipelines/warehouse/upgrade.test.ts': 'upgrades from each earlier schema, with ranges that were cut off',
  'test/faults/log.test.ts': 'kills processes in the middle of appends',
  'test/faults/kills.test.ts': 'kills at each instant of an insert, on both logs',
  'test/server/rights.test.ts': 'thousands of requests, most of them by those who share a small lane',
  'test/server/gateway.test.ts': 'one room and one broker, which is away for a while, for all of it',
  'test/faults/random.test.ts': 'kills rooms and counting processes, and starts each again, on both logs',
  'test/faults/broker.test.ts': 'a broker stands still for longer than a room waits, and is then killed',
  'test/web/pages/screens.test.ts': 'waits as walls and people do, in one browser, at each size and in both languages',
  'test/web/pages/scenes.test.ts': 'watches screens change several times, and one fall silent',
  'test/server/displays/displays.test.ts': 'starts its room three times: what was made and told is kept',
  'test/server/screens-apart.test.ts': 'waits for half a minute without a database, and starts five rooms',
  'test/server/backup.test.ts': 'every backup and restore is a command, a room and a recount',
  'test/web/pages/provider.test.ts':
    'waits until a provider that was away is asked again, and goes to it and back in browsers',
  'test/web/pages/alerts.test.ts': 'each page of alerts in both languages, grounds and sizes, in one browser',
  'test/web/pages/services.test.ts': 'the board, the leaders and the schedule, each once what was sent is counted',
  'test/web/pages/directives.test.ts':
    'walks one alert to its end in two browsers, and each page in both languages, grounds and sizes',
  'test/server/notify/notifier.test.ts': 'waits for receivers that hang, and for waits between retries',
  'test/server/operations/broker.test.ts': 'waits for a broker that hangs, goes and comes back',
  'test/web/photograph/layouts.test.ts': 'photographs each layout at two sizes in both languages',
  'test/web/access.test.ts': 'judges each page in both languages and grounds, and waits for what is told',
  'test/web/pages/explore/explore.test.ts': 'asks in a browser as an analyst would, each step on the one before',
  'test/web/pages/routes.test.ts':
    'each part of the page of routes in both languages and sizes, with a receiver that answers',
  'test/web/pages/links.test.ts':
    'the page of links in both languages, grounds and sizes, and its scene, in one browser',
  'test/server/links/links.test.ts': 'a room with a catalogue of its own, and waits for rules to be looked at',
  'test/server/alerts/away.test.ts': 'a database that is away for half a minute, and a room that is killed then',
  'test/server/alerts/alerts.test.ts': 'waits for a portal to fall silent, and for a server that was killed',
  'test/web/pages/explore/happened.test.ts':
    'writes in a browser, changes and takes back what happened, as a person would',
  'test/web/pages/explore/crossed.test.ts': 'crosses dimensions in a browser by hand and by keys, at each size',
  'test/web/pages/explore/touch.test.ts': 'a finger, answers that are held back, and two maps, each a page of its own',
  'test/web/pages/explore/foreseen.test.ts': 'waits until the first forecast of a room is made',
  'test/pipelines/ingest/standstill.test.ts': 'waits for a watchdog, and for inserts that take longer than it',
};

export interface FileTime {
  file: string;
  /** Milliseconds from loading it to its last hook. */
  ms: number;
}

/** One line a file, the longest first. */
export function inLines(times: readonly FileTime[]): string[] {
  return [...times]
    .sort((a, b) => b.ms - a.ms)
    .map(({ file, ms }) => `${(ms / 1_000).toFixed(1).padStart(7)} s  ${file}`);
}

/** A sentence for each file that took too long without a reason. */
export function tooLong(
  times: readonly FileTime[],
  limitMs = LIMIT_MS,
  longer: Readonly<Record<string, string>> = LONGER,
): string[] {
  return times
    .filter(({ file, ms }) => ms > limitMs && longer[file] === undefined)
    .map(
      ({ file, ms }) =>
        `${file} took ${Math.round(ms / 1_000)} s: a file over ${LIMIT_MS / 1_000} s is split, or listed with a reason in test/harness/times.ts`,
    );
}
