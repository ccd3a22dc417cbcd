/** What a running room tells its operators: metrics, readiness, and one line in the log for every request that needs one. */
import type { ClientToServer, RoomName, ServerToClient } from '@room/contract';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NATIONAL, post, send, submission } from '../../harness/client.ts';
import { readiness, scrape } from '../../harness/metrics.ts';
import { freePort } from '../../harness/process.ts';
import { type Room, startRoom } from '../../harness/room.ts';

const PATIENCE = { timeout: 30_000 };

interface Line {
  msg: string;
  level: number;
  requestId?: string;
  [fact: string]: unknown;
}

const linesOf = (room: Room): Line[] =>
  room
    .logs()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);

let room: Room;
beforeAll(async () => {
  room = await startRoom({ env: { LOG_LEVEL: 'debug' } });
});
afterAll(() => room[Symbol.asyncDispose]());

describe('metrics', () => {
  it('are for operators only where walls are served', async () => {
    const asked = async (authorization?: string): Promise<number> =>
      (await fetch(`${room.url}/metrics`, authorization === undefined ? {} : { headers: { authorization } })).status;
    expect(await asked()).toBe(401);
    expect(await asked('Bearer wrong')).toBe(401);
    expect(await asked(`Bearer ${await room.key(NATIONAL)}`)).toBe(401);
    expect(await asked(`Bearer ${room.operatorToken}`)).toBe(200);
  });

  it('have a port of their own where one is set, and then no other', async () => {
    const port = String(await freePort());
    await using apart = await startRoom({ env: { OPERATIONS_PORT: port } });
    const operations = `http://127.0.0.1:${port}`;
    expect((await scrape(operations)).get('process_resident_memory_bytes')).toBeGreaterThan(1e6);
    expect((await scrape(operations)).get('room_disk_spare_bytes')).toBeGreaterThan(1e6);
    await expect(scrape(apart.url, apart.operatorToken)).rejects.toThrow('404');
    await expect.poll(() => readiness(operations), PATIENCE).toEqual({ status: 200, causes: [] });
    expect((await fetch(`${operations}/v1/snapshot`)).status).toBe(404);
  });

  it('and that is of this machine alone, wherever walls are served; there health says nothing of the room to strangers', async () => {
    const port = String(await freePort());
    await using apart = await startRoom({ env: { HOST: '0.0.0.0', OPERATIONS_PORT: port } });
    const line = linesOf(apart).find(({ msg }) => msg === 'listening');
    expect(line).toMatchObject({ operations: `http://127.0.0.1:${port}` });
    expect((await scrape(`http://127.0.0.1:${port}`)).get('process_resident_memory_bytes')).toBeGreaterThan(1e6);
    const { port: walls } = new URL(apart.url);
    expect(await (await fetch(`http://127.0.0.1:${walls}/healthz`)).json()).toEqual({ ok: true });
  });

  it('say what became of every event, on both sides of the log', async () => {
    const before = await scrape(room.url, room.operatorToken);
    // An alarm on the growth of a counter sees nothing of one that is born with its first case.
    for (const born of [
      'room_ingest_quarantined_total{code="unknown_code"}',
      'room_gateway_requests_total{status="401"}',
    ])
      expect([born, before.get(born)]).toEqual([born, 0]);
    await send(room, [submission('m-1'), submission('m-2'), submission('m-3', { procedure: 'DV99' })]);
    await send(room, [submission('m-1'), submission('m-4', { count: 'many' })]);
    await fetch(`${room.url}/v1/events`, { method: 'POST', body: '[]' });
    const grown = async (): Promise<Record<string, number>> => {
      const after = await scrape(room.url, room.operatorToken);
      const differences = [...after].map(([series, value]) => [series, value - (before.get(series) ?? 0)] as const);
      return Object.fromEntries(
        differences.filter(([series]) => /_total\{/.test(series) && series.startsWith('room_')),
      );
    };
    await expect.poll(grown, PATIENCE).toMatchObject({
      'room_gateway_requests_total{status="202"}': 2,
      'room_gateway_requests_total{status="401"}': 1,
      'room_gateway_events_total{result="accepted"}': 2,
      'room_gateway_events_total{result="duplicate"}': 1,
      'room_gateway_events_total{result="quarantined"}': 2,
      'room_ingest_events_total{result="counted"}': 2,
      'room_ingest_events_total{result="quarantined"}': 2,
      'room_ingest_quarantined_total{code="unknown_code"}': 1,
      'room_ingest_quarantined_total{code="invalid_field"}': 1,
    });
    const found = (series: string) => async () => (await scrape(room.url, room.operatorToken)).get(series);
    await expect.poll(found('room_log_lag_events{partition="0"}'), PATIENCE).toBe(0);
    await expect.poll(found('room_quarantine_waiting_events'), PATIENCE).toBe(2);
    await expect.poll(found('room_delivery_delay_seconds_count'), PATIENCE).toBeGreaterThan(0);
    await expect.poll(found('room_ingest_ranges_pending'), PATIENCE).toBe(0);
    expect(await found('room_ingest_insert_duration_seconds_count')()).toBeGreaterThan(0);
    expect(await found('room_pulse_publications_total')()).toBeGreaterThan(0);
    expect(await found('nodejs_eventloop_lag_p99_seconds')()).toBeGreaterThan(0);
  });

  it('say how old each source is, and of one that never reported that it never did', async () => {
    await send(room, [submission('s-1')]);
    const reporting = 'room_source_status{source="urn:portal:national",status="reporting"}';
    await expect.poll(async () => (await scrape(room.url, room.operatorToken)).get(reporting), PATIENCE).toBe(1);
    const found = await scrape(room.url, room.operatorToken);
    expect(found.get('room_source_staleness_seconds{source="urn:portal:national"}')).toBeLessThan(600);
    const other = 'source="urn:portal:province:01"';
    expect(found.get(`room_source_status{${other},status="never"}`)).toBe(1);
    expect(found.get(`room_source_status{${other},status="reporting"}`)).toBe(0);
    expect(found.has(`room_source_staleness_seconds{${other}}`)).toBe(false);
  });

  it('count viewers by what they look at, and those who had to ask again', async () => {
    const viewers: Socket<ServerToClient, ClientToServer>[] = [];
    const join = async (viewer: (typeof viewers)[number], name: RoomName): Promise<void> => {
      await viewer.emitWithAck('join', name);
    };
    const view = (): (typeof viewers)[number] => {
      const viewer: (typeof viewers)[number] = io(room.url, { transports: ['websocket'], forceNew: true });
      viewers.push(viewer);
      return viewer;
    };
    const seen = async (): Promise<(number | undefined)[]> => {
      const found = await scrape(room.url, room.operatorToken);
      return [
        ...['now', 'past', 'none'].map((where) => found.get(`room_viewers{room="${where}"}`)),
        found.get('room_viewer_resyncs_total'),
      ];
    };
    try {
      const [one, two] = [view(), view()];
      view();
      await join(one, 'now');
      await join(two, 'past:2026-01-01:2026-01-31');
      await expect.poll(seen, PATIENCE).toEqual([1, 1, 1, 0]);
      await join(one, 'now');
      await join(two, 'now');
      await expect.poll(seen, PATIENCE).toEqual([2, 0, 1, 1]);
    } finally {
      for (const viewer of viewers) viewer.disconnect();
    }
    await expect.poll(seen, PATIENCE).toEqual([0, 0, 0, 1]);
  });
});

describe('readiness', () => {
  it('says that the room starts, while it is alive already', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const seen = new Set<string>();
    let isStarted = false;
    const started = startRoom({ env: { PORT: String(port) } }).finally(() => {
      isStarted = true;
    });
    while (!isStarted)
      try {
        const { status, causes } = await readiness(url);
        const health = await fetch(`${url}/healthz`);
        seen.add(`${health.status} ${status} ${causes.join()}`);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
      }
    await using fresh = await started;
    expect([...seen]).toContain('200 503 starting');
    await expect.poll(() => readiness(fresh.url), PATIENCE).toEqual({ status: 200, causes: [] });
    const health = (await (await fetch(`${fresh.url}/healthz`)).json()) as Record<string, unknown>;
    expect(health).toEqual({ ok: true, pulseAgeMs: expect.any(Number), pending: 0 });
  });

  it('says that counting is behind while more waits than may, and no longer once it caught up', async () => {
    await using slow = await startRoom({ env: { MAX_PENDING: '1' } });
    await expect.poll(() => readiness(slow.url), PATIENCE).toEqual({ status: 200, causes: [] });
    const seen = new Set<string>();
    let isEnough = false;
    const portal = async (name: string): Promise<void> => {
      for (let n = 0; !isEnough; n++)
        await post(
          slow,
          Array.from({ length: 1_000 }, (_, at) => submission(`${name}-${n}-${at}`)),
        );
    };
    const portals = Promise.all(['a', 'b', 'c'].map(portal));
    try {
      for (const end = Date.now() + PATIENCE.timeout; Date.now() < end && !seen.has('503 behind'); ) {
        const { status, causes } = await readiness(slow.url);
        seen.add(`${status} ${causes.join()}`);
      }
    } finally {
      isEnough = true;
      await portals;
    }
    expect([...seen]).toContain('503 behind');
    await expect.poll(() => readiness(slow.url), PATIENCE).toEqual({ status: 200, causes: [] });
  });
});

describe('the log', () => {
  const line = (requestId: string | null) => () => linesOf(room).find((it) => it.requestId === requestId);

  it('has one line for an accepted batch, a refused request and an answered one, under the id that its sender knows', async () => {
    const headers = { authorization: `Bearer ${await room.key(NATIONAL)}`, 'content-type': 'application/json' };
    const body = JSON.stringify([submission('l-1'), submission('l-2', { procedure: 'DV99' })]);
    const ask = (id: string, more: RequestInit = {}): Promise<Response> =>
      fetch(`${room.url}/v1/events`, { method: 'POST', body, ...more, headers: { ...headers, 'x-request-id': id } });
    const accepted = await ask('portal-7:4711');
    expect([accepted.status, accepted.headers.get('x-request-id')]).toEqual([202, 'portal-7:4711']);
    await expect.poll(line('portal-7:4711'), PATIENCE).toMatchObject({
      msg: 'batch accepted',
      level: 20,
      portal: NATIONAL,
      status: 202,
      accepted: 1,
      quarantined: 1,
      ms: expect.any(Number),
    });
    const refused = await ask('portal-7:4712', { body: '{' });
    expect(refused.status).toBe(400);
    await expect
      .poll(line('portal-7:4712'), PATIENCE)
      .toMatchObject({ msg: 'request refused', level: 30, code: 'not_json' });
    await fetch(`${room.url}/v1/catalogue`, { headers: { 'x-request-id': 'page-1' } });
    await expect.poll(line('page-1'), PATIENCE).toMatchObject({ msg: 'request answered', level: 20, status: 200 });
    const own = (await ask('two words')).headers.get('x-request-id');
    expect(own).toMatch(/^[\da-f-]{36}$/);
    await expect.poll(line(own), PATIENCE).toBeDefined();
  });

  it('never holds a key, a token or an event', async () => {
    const secrets = ['room_a-stolen-key', room.operatorToken, await room.key(NATIONAL), 'Trần Thị Bí Mật'];
    const [stolen = '', , , citizen = ''] = secrets;
    const ask = async (authorization: string, body: string, path = '/v1/events'): Promise<void> => {
      const headers = { authorization, 'content-type': 'application/json', 'x-request-id': 'secret' };
      await fetch(`${room.url}${path}`, { method: 'POST', body, headers });
    };
    const key = `Bearer ${await room.key(NATIONAL)}`;
    await ask(`Bearer ${stolen}`, '[]');
    // What is no JSON is quoted in the parser's own message.
    await ask(key, `[${citizen}]`);
    await ask(key, JSON.stringify([submission('p-1', { citizen })]));
    await ask(key, JSON.stringify([submission('p-2', { procedure: citizen })]));
    await ask(key, JSON.stringify({ name: citizen }));
    await ask(
      `Bearer ${room.operatorToken}`,
      JSON.stringify({ quarantineId: citizen }),
      '/v1/operator/quarantine/replay',
    );
    await scrape(room.url, room.operatorToken);
    await expect
      .poll(
        async () => (await scrape(room.url, room.operatorToken)).get('room_log_lag_events{partition="0"}'),
        PATIENCE,
      )
      .toBe(0);
    await expect.poll(() => linesOf(room).filter(({ requestId }) => requestId === 'secret').length, PATIENCE).toBe(6);
    for (const secret of secrets) expect(room.logs()).not.toContain(secret);
  });
});
