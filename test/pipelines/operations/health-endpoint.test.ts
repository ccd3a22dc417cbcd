import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { type Cause, createRegistry, HealthEndpoint, listen, operatorsServer } from '@room/operations';
import { expect, it } from 'vitest';
import { readiness, scrape } from '../../harness/metrics.ts';

it('is up from the first moment to the last, and says the same in readiness and metrics', async () => {
  const health = new HealthEndpoint(createRegistry());
  const http = operatorsServer(health.listener);
  const url = await listen(http, { host: '127.0.0.1', port: 0, setting: 'HEALTH_PORT' });
  const told = async (): Promise<unknown[]> => {
    const series = [...(await scrape(url))].filter(([it]) => /^room_(not_)?ready/.test(it));
    return [await readiness(url), Object.fromEntries(series)];
  };
  const unready = (code: string): unknown[] => [
    { status: 503, causes: [code] },
    { room_ready: 0, [`room_not_ready{cause="${code}"}`]: 1 },
  ];
  try {
    expect(await told()).toEqual(unready('starting'));
    const causes: Cause[] = [{ code: 'behind', reason: 'too much waits', remedy: 'wait' }];
    health.open({ health: () => ({ pending: 7 }), causes: () => causes });
    expect(await told()).toEqual(unready('behind'));
    causes.push({ code: 'behind', reason: 'another part says so too', remedy: 'wait' });
    expect(await told()).toEqual(unready('behind'));
    causes.splice(0);
    expect(await told()).toEqual([{ status: 200, causes: [] }, { room_ready: 1 }]);
    // What it can do without is told, and turns nobody away.
    const minor = { code: 'database', reason: 'it does not answer', remedy: 'look there', isMinor: true } as const;
    causes.push(minor);
    expect(await told()).toEqual([
      { status: 200, causes: ['database'] },
      { room_ready: 1, 'room_not_ready{cause="database"}': 1 },
    ]);
    causes.push({ code: 'behind', reason: 'too much waits', remedy: 'wait' });
    expect(await told()).toEqual([
      { status: 503, causes: ['database', 'behind'] },
      { room_ready: 0, 'room_not_ready{cause="database"}': 1, 'room_not_ready{cause="behind"}': 1 },
    ]);
    causes.splice(0);
    health.close();
    expect(await told()).toEqual(unready('stopping'));
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ ok: true, pending: 7 });
    for (const path of ['/healthz', '/readyz', '/metrics'])
      for (const method of ['POST', 'DELETE']) {
        const refused = await fetch(`${url}${path}`, { method, body: 'x'.repeat(100_000) });
        expect([path, method, refused.status, refused.headers.get('allow')]).toEqual([path, method, 405, 'GET, HEAD']);
        expect(await refused.json()).toMatchObject({ error: { code: 'method_not_allowed' } });
      }
    expect((await fetch(`${url}/elsewhere`, { method: 'POST' })).status).toBe(404);
  } finally {
    http.close();
    http.closeAllConnections();
  }
});

it('names the setting whose port is taken', async () => {
  const first = createServer();
  const url = await listen(first, { host: '127.0.0.1', port: 0, setting: 'PORT' });
  const port = Number(new URL(url).port);
  await expect(listen(createServer(), { host: '127.0.0.1', port, setting: 'HEALTH_PORT' })).rejects.toThrow(
    /port \d+ on 127\.0\.0\.1 is taken.*HEALTH_PORT/,
  );
  first.close();
});

it('of connections beyond what operators need none is kept, nor one that asks nothing', {
  timeout: 30_000,
}, async () => {
  const http = operatorsServer((_, response) => void response.end());
  const url = await listen(http, { host: '127.0.0.1', port: 0, setting: 'HEALTH_PORT' });
  const opened = Array.from({ length: 100 }, () => connect(Number(new URL(url).port), '127.0.0.1'));
  const closed = Promise.all(opened.map((socket) => once(socket.resume(), 'close')));
  try {
    await Promise.all(opened.map((socket) => once(socket, 'connect')));
    await expect(fetch(url)).rejects.toThrow();
    await closed;
    expect((await fetch(url)).status).toBe(200);
  } finally {
    http.close();
    http.closeAllConnections();
  }
});
