/** Files that are taken along from a real room: whole, readable by another program, and noted in the audit. */
import type { AuditPage, Catalogue } from '@room/contract';
import readXlsxFile from 'read-excel-file/node';
import { extractText, getDocumentProxy } from 'unpdf';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { send, snapshot, submission } from '../harness/client.ts';
import { CookieClient, firstAdministrator, PASSWORD } from '../harness/cookies.ts';
import { type Room, startRoom } from '../harness/room.ts';

const PATIENCE = { timeout: 20_000, interval: 100 };
/** So many files may be taken only. */
const RARELY = { timeout: 20_000, interval: 2_000 };
let room: Room;
let administrator: CookieClient;
beforeAll(async () => {
  room = await startRoom();
  administrator = await firstAdministrator(room);
  await send(room, [
    submission('a', { occurredAt: '2026-03-01T03:00:00Z', count: 7 }),
    submission('b', { occurredAt: '2026-03-02T03:00:00Z', count: 5, province: '04' }),
  ]);
  await vi.waitFor(
    async () => expect((await snapshot(room, 'past:2026-03-01:2026-03-02'))?.state.events).toBe(2),
    PATIENCE,
  );
});
afterAll(() => room[Symbol.asyncDispose]());

const QUESTION = 'from=2026-03-01&to=2026-03-02&split=province&measures=submitted&compare=none&lang=en&top=1';

it('CSV has its name, every row although the page shows the largest only, and leads back to its question', async () => {
  const response = await fetch(`${room.url}/v1/query.csv?${QUESTION}`);
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(response.headers.get('content-disposition')).toBe(
    'attachment; filename="viet-nam-submitted-2026-03-01-2026-03-02.csv"',
  );
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(bytes.subarray(0, 3).toString('hex')).toBe('efbbbf');
  const lines = bytes.toString().slice(1).split('\r\n');
  expect(lines).toContain(`# Open this question again: ${room.url}/explore?${QUESTION}`);
  expect(lines.filter((line) => /^34-/.test(line))).toEqual(['34-01,Ha Noi,7', '34-04,Cao Bang,5']);
});

it('a question that cannot be answered gives no file, and is not noted', async () => {
  const response = await fetch(`${room.url}/v1/query.csv?from=2026-03-01&to=2026-03-02&province=nowhere`);
  expect([response.status, response.headers.get('content-disposition')]).toEqual([400, null]);
});

it('who took what is in the audit, and nothing of what was not given', async () => {
  const { entries } = await administrator.told<AuditPage>('/v1/audit?action=export.made');
  expect(entries).toMatchObject([
    { who: 'visitor:', kind: 'export', subject: 'csv', after: { question: `?${QUESTION}`, rows: 2 } },
  ]);
});

it.each(['links', 'response-times', 'services-board'])(
  'the table of %s is noted as what it is, and says where it is asked for again',
  async (path) => {
    const address = `${room.url}/v1/${path}.csv?lang=en`;
    const lines = (await (await administrator.ask(`/v1/${path}.csv?lang=en`)).text()).split('\r\n');
    expect(lines).toContain(`# Open this question again: ${address}`);
    const { entries } = await administrator.told<AuditPage>('/v1/audit?action=export.made');
    const subject = `${path === 'services-board' ? 'services' : path} csv`;
    const rows = Number(lines.at(-2)?.match(/: (\d+)$/)?.[1]);
    expect(entries.find((entry) => entry.subject === subject)).toMatchObject({ after: { question: '?lang=en', rows } });
  },
);

it('two dimensions are crossed in a workbook and on paper, with totals that are counted', async () => {
  const asked = 'from=2026-03-01&to=2026-03-02&split=agency,province&measures=submitted&lang=en';
  const workbook = await readXlsxFile(
    Buffer.from(await (await administrator.ask(`/v1/query.xlsx?${asked}`)).arrayBuffer()),
  );
  const [names, row, together] = workbook[2]?.data ?? [];
  expect(names?.slice(2)).toEqual(['Ha Noi', 'Cao Bang', 'Together']);
  expect([row?.slice(2), together?.slice(2)]).toEqual([
    [7, 5, 12],
    [7, 5, 12],
  ]);
  const paper = await getDocumentProxy(
    new Uint8Array(await (await administrator.ask(`/v1/query.pdf?${asked}&grain=day`)).arrayBuffer()),
  );
  const { text } = await extractText(paper, { mergePages: true });
  expect(text.replaceAll(/\s+/g, ' ')).toMatch(/Ha Noi Cao Bang Together .* 7 5 12 Together 7 5 12/);
});

describe('of a million rows', () => {
  /** Five agencies in each of thirty provinces, and twenty years of days. */
  const LONG = 'from=2007-01-01&to=2026-12-31&grain=day&split=agency,province&measures=submitted&lang=en';
  const DAYS = 7_305;
  let sent: { agency: string; province: string }[];
  beforeAll(async () => {
    const { services, provinces } = (await (await fetch(`${room.url}/v1/catalogue`)).json()) as Catalogue;
    const some = [...new Map(services.map((service) => [service.agency, service])).values()].slice(0, 5);
    const today = provinces.filter(({ validTo }) => validTo === undefined).slice(0, 30);
    sent = some.flatMap(({ agency }) => today.map(({ code }) => ({ agency, province: code })));
    const events = some.flatMap(({ agency, code }) =>
      today.map((province, n) =>
        submission(`long-${agency}-${province.code}`, {
          agency,
          procedure: code,
          province: province.code,
          occurredAt: '2026-03-10T03:00:00Z',
          count: n + 1,
        }),
      ),
    );
    await send(room, events);
    await vi.waitFor(
      async () => expect((await snapshot(room, 'past:2026-03-10:2026-03-10'))?.state.events).toBe(events.length),
      PATIENCE,
    );
  });

  it('CSV comes row by row and ends with how many they are, and its numbers are all there', async () => {
    const response = await fetch(`${room.url}/v1/query.csv?${LONG}`);
    const rows = sent.length * DAYS;
    expect(Number(response.headers.get('x-room-rows'))).toBe(rows);
    let [lines, sum, last, left] = [0, 0, '', ''];
    const decoder = new TextDecoder();
    for await (const bytes of response.body as AsyncIterable<Uint8Array>) {
      const all = (left + decoder.decode(bytes, { stream: true })).split('\r\n');
      left = all.pop() ?? '';
      for (const line of all) {
        last = line;
        if (line.startsWith('#') || line.startsWith('\ufeff#')) continue;
        lines++;
        sum += Number(line.slice(line.lastIndexOf(',') + 1)) || 0;
      }
    }
    expect([lines - 1, last]).toEqual([rows, `# End of the file; rows: ${rows}`]);
    expect(sum).toBe((5 * (30 * 31)) / 2 + 7 + 5);
    expect(rows).toBeGreaterThan(1_000_000);
  });

  it('one at a time is made for one person; one that they leave ends, and is whole for no reader', async () => {
    const stop = new AbortController();
    const first = await fetch(`${room.url}/v1/query.csv?${LONG}`, { signal: stop.signal });
    const reader = (first.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    const second = await fetch(`${room.url}/v1/query.csv?${LONG}`);
    expect([second.status, await second.json()]).toMatchObject([429, { error: { code: 'long_export' } }]);
    stop.abort();
    await expect(reader.read().then(() => reader.read())).rejects.toThrow();
    // Whoever left makes room for the next one.
    await vi.waitFor(async () => {
      const again = await fetch(`${room.url}/v1/query.csv?${LONG}`);
      await again.body?.cancel();
      expect(again.status).toBe(200);
    }, RARELY);
  });

  it.each([
    ['sees less', { scope: { agencies: ['MOH'], provinces: [] } }],
    ['may not ask any more', { rights: ['view'] }],
    ['is nobody any more', { isDisabled: true }],
  ])('ends, whole for no reader, within seconds once whoever takes it %s', async (_, change) => {
    const id = `thu-${Object.keys(change)[0]?.toLowerCase()}`;
    const thu = { name: 'Thu', rights: ['view', 'analyse'], scope: 'all' };
    const { token } = await administrator.told<{ token: string }>('/v1/people', { ...thu, id });
    const theirs = new CookieClient(room);
    await theirs.told('/v1/session/accept', { token, password: PASSWORD });
    const response = await theirs.ask(`/v1/query.csv?${LONG}`);
    expect(response.status).toBe(200);
    await administrator.told(`/v1/people/${id}`, { ...thu, ...change, version: 1 });
    await expect(response.text()).rejects.toThrow();
  });

  it('a workbook says that so many have no room in it', async () => {
    const response = await fetch(`${room.url}/v1/query.xlsx?${LONG}`);
    expect([response.status, await response.json()]).toMatchObject([
      422,
      { error: { code: 'too_much', numbers: { most: 1_048_575 } } },
    ]);
  });
});

it('the events of a number are taken along, and their sum is the number', async () => {
  const number = 'from=2026-03-01&to=2026-03-02&measure=submitted&lang=en';
  const response = await fetch(`${room.url}/v1/evidence.csv?${number}`);
  const lines = (await response.text()).split('\r\n');
  expect(lines).toContain('# Sum of the events below: 12; matches the number');
  const address = lines.find((line) => line.startsWith('# Open this evidence again: '))?.slice(28) ?? '';
  expect(address).toContain(`${room.url}/explore?from=2026-03-01&to=2026-03-02&evidence=`);
  const rows = lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split(','));
  expect(rows.slice(1).map((row) => row.at(-1))).toEqual(['7', '5']);
  expect(rows[1]?.slice(2, 3)).toEqual(['2026-03-01 10:00:00']);
  expect(lines.at(-2)).toBe('# End of the file; rows: 2');
});

it('fills no audit: a long question is noted as far as it says something, and files are so many a minute', async () => {
  const long = `${QUESTION.replace('submitted', `submitted${',submitted'.repeat(1_400)}`)}&agency=`;
  expect((await fetch(`${room.url}/v1/query.csv?${long}`)).status).toBe(200);
  const taken: Response[] = [];
  for (let n = 0; n < 40; n++) taken.push(await fetch(`${room.url}/v1/query.csv?${QUESTION}`));
  const refused = taken.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(3);
  expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await refused[0]?.json()).toMatchObject({ error: { code: 'too_many_exports' } });
  const administrator = new CookieClient(room);
  await administrator.signIn('lan');
  const { entries } = await administrator.told<AuditPage>('/v1/audit?action=export.made');
  expect(Math.max(...entries.map(({ after }) => JSON.stringify(after).length))).toBeLessThan(2_100);
});

it('whoever takes a file leaves nothing that Node would take for a leak of listeners', () => {
  expect(room.logs()).not.toContain('MaxListenersExceededWarning');
});

it('whoever leaves a file is no failure of the room', () => {
  expect(room.logs()).toContain('its sender is gone');
  expect(room.logs()).not.toContain('ERR_STREAM_PREMATURE_CLOSE');
});
