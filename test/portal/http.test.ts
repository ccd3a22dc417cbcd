import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HttpTransport } from './http.ts';
import type { SimEvent } from './model.ts';

interface Batch {
  key: string | undefined;
  ids: string[];
}

let server: Server;
let url = '';
let batches: Batch[] = [];
let answers: number[] = [];
let open = 0;
let mostOpen = 0;
let overlapping = false;

beforeEach(async () => {
  batches = [];
  answers = [];
  open = 0;
  mostOpen = 0;
  overlapping = false;
  const busy = new Set<string | undefined>();
  server = createServer((request, response) => {
    const key = request.headers.authorization;
    overlapping ||= busy.has(key);
    busy.add(key);
    open += 1;
    mostOpen = Math.max(mostOpen, open);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () =>
      setTimeout(() => {
        open -= 1;
        busy.delete(key);
        const ids = (JSON.parse(gunzipSync(Buffer.concat(chunks)).toString()) as { id: string }[]).map(({ id }) => id);
        const status = answers.shift() ?? 202;
        if (status === 202) batches.push({ key, ids });
        const results = ids.map((id) =>
          id.endsWith('-bad') ? { id, result: 'quarantined', reason: 'bad' } : { id, result: 'accepted' },
        );
        response.writeHead(status, { 'retry-after': '0' }).end(JSON.stringify({ results }));
      }, 2),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const eventsOf = (source: string, count: number): SimEvent[] =>
  Array.from({ length: count }, (_, at) => {
    const id = `${source}-${at}`;
    return { source, id, rootId: id, json: JSON.stringify({ id }) };
  });

const transportTo = (sources: readonly string[], stop = new AbortController().signal): HttpTransport =>
  new HttpTransport({ url, keys: new Map(sources.map((source) => [source, `key-${source}`])), stop, note: () => {} });

it('sends each portal with its key and in its order, in full batches, a few portals at a time', async () => {
  const sources = Array.from({ length: 20 }, (_, at) => `s${at}`);
  await using transport = transportTo(sources);
  await transport.send([...sources.flatMap((source) => eventsOf(source, 2_300)), ...eventsOf('keyless', 5)], false);
  await transport.flush();
  expect(transport.accepted).toBe(20 * 2_300);
  expect(overlapping).toBe(false);
  expect(mostOpen).toBeLessThanOrEqual(8);
  for (const source of sources) {
    const own = batches.filter((batch) => batch.key === `Bearer key-${source}`);
    expect(own.flatMap((batch) => batch.ids)).toEqual(eventsOf(source, 2_300).map((event) => event.id));
    expect(own.map((batch) => batch.ids.length)).toEqual([1_000, 1_000, 300]);
  }
});

it('keeps small batches back until it is told to be quick', async () => {
  await using transport = transportTo(['s']);
  await transport.send(eventsOf('s', 3), false);
  expect(batches).toEqual([]);
  await transport.send([], true);
  await transport.flush();
  expect(batches).toHaveLength(1);
});

it('waits where the room asks it to and counts what the room refused', async () => {
  answers = [429, 408, 503];
  await using transport = transportTo(['s']);
  await transport.send([{ source: 's', id: 's-bad', rootId: 's-bad', json: '{"id":"s-bad"}' }], true);
  await transport.flush();
  expect(transport).toMatchObject({ accepted: 0, quarantined: 1 });
});

it('ends with the reason where waiting cannot help, and quietly when it is stopped', async () => {
  answers = [401];
  await using transport = transportTo(['s']);
  await transport.send(eventsOf('s', 1), true);
  await expect(transport.flush()).rejects.toThrow(/answered 401/);
  answers = [503];
  const stop = new AbortController();
  await using stopped = transportTo(['s'], stop.signal);
  stop.abort();
  await stopped.send(eventsOf('s', 1), true);
  await stopped.flush();
  expect(stopped.accepted).toBe(0);
});
