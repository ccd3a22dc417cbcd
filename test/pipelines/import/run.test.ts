import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import writeWorkbook from 'write-excel-file/node';
import { Hopeless } from '../../../pipelines/src/import/gateway.ts';
import { type Mapping, parseMapping } from '../../../pipelines/src/import/mapping.ts';
import { Memory } from '../../../pipelines/src/import/memory.ts';
import { report } from '../../../pipelines/src/import/report.ts';
import { runImport } from '../../../pipelines/src/import/run.ts';
import type { Summary } from '../../../pipelines/src/import/tally.ts';

interface Sent {
  id: string;
  data: { agency: string; count: number; occurredAt: string; corrects?: string };
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

interface Change {
  progress?: (text: string) => void;
  mapping?: Mapping;
  dry?: boolean;
  memory?: Memory;
  failed?: (summary: Summary) => void;
}

const importing = async (csv: string | Uint8Array, change: Change = {}): Promise<Summary> => {
  const file = join(folder, 'in.csv');
  await writeFile(file, csv);
  return runImport({
    file,
    mapping: change.mapping ?? mapping,
    ...(change.memory === undefined ? {} : { memory: change.memory }),
    ...(change.failed === undefined ? {} : { failed: change.failed }),
    rejects: join(folder, 'rejected.csv'),
    stop: stop.signal,
    progress: change.progress ?? (() => undefined),
    ...(change.dry
      ? {}
      : { gateway: { url, key: 'secret', stop: stop.signal, note: (text: string) => notes.push(text) } }),
  });
};
const rejected = (name = 'rejected.csv'): Promise<string> => readFile(join(folder, name), 'utf8');

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
        '3,"agency ""ghost"" is not known (column ""agency"")",2,ghost,01/07/2026,02/07/2026',
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

  it('refuses the row of a quote that nothing closes, and counts those before and after it', async () => {
    const csv = 'no,agency,in,out\n1,MPS,01/07/2026,\n2,"MPS,01/07/2026,\n3,MPS,01/07/2026,\n';
    expect(await importing(csv)).toMatchObject({ rows: 3, accepted: 2, rejectedRows: 1 });
    expect([...known]).toEqual(['1', '3']);
    expect(await rejected()).toMatch(/\n3,"a quote \(""\) opens cell 2 and is not closed/);
  });

  it('refuses an empty file', async () => {
    await expect(importing('')).rejects.toThrow(/is empty/);
  });
});

const bad = 'no,agency,in,out\n1,MPS,yesterday,\n';

describe('rejects', () => {
  it('never touch a file of an earlier run, and say so of one that stays', async () => {
    expect(await importing(bad)).toMatchObject({ rejects: join(folder, 'rejected.csv'), earlierRejects: false });
    const first = await rejected();
    expect(await importing(bad.replace('yesterday', 'today'))).toMatchObject({
      rejects: join(folder, 'rejected-2.csv'),
      earlierRejects: true,
    });
    expect(await rejected()).toBe(first);
    expect(await rejected('rejected-2.csv')).toContain('today');
    expect(await importing(manyRows(1))).toMatchObject({ rejectedRows: 0, rejects: undefined, earlierRejects: true });
  });

  it('of two imports at once go into two files', async () => {
    const both = await Promise.all([importing(bad), importing(bad)]);
    expect(new Set(both.map((summary) => summary.rejects)).size).toBe(2);
    expect(await rejected()).toBe(await rejected('rejected-2.csv'));
  });

  it.each<[string, Partial<Mapping>, string]>([
    ['another delimiter', { delimiter: ';' }, 'no;agency;in;out\n1;"M;PS";yesterday;\n'],
    ['a delimiter that the file names', {}, 'sep=;\nno;agency;in;out\n1;"M;PS";yesterday;\n'],
    ['a backslash before quotes', { escape: '\\' }, 'no,agency,in,out\n1,"say \\"M\\", C:\\\\",yesterday,\n'],
    ['no header', { columns: ['no', 'agency', 'in', 'out'] }, '1,MPS,yesterday,\n'],
    [
      'another encoding',
      { encoding: 'windows-1252' },
      Buffer.from('no,agency,in,out\n1,M\xfcnchen,yesterday,\n', 'latin1').toString('latin1'),
    ],
  ])('can be mended and imported with the same mapping: %s', async (_, change, csv) => {
    const own = { ...mapping, ...change };
    const bytes = change.encoding === undefined ? csv : Buffer.from(csv, 'latin1');
    expect(await importing(bytes, { mapping: own })).toMatchObject({ rejectedRows: 1, accepted: 0 });
    const again = { mapping: own };
    const unmended = await importing(await rejected(), again);
    expect(unmended).toMatchObject({ rows: 1, rejectedRows: 1 });
    const header = (await rejected('rejected-2.csv')).split('\n')[0]?.split(/[,;]/);
    expect(header).toEqual(
      ['rejected_line', 'rejected_reason', 'no', 'agency', 'in', 'out'].map((name, at) =>
        at === 0 && change.encoding ? `\ufeff${name}` : name,
      ),
    );
    expect(
      await importing((await rejected('rejected-2.csv')).replace(/yesterday(?=[,;]\n)/, '01/07/2026'), again),
    ).toMatchObject({
      accepted: 1,
      rejectedRows: 0,
    });
    const agency = csv.includes('M;PS')
      ? 'M;PS'
      : csv.includes('say')
        ? 'say "M", C:\\'
        : change.encoding
          ? 'München'
          : 'MPS';
    expect(batches[0]?.[0]?.data.agency).toBe(agency);
  });

  it('can be mended in a program that writes another delimiter', async () => {
    const own: Mapping = { ...mapping, delimiter: '\t' };
    expect(await importing('no\tagency\tin\tout\n1\tMPS\tyesterday\t\n', { mapping: own })).toMatchObject({
      rejectedRows: 1,
    });
    for (const delimiter of [';', ',']) {
      known = new Set();
      const saved = (await rejected()).replaceAll('\t', delimiter).replace(/yesterday(?=\W\n)/, '01/07/2026');
      expect(await importing(saved, { mapping: own })).toMatchObject({ accepted: 1, rejectedRows: 0 });
    }
  });

  it('of a workbook are read with the days that it had', async () => {
    const header = ['no', 'agency', 'in', 'out'].map((value) => ({ value }));
    const day = { value: new Date('2026-07-01T00:00:00Z'), type: Date, format: 'dd/mm/yyyy' };
    await importing(await writeWorkbook([header, [{ value: '1' }, { value: 'ghost' }, day, null]]).toBuffer());
    expect(await importing((await rejected()).replace('1,ghost', '1,MPS'))).toMatchObject({ accepted: 1 });
  });

  it('say which event of a row was counted and which was not, with the column', async () => {
    const own: Mapping = parseMapping(
      JSON.stringify({
        ...{ source: 'urn:portal:small', timeZone: 'Asia/Ho_Chi_Minh', dateFormat: 'dd/MM/yyyy' },
        common: { procedure: 'p', province: '01', channel: 1 },
        events: [
          { id: '{no}', status: 1, time: 'in', agency: 'MPS' },
          { id: '{no}/done', status: 9, time: 'out', agency: { column: 'agency' } },
        ],
      }),
      'half.json',
    );
    const csv = 'no,agency,in,out\n1,ghost,01/07/2026,02/07/2026\n';
    expect(await importing(csv, { mapping: own })).toMatchObject({
      accepted: 1,
      counted: [{ count: 1 }],
      rejectedRows: 1,
    });
    expect(await rejected()).toContain(
      '2,"agency ""ghost"" is not known (column ""agency""): ""1/done"" was not counted, ""1"" was",1,',
    );
  });

  it('count a row once in each group of reasons', async () => {
    const csv = 'no,agency,in,out\n1,MPS,first,second\n,MPS,01/07/2026,\n';
    expect((await importing(csv, { dry: true })).reasons.map(({ reason, rows }) => [rows, reason])).toEqual([
      [1, 'in: "first" is not a date in the format dd/MM/yyyy'],
      [1, 'out: "second" is not a date in the format dd/MM/yyyy'],
      [1, 'no: empty, so the row has no id'],
    ]);
    const same = 'no,agency,in,out\n1,ghost,01/07/2026,02/07/2026\n';
    const twice = { ...mapping, common: { ...mapping.common, channel: { column: 'agency' } } };
    expect((await importing(same, { dry: true, mapping: twice })).reasons).toMatchObject([{ rows: 1 }]);
  });

  it('are grouped by what is alike in them', async () => {
    const csv = `no,agency,in,out\n${['a', 'b', 'b'].map((day, at) => `${at},MPS,${day},\n`).join('')}9,MPS\n`;
    expect((await importing(csv, { dry: true })).reasons).toEqual([
      {
        reason: 'in: "a" is not a date in the format dd/MM/yyyy',
        rows: 3,
        values: [
          ['"b"', 2],
          ['"a"', 1],
        ],
        isCut: false,
      },
      { reason: 'the row has 2 cells, the header 4', rows: 1, values: [], isCut: false },
    ]);
  });
});

it('dates of a workbook are read whatever format texts have', async () => {
  const header = ['no', 'agency', 'in', 'out'].map((value) => ({ value }));
  const day = { value: new Date('2026-07-01T00:00:00Z'), type: Date, format: 'dd/mm/yyyy' };
  const rows = [
    [{ value: '1' }, { value: 'MPS' }, day, null],
    [{ value: '2' }, { value: 'MPS' }, { value: '02/07/2026' }, null],
  ];
  await importing(await writeWorkbook([header, ...rows]).toBuffer());
  expect(batches.flat().map((event) => event.data.occurredAt)).toEqual([
    '2026-07-01T00:00:00+07:00',
    '2026-07-02T00:00:00+07:00',
  ]);
});

describe('a row of totals', () => {
  const end = (row: string): string => `no,agency,in,out\n1,MPS,01/07/2026,\n2,MPS,02/07/2026,\n${row}`;

  it.each(['Tổng cộng,,,', 'Total,2', ',TONG SO: 2', 'Tổng cộng,2,,\n'])('is no dossier, and told: %s', async (row) => {
    const summary = await importing(end(row));
    expect(summary).toMatchObject({ rows: 2, accepted: 2, rejectedRows: 0, totals: { line: 4, rows: 1 } });
    expect(report(summary, { isCheck: false, against: undefined, rejects: undefined, showsExample: false })).toMatch(
      /^passed over: line 4 sums up others \(".*"\): not counted$/m,
    );
  });

  it('that could be counted is a reject, unless the mapping names it', async () => {
    expect(await importing(end('Total,MPS,02/07/2026,\n'))).toMatchObject({ accepted: 2, rejectedRows: 1 });
    expect(await rejected()).toContain('4,"the row begins with ""Total"", as totals do: leave such rows out');
    const own: Mapping = {
      ...mapping,
      common: { ...mapping.common, agency: { column: 'no', map: { Total: 'MPS', 2: 'x' } } },
    };
    expect(await importing('no,agency,in,out\nTotal,MPS,02/07/2026,\n', { mapping: own })).toMatchObject({
      accepted: 1,
    });
  });
});

it('an event of the mapping that no row gives is told', async () => {
  const summary = await importing('no,agency,in,out\n1,MPS,01/07/2026,\n');
  expect(summary.unused).toEqual([1]);
  expect(report(summary, { isCheck: false, against: undefined, rejects: undefined, showsExample: false })).toMatch(
    /^no row gave the event events\.1 of the mapping/m,
  );
  expect((await importing(manyRows(4))).unused).toEqual([]);
});

it('what was done is told as the per cent that was answered, not that was read', async () => {
  answers = Array.from({ length: 4 }, () => ({ status: 503, headers: { 'retry-after': '60' } }));
  const told: string[] = [];
  const running = importing(manyRows(2_000), { progress: (text) => told.push(text) });
  while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  stop.abort();
  await running;
  expect(told[0]).toMatch(/^2000 rows \(\d+\/s\), 0 accepted/);
});

it('rows that the mapping ignores are, however many cells they have', async () => {
  const own: Mapping = { ...mapping, ignore: [{ column: 'no', in: ['Tổng cộng'] }] };
  const csv = 'no,agency,in,out\n1,MPS,01/07/2026,\nTổng cộng,1\nTỔNG CỘNG';
  expect(await importing(csv, { mapping: own })).toMatchObject({
    accepted: 1,
    rejectedRows: 0,
    passed: { ignored: 2 },
  });
});

it('a pipe with a name is read once', async () => {
  const pipe = join(folder, 'pipe');
  await promisify(execFile)('mkfifo', [pipe]);
  const done = runImport({ file: pipe, mapping, stop: stop.signal, progress: () => undefined });
  await writeFile(pipe, manyRows(3));
  expect(await done).toMatchObject({ rows: 3, events: 5 });
});

describe('equal ids in one file', () => {
  it('with other values are rejects that name the first line, with the same ones are told', async () => {
    const csv = 'no,agency,in,out\n1,MPS,01/07/2026,\n2,MPS,01/07/2026,\n1,MPS,01/07/2026,\n2,BOS,01/07/2026,\n';
    expect(await importing(csv)).toMatchObject({ rows: 4, accepted: 2, duplicate: 1, repeated: 1, rejectedRows: 1 });
    expect(await rejected()).toMatch(/\n5,"the id ""2"" stands on line 3 with other values/);
  });

  it('that are made of columns are told where the rest of the row differs', async () => {
    const made: Mapping = parseMapping(
      JSON.stringify({
        ...{ source: 'urn:portal:small', timeZone: 'Asia/Ho_Chi_Minh', dateFormat: 'dd/MM/yyyy' },
        common: { procedure: 'p', agency: { column: 'agency' }, province: '01', channel: 1 },
        events: [{ id: { columns: ['in', 'agency'] }, status: 1, time: 'in' }],
      }),
      'made.json',
    );
    const csv = 'no,agency,in,out\n1,MPS,01/07/2026,\n1,MPS,01/07/2026,\n2,MPS,01/07/2026,\n';
    expect(await importing(csv, { mapping: made })).toMatchObject({ accepted: 1, repeated: 1, rejectedRows: 1 });
    const line = '4,"line 2 has the same in, agency, of which the id is made, and differs elsewhere';
    expect(await rejected()).toContain(line);
    // As rejects these rows have lines and reasons before them, which are not theirs.
    const again = `rejected_line,rejected_reason,${csv.replace(/\n(?=\d)/g, '\n9,x,').replace('9,x', '8,y')}`;
    expect(await importing(again, { mapping: made })).toMatchObject({ repeated: 1, rejectedRows: 1 });
  });

  it('are found among many', async () => {
    const summary = await importing(`${manyRows(20_000)}r19999,BOS,01/07/2026,\nr0,BOS,01/07/2026,\n`, { dry: true });
    expect(summary).toMatchObject({ rows: 20_002, repeated: 0, rejectedRows: 2 });
    expect((await rejected()).match(/stands on line (\d+)/g)).toEqual(['stands on line 20001', 'stands on line 2']);
  });
});

describe('a file that breaks', () => {
  it('is counted up to there, and what was done is told', async () => {
    const told: Summary[] = [];
    const csv = `${manyRows(3)}${'x'.repeat(1_100_000)}`;
    await expect(importing(csv, { failed: (summary) => told.push(summary) })).rejects.toThrow(/is it a CSV file/);
    expect(told).toEqual([expect.objectContaining({ rows: 3, accepted: 5, rejectedRows: 0 })]);
  });

  it('in its encoding sends nothing', async () => {
    const csv = Buffer.concat([Buffer.from(manyRows(3_000)), Buffer.from([0xe8, 0x0a])]);
    await expect(importing(csv)).rejects.toThrow(/^line 3002 is not UTF-8/);
    expect(batches).toEqual([]);
  });
});

describe('a later export', () => {
  const own: Mapping = { ...mapping, changed: 'correct' };
  const rows = (...cells: string[]): string => `no,agency,in,out\n${cells.map((row) => `${row}\n`).join('')}`;
  const sent = (): unknown[] =>
    batches.flat().map(({ id, data }) => [id, data.corrects, data.agency, data.count, data.occurredAt.slice(0, 10)]);

  const run = async (csv: string): Promise<Summary> => {
    await using memory = new Memory(join(folder, 'counted'));
    batches = [];
    return await importing(csv, { mapping: own, memory });
  };

  it('corrects what its rows changed, once, however often it is imported', async () => {
    await run(rows('1,MPS,01/07/2026,', '2,MPS,01/07/2026,'));
    const later = rows('1,MPS,01/07/2026,', '2,BOS,02/07/2026,03/07/2026', '3,MPS,04/07/2026,');
    expect(await run(later)).toMatchObject({
      accepted: 4,
      duplicate: 1,
      corrections: 2,
      counted: [
        { status: 1, count: 1 },
        { status: 9, count: 1 },
      ],
    });
    expect(sent()).toEqual([
      ['1', undefined, 'MPS', 1, '2026-07-01'],
      ['2#1+', '2', 'BOS', 1, '2026-07-02'],
      ['2#1-', '2', 'MPS', -1, '2026-07-01'],
      ['2/done', undefined, 'BOS', 1, '2026-07-03'],
      ['3', undefined, 'MPS', 1, '2026-07-04'],
    ]);
    expect(await run(later)).toMatchObject({ accepted: 0, duplicate: 4, corrections: 0 });
    expect(await run(rows('2,MPS,01/07/2026,'))).toMatchObject({
      accepted: 2,
      corrections: 2,
      counted: [{ status: 1, count: 0 }],
    });
    expect(sent().map((event) => (event as unknown[])[0])).toEqual(['2#2+', '2#2-']);
  });

  it('keeps nothing of what the room refused', async () => {
    await run(rows('1,ghost,01/07/2026,'));
    expect(await run(rows('1,MPS,01/07/2026,'))).toMatchObject({ accepted: 1, corrections: 0 });
    expect(sent()).toEqual([['1', undefined, 'MPS', 1, '2026-07-01']]);
  });

  it('says of how many events it cannot tell what changed', async () => {
    await importing(rows('1,MPS,01/07/2026,'));
    expect(await run(rows('1,BOS,01/07/2026,', '2,MPS,01/07/2026,'))).toMatchObject({ unremembered: 1, accepted: 1 });
  });
});
