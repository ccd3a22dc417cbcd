/** The simulated portals of a room that is photographed: which of them report is said from picture to picture. */
import { setTimeout as sleep } from 'node:timers/promises';
import { addDays, type Catalogue, localDay, startOfDay } from '@room/contract';
import { send, submission } from '../../harness/client.ts';
import type { Room } from '../../harness/room.ts';
import { historyEvents } from '../../portal/history.ts';
import { HttpTransport } from '../../portal/http.ts';
import { Live } from '../../portal/live.ts';
import { type SimEvent, worldOf } from '../../portal/model.ts';
import priors from '../../portal/priors.json' with { type: 'json' };
import { rateOf } from '../../portal/rate.ts';

const SEED = 1;
const TICK = 250;
const MINUTE = 60_000;

export interface Portals extends AsyncDisposable {
  /** Sends what these portals had from `since` to `until` (milliseconds since 1970 UTC) in the running day and `days` before it. */
  history(days: number, until: number, sources: ReadonlySet<string>, since?: number): Promise<void>;
  /** A count for each of the `days` local days before `before`: long ago is known by days alone. */
  longAgo(days: number, before: string): Promise<void>;
  /** From now on these portals report, and no others. */
  report(sources: ReadonlySet<string>): void;
}

export async function openPortals(room: Room, catalogue: Catalogue): Promise<Portals> {
  const stop = new AbortController();
  const sources = catalogue.sources.map(({ id }) => id);
  const keys = new Map(await Promise.all(sources.map(async (id) => [id, await room.key(id)] as const)));
  const transport = new HttpTransport({
    url: room.url,
    keys,
    stop: stop.signal,
    note: (text) => process.stderr.write(`portals: ${text}\n`),
  });
  const world = worldOf(catalogue, priors, SEED, localDay(Date.now(), catalogue.timeZone));
  const rate = rateOf(catalogue, priors, SEED);
  let reporting: ReadonlySet<string> = new Set();
  const of = (events: readonly SimEvent[], who: ReadonlySet<string>): SimEvent[] =>
    events.filter(({ source }) => who.has(source));

  const live = new Live({ world, rate, start: Date.now(), volume: 1, speed: 1, calm: true });
  const running = (async () => {
    while (!stop.signal.aborted) {
      await transport.send(of(live.advance(Date.now()), reporting), true);
      await sleep(TICK, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  })();

  return {
    async history(days, until, who, since = 0) {
      const covered = [{ from: 0, to: since }];
      for (const events of historyEvents({ world, rate, days, until: until - (until % MINUTE), volume: 1, covered }))
        await transport.send(of(events, who), false);
      await transport.flush();
    },
    async longAgo(days, before) {
      const events = Array.from({ length: days }, (_, back) => {
        const day = addDays(before, -1 - back);
        const occurredAt = new Date(startOfDay(day, catalogue.timeZone) + 10 * 60 * MINUTE).toISOString();
        return submission(`long-ago-${day}`, { occurredAt, count: Math.round(rate.ofDay(day)) }, { simulated: true });
      });
      await send(room, events);
    },
    report(who) {
      reporting = who;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running.catch(() => undefined);
      await transport[Symbol.asyncDispose]();
    },
  };
}
