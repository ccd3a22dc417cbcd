import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Hopeless } from '../../../pipelines/src/import/gateway.ts';
import { type Mapping, parseMapping } from '../../../pipelines/src/import/mapping.ts';
import { runImport, type Summary } from '../../../pipelines/src/import/run.ts';

interface Sent {
  id: string;
  data: { agency: string };
}
interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

const mapping: Mapping = parseMapping(
  JSON.stringify({
    source: 'urn:portal:small',
    timeZone: 'Asia/Ho_Chi_Minh',
    dateFormat: 'dd/MM/yyyy',
    common: { procedure: 'p', agency: { column: 'agency' }, province: '01', channel: 1 },
    events: [
      { id: '{no}', status: 1, time: 'in' },
      { id: '{no}/done', status: 9, time: 'out', when: [{ column: 'out', filled: true }] },
    ],
  }),
  'small.json',
);

let folder = '';
let server: Server;
let url = '';
let batches: Sent[][] = [];
let headers: IncomingMessage['headers'] = {};
let known = new Set<string>();
let answers: Answer[] = [];
let notes: string[] = [];
let stop = new AbortController();

const accept = (batch: readonly Sent[]): Answer => ({
  status: 202,
  body: {
    results: batch.map((event) => {
      if (event.data.agency === 'ghost')
        return { id: event.id, result: 'quarantined', code: 'unknown_code', reason: 'agency "ghost" is not known' };
      if (known.has(event.id)) return { id: event.id, result: 'duplicate' };
      known.add(event.id);
      return { id: event.id, result: 'accepted' };
    }),
  },
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-'));
  batches = [];
  known = new Set();
  answers = [];
  notes = [];
  stop = new AbortController();
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      headers = request.headers;
      const body = gunzipSync(Buffer.concat(chunks));
      const batch = JSON.parse(body.toString()) as Sent[];
      expect(batch.length).toBeLessThanOrEqual(1_000);
      expect(body.length).toBeLessThanOrEqual(1024 * 1024);
      const answer = answers.shift() ?? accept(batch);
      if (answer.status === 202) batches.push(batch);
      response.writeHead(answer.status, answer.headers).end(JSON.stringify(answer.body ?? { error: 'no' }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

const importing = async (csv: string, change: { mapping?: Mapping; dry?: boolean } = {}): Promise<Summary> => {
  const file = join(folder, 'in.csv');
  await writeFile(file, csv);
  return runImport({
    file,
    mapping: change.mapping ?? mapping,
    rejects: join(folder, 'rejected.csv'),
    stop: stop.signal,
    progress: () => undefined,
    ...(change.dry
      ? {}
      : { gateway: { url, key: 'secret', stop: stop.signal, note: (text: string) => notes.push(text) } }),
  });
};
const rejected = (): Promise<string> => readFile(join(folder, 'rejected.csv'), 'utf8');

const manyRows = (count: number): string =>
  `no,agency,in,out\n${Array.from({ length: count }, (_, at) => `r${at},MPS,01/07/2026,${at % 2 === 0 ? '02/07/2026' : ''}`).join('\n')}\n`;

describe('an import', () => {
  it('sends batches within the limits and takes every row once', async () => {
    const summary = await importing(manyRows(5_001));
    expect(summary).toMatchObject({ rows: 5_001, events: 7_502, accepted: 7_502, duplicate: 0, rejectedRows: 0 });
    expect(batches.length).toBeGreaterThanOrEqual(8);
    expect(known.size).toBe(7_502);
    expect(headers).toMatchObject({
      authorization: 'Bearer secret',
      'content-type': 'application/cloudevents-batch+json',
      'content-encoding': 'gzip',
    });
    await expect(rejected()).rejects.toThrow('ENOENT');
  });

  it('counts nothing twice when it is run again', async () => {
    await importing(manyRows(100));
    expect(await importing(manyRows(120))).toMatchObject({ accepted: 30, duplicate: 150 });
  });

  it('reads a byte order mark, another delimiter and quoted line breaks', async () => {
    const summary = await importing('\uFEFFno;agency;in;out;note\r\n1;MPS;01/07/2026;;"two\r\nlines; here"\r\n', {
      mapping: { ...mapping, delimiter: ';' },
    });
    expect(summary).toMatchObject({ rows: 1, accepted: 1 });
    expect(batches[0]?.[0]).toMatchObject({ id: '1', data: { occurredAt: '2026-07-01T00:00:00+07:00' } });
  });

  it('takes the names of columns from the mapping where the file has no header', async () => {
    const columns = ['no', 'agency', 'in', 'out'];
    expect(await importing('1,MPS,01/07/2026,\n', { mapping: { ...mapping, columns } })).toMatchObject({ accepted: 1 });
  });

  it('puts rows that cannot be mapped or counted into the rejects file, with line and reason', async () => {
    const csv = 'no,agency,in,out\n1,MPS,2026-07-01,\n2,ghost,01/07/2026,02/07/2026\n3,"M,PS",01/07/2026,\n4,MPS\n';
    const summary = await importing(csv);
    expect(summary).toMatchObject({ rows: 4, accepted: 1, rejectedRows: 3 });
    expect((await rejected()).split('\n').toSorted()).toEqual(
      [
        '',
        'rejected_line,rejected_reason,no,agency,in,out',
        '2,"in: ""2026-07-01"" is not a date in the format dd/MM/yyyy",1,MPS,2026-07-01,',
        '3,"agency ""ghost"" is not known; agency ""ghost"" is not known",2,ghost,01/07/2026,02/07/2026',
        '5,"the row has 2 cells, the header 4",4,MPS',
      ].toSorted(),
    );
  });

  it('can import its mended rejects', async () => {
    const csv = 'rejected_line,rejected_reason,no,agency,in,out\n2,"was: ""bad""",1,MPS,01/07/2026,\n';
    expect(await importing(csv)).toMatchObject({ accepted: 1, rejectedRows: 0 });
  });

  it('sends nothing on a dry run', async () => {
    expect(await importing(manyRows(10), { dry: true })).toMatchObject({
      events: 15,
      accepted: 0,
      example: { id: 'r0' },
    });
    expect(batches).toEqual([]);
  });

  it('waits as long as the room asks and sends the batch again', async () => {
    answers = [
      { status: 429, headers: { 'retry-after': '0' } },
      { status: 503, headers: { 'retry-after': '0' } },
    ];
    expect(await importing(manyRows(10))).toMatchObject({ accepted: 15, duplicate: 0 });
    expect(notes).toHaveLength(2);
    expect(notes[0]).toContain('answered 429');
    expect(notes[0]).toContain('trying again in 0 s');
  });

  it('waits for a room that is away', async () => {
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const done = importing(manyRows(10));
    while (notes.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    expect(await done).toMatchObject({ accepted: 15 });
    expect(notes[0]).toMatch(/cannot be reached \(.*ECONNREFUSED.*\); trying again in 1 s/);
  });

  it.each([
    [401, /the key is not known/i],
    [403, /`source` of the mapping/],
    [400, /as new as the room/],
    [404, /check --url/i],
    [301, /check --url/i],
  ])('stops at an answer %i with a remedy', async (status, remedy) => {
    answers = Array.from({ length: 10 }, () => ({ status }));
    const failure = await importing(manyRows(5_000)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Hopeless);
    expect((failure as Error).message).toMatch(remedy);
  });

  it('stops at an answer that is no gateway’s', async () => {
    answers = [{ status: 202, body: { fine: true } }];
    await expect(importing(manyRows(1))).rejects.toThrow(/not that of a gateway/);
  });

  it('ends cleanly when it is stopped while waiting, and goes on when run again', async () => {
    answers = Array.from({ length: 4 }, () => ({ status: 503, headers: { 'retry-after': '60' } }));
    const running = importing(manyRows(3_000));
    while (notes.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    stop.abort();
    const stopped = await running;
    expect(stopped.stopped).toBe(true);
    stop = new AbortController();
    answers = [];
    const again = await importing(manyRows(3_000));
    expect(stopped.accepted + again.accepted).toBe(4_500);
    expect(known.size).toBe(4_500);
  });

  it('says where a file breaks', async () => {
    await expect(importing('no,agency,in,out\n1,MPS,01/07/2026,\n2,"MPS,01/07/2026,\n')).rejects.toThrow(
      /in\.csv: Quote Not Closed.*ends on line 2/,
    );
    await expect(importing('')).rejects.toThrow(/is empty/);
  });
});
