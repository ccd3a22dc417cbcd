/** Evidence as a file in a real room: brought by its unit, told with, read by whoever sees that, and by nobody else. */
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import {
  addDays,
  type DirectiveTimeline,
  type EvidenceFile,
  type IndicatorHistory,
  localDay,
  type ServicesBoard,
} from '@room/contract';
import { databaseFrom, EVIDENCE_FILE, lastAudit, openDatabase } from '@room/database';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { CookieClient, firstAdministrator, PASSWORD } from '../../harness/cookies.ts';
import { type Room, startRoom } from '../../harness/room.ts';

const TODAY = localDay(Date.now(), 'Asia/Ho_Chi_Minh');
let room: Room;
let administrator: CookieClient;
let office: CookieClient;
/** Of one ministry, and of another. */
let police: CookieClient;
let health: CookieClient;
let province: CookieClient;
beforeAll(async () => {
  room = await startRoom({ env: { EVIDENCE_MB: '25' } });
  administrator = await firstAdministrator(room);
  const person = async (id: string, rights: string[], scope: unknown): Promise<CookieClient> => {
    const { token } = await administrator.told<{ token: string }>('/v1/people', { id, name: id, rights, scope });
    const client = new CookieClient(room);
    await client.told('/v1/session/accept', { token, password: PASSWORD });
    return client;
  };
  office = await person('office', ['view', 'direct'], 'all');
  police = await person('police', ['view', 'answer'], { agencies: ['MPS'], provinces: [] });
  health = await person('health', ['view', 'answer'], { agencies: ['MOH'], provinces: [] });
  province = await person('province', ['view', 'answer'], { agencies: [], provinces: ['34-01'] });
});
afterAll(() => room[Symbol.asyncDispose]());

/** A document with these words in it. */
const pdf = (words: string): Buffer =>
  Buffer.from(`%PDF-1.7\n1 0 obj\n(${words})\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n`);
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const PDF = pdf('report 12');
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const headers = (who: CookieClient): Record<string, string> => ({
  cookie: who.cookie,
  origin: room.url,
  'x-csrf-token': who.csrfToken ?? '',
});
const bring = (who: CookieClient, bytes: Buffer, name = 'report.pdf', more: Record<string, string> = {}) =>
  fetch(`${room.url}/v1/evidence-files?name=${encodeURIComponent(name)}`, {
    method: 'POST',
    headers: { ...headers(who), ...more },
    body: new Uint8Array(bytes),
  });
async function brought(who: CookieClient, bytes: Buffer, name?: string): Promise<EvidenceFile> {
  const response = await bring(who, bytes, name);
  expect([response.status, response.status === 200 ? '' : await response.clone().text()]).toEqual([200, '']);
  return (await response.json()) as EvidenceFile;
}
const code = async (answer: Response | Promise<Response>): Promise<string> => {
  const response = await answer;
  const text = await response.text();
  return `${response.status} ${response.ok ? '' : (JSON.parse(text) as { error: { code: string } }).error.code}`;
};
const read = (who: CookieClient, id: string): Promise<Response> => who.ask(`/v1/evidence-files/${id}`);
const report = (more: object): object => ({
  indicator: 'EID-ACCOUNTS',
  period: '2026-01',
  unit: 'count',
  value: 71_000_000,
  evidence: { text: 'report 12' },
  ...more,
});
const history = (): Promise<IndicatorHistory> => police.told<IndicatorHistory>('/v1/indicators/EID-ACCOUNTS');

it('a reported value is shown by a file, which a correction does not take away', async () => {
  const file = await brought(police, PDF, '../x/Báo cáo\n12.pdf');
  expect(file).toMatchObject({
    name: 'Báo cáo12.pdf',
    type: 'application/pdf',
    size: PDF.byteLength,
    sha256: sha256(PDF),
    who: 'person:police',
  });
  // It shows nothing yet: nobody reads it, and only whoever brought it may name it.
  expect(await code(read(police, file.id))).toBe('404 no_such_file');
  const named = { text: 'report 12', file: file.id };
  const asked = {
    reports: [
      report({
        indicator: 'RESULTS-DIGITISED',
        period: '2026-Q1',
        by: '34-01',
        unit: 'share',
        value: 0.5,
        evidence: named,
      }),
    ],
    isTrial: true,
  };
  expect(await province.told('/v1/indicators/reports', asked)).toMatchObject({
    refused: [{ row: 1, field: 'evidence', code: 'fileGone' }],
  });
  await police.told('/v1/indicators/reports', { reports: [report({ evidence: named })] });
  expect(await police.told('/v1/indicators/reports', { reports: [report({ evidence: named })] })).toEqual({
    taken: 0,
    known: 1,
    refused: [],
  });
  const again = await brought(police, pdf('report 13'), 'report 13.pdf');
  await police.told('/v1/indicators/reports', {
    reports: [report({ evidence: { text: '13', file: again.id }, revision: 1, value: 72_000_000, why: 'a slip' })],
  });
  const { reports } = await history();
  expect(reports.map(({ evidence }) => evidence.file)).toEqual([file, again]);
  for (const one of [file, again]) expect((await read(police, one.id)).status).toBe(200);
  // What stood before stands again, by whoever of the unit takes the correction back.
  await police.told('/v1/indicators/reports', {
    reports: [report({ evidence: named, revision: 2, why: 'taken back' })],
  });
  expect((await history()).reports.at(-1)?.evidence.file).toEqual(file);
});

it('is read by whoever sees what it shows, always to be saved, and that is noted', async () => {
  const file = (await history()).reports[0]?.evidence.file;
  const response = await read(office, file?.id ?? '');
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(bytes.equals(PDF)).toBe(true);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'application/pdf',
    'content-length': String(PDF.byteLength),
    'content-disposition': `attachment; filename="B_o c_o12.pdf"; filename*=UTF-8''B%C3%A1o%20c%C3%A1o12.pdf`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'no-store',
  });
  const { entries } = await administrator.told<{ entries: object[] }>('/v1/audit?action=export.made');
  expect(entries[0]).toMatchObject({
    who: 'person:office',
    subject: 'evidence file',
    after: { file: file?.id, sha256: sha256(PDF) },
  });
  const audited = await administrator.told<{ entries: object[] }>(
    `/v1/audit?kind=${EVIDENCE_FILE}&subject=${file?.id}`,
  );
  expect(audited.entries).toMatchObject([
    { action: 'evidence_file.attached', after: { kind: 'reported_value', subject: 'EID-ACCOUNTS 2026-01' } },
    { action: 'evidence_file.kept', who: 'person:police', after: { sha256: sha256(PDF) } },
  ]);
  for (const other of [health, province]) expect(await code(read(other, file?.id ?? ''))).toBe('404 no_such_file');
  expect(await code(read(police, '00000000-0000-4000-8000-000000000000'))).toBe('404 no_such_file');
});

it('shows that a service is deployed, and what a directive is answered with', async () => {
  const text = Buffer.from('a,b\n1,2\n');
  const file = await brought(police, text, 'places.csv');
  await police.told('/v1/services-board/DV03', {
    version: 0,
    body: { isDeployed: true, evidence: { text: 'decision 7', file: file.id } },
  });
  const board = await police.told<ServicesBoard>('/v1/services-board');
  expect(board.services.find(({ id }) => id === 'DV03')?.deployed?.evidence).toEqual({ text: 'decision 7', file });
  const csv = await (await police.ask('/v1/services-board.csv?lang=en')).text();
  expect(csv).toContain(`decision 7 places.csv (sha256 ${file.sha256})`);
  // A province sees what is said of a service; another ministry does not.
  const taken = await read(province, file.id);
  expect([taken.status, taken.headers.get('content-type'), await taken.text()]).toEqual([
    200,
    'text/csv; charset=utf-8',
    'a,b\n1,2\n',
  ]);
  expect(await code(read(health, file.id))).toBe('404 no_such_file');

  const task = {
    plan: 'plan',
    item: '1',
    unit: { dim: 'agency', code: 'MOH' },
    text: 'do',
    due: addDays(TODAY, 30),
    wanted: 'all',
  };
  await office.told('/v1/tasks', { tasks: [task] });
  const { tasks } = await office.told<{ tasks: { id: string }[] }>('/v1/tasks');
  const at = `/v1/directives/${tasks[0]?.id}/answer`;
  const answer = { cause: 'c', measure: 'm', done: TODAY, version: 1 };
  expect(await code(health.ask(at, answer))).toBe('400 bad_answer');
  // A file of another's, which this one may not see, is none.
  expect(await code(health.ask(at, { ...answer, file: file.id }))).toBe('422 file_gone');
  const photo = await brought(health, PNG, 'photo.jpg');
  expect(photo).toMatchObject({ name: 'photo.jpg.png', type: 'image/png' });
  const { directive } = await health.told<DirectiveTimeline>(at, { ...answer, file: photo.id });
  expect(directive.response?.file).toEqual(photo);
  expect((await read(health, photo.id)).status).toBe(200);
  expect(await code(read(police, photo.id))).toBe('404 no_such_file');
});

it('alone is evidence, without words', async () => {
  const file = await brought(police, pdf('alone'), 'alone.pdf');
  await police.told('/v1/indicators/reports', {
    reports: [report({ period: '2026-02', evidence: { file: file.id } })],
  });
  const { reports } = await history();
  expect(reports.find(({ period }) => period === '2026-02')?.evidence).toEqual({ file });
  expect(await code(police.ask('/v1/indicators/reports', { reports: [report({ evidence: {} })] }))).toBe(
    '400 bad_report',
  );
});

it('loses its content where it was given in error, by whoever gave it or an administrator; what it was and why stays', async () => {
  const bytes = pdf('names of people');
  const file = await brought(police, bytes, 'names.pdf');
  await police.told('/v1/indicators/reports', {
    reports: [report({ period: '2026-03', evidence: { file: file.id } })],
  });
  const at = `/v1/evidence-files/${file.id}/remove`;
  expect(await code(police.ask(at, { why: ' ' }))).toBe('400 bad_file');
  // Others who see it may not, and to whom it is nothing it stays so.
  expect(await code(office.ask(at, { why: 'x' }))).toBe('403 no_right');
  expect(await code(health.ask(at, { why: 'x' }))).toBe('404 no_such_file');
  await police.told(at, { why: 'it names people' });
  expect(await code(read(office, file.id))).toBe('410 file_removed');
  const shown = (await history()).reports.find(({ period }) => period === '2026-03')?.evidence.file;
  expect(shown).toEqual({ ...file, removed: { who: 'person:police', at: expect.any(Number), why: 'it names people' } });
  await using database = await openDatabase({ settings: databaseFrom({}, room.dataDir), report: () => undefined });
  const part = await database.read((query) =>
    query.selectFrom('evidence_part').select('part').where('sha256', '=', file.sha256).execute(),
  );
  expect(part).toEqual([]);
  const { entries } = await administrator.told<{ entries: object[] }>(
    `/v1/audit?kind=${EVIDENCE_FILE}&subject=${file.id}`,
  );
  expect(entries[0]).toMatchObject({
    action: 'evidence_file.content_removed',
    who: 'person:police',
    why: 'it names people',
    before: { name: 'names.pdf', sha256: sha256(bytes) },
  });
  // It shows nothing new; an administrator takes away what others brought, whether or not it is seen.
  const next = { period: '2026-04', evidence: { file: file.id } };
  expect(await code(police.ask('/v1/indicators/reports', { reports: [report(next)] }))).toBe('422 file_gone');
  const same = { period: '2026-03', revision: 1, why: 'typed wrong', evidence: { file: file.id } };
  expect(await code(police.ask('/v1/indicators/reports', { reports: [report(same)] }))).toBe('422 file_gone');
  const other = await brought(health, pdf('others'));
  await administrator.told(`/v1/evidence-files/${other.id}/remove`, { why: 'asked to' });
});

it('is not noted as taken where its head alone is asked for', async () => {
  const file = (await history()).reports[0]?.evidence.file;
  const noted = async (): Promise<number> => {
    const { entries } = await administrator.told<{ entries: object[] }>('/v1/audit?action=export.made');
    return entries.length;
  };
  const before = await noted();
  const head = async (path: string): Promise<[number, string | null, string]> => {
    const response = await fetch(`${room.url}${path}`, { method: 'HEAD', headers: headers(office) });
    return [response.status, response.headers.get('content-type'), await response.text()];
  };
  expect(await head(`/v1/evidence-files/${file?.id}`)).toEqual([200, 'application/pdf', '']);
  expect(await head('/v1/services-board.csv?lang=en')).toEqual([200, 'text/csv; charset=utf-8', '']);
  expect(await noted()).toBe(before);
});

it('is not kept of somebody who was shut out while it came', async () => {
  const { token } = await administrator.told<{ token: string }>('/v1/people', {
    id: 'leaver',
    name: 'leaver',
    rights: ['view', 'answer'],
    scope: { agencies: ['MPS'], provinces: [] },
  });
  const leaver = new CookieClient(room);
  await leaver.told('/v1/session/accept', { token, password: PASSWORD });
  const { hostname, port } = new URL(room.url);
  const socket = connect({ host: hostname, port: Number(port) });
  const bytes = pdf('left behind');
  const head = [
    'POST /v1/evidence-files?name=late.pdf HTTP/1.1',
    `host: ${hostname}:${port}`,
    ...Object.entries(headers(leaver)).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${bytes.byteLength}`,
    'expect: 100-continue',
    'connection: close',
  ];
  let said = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  // It was let in, and its file is waited for.
  await vi.waitFor(() => expect(said).toContain('100 Continue'), { timeout: 10_000 });
  const { people } = await administrator.told<{ people: { id: string; version: number }[] }>('/v1/people');
  await administrator.told('/v1/people/leaver', {
    version: people.find(({ id }) => id === 'leaver')?.version,
    name: 'leaver',
    rights: ['view', 'answer'],
    scope: { agencies: ['MPS'], provinces: [] },
    isDisabled: true,
  });
  socket.write(bytes);
  await closed;
  expect(said).toMatch(/HTTP\/1.1 40[13] /);
  await using database = await openDatabase({ settings: databaseFrom({}, room.dataDir), report: () => undefined });
  const kept = await database.read((query) =>
    query.selectFrom('evidence_file').select('id').where('who', '=', 'person:leaver').execute(),
  );
  expect(kept).toEqual([]);
});

it('refuses what is no file that it takes, with what to do, and keeps nothing of it', async () => {
  expect(await code(bring(police, Buffer.alloc(0)))).toBe('400 file_empty');
  expect(await code(bring(police, Buffer.from('MZ\0\x01'), 'report.pdf'))).toBe('415 file_type');
  expect(await code(bring(police, PDF, 'x.pdf', { 'content-encoding': 'gzip' }))).toBe('415 encoding');
  for (const type of ['multipart/form-data; boundary=x', 'application/x-www-form-urlencoded'])
    expect(await code(bring(police, PDF, 'x.pdf', { 'content-type': type }))).toBe('415 media_type');
  expect(await code(bring(police, PDF, ''))).toBe('400 bad_file');
  expect(await code(bring(office, PDF))).toBe('403 no_right');
  expect(await code(bring(new CookieClient(room), PDF))).toBe('401 not_signed_in');
  const { cookie } = headers(police);
  const foreign = { method: 'POST', body: 'x', headers: { cookie: cookie ?? '', origin: 'https://evil.example' } };
  expect(await code(fetch(`${room.url}/v1/evidence-files?name=x`, foreign))).toBe('403 other_origin');
  const streamed = new ReadableStream({
    start: (to) => {
      to.enqueue(new Uint8Array(PDF));
      to.close();
    },
  });
  const unsized = { method: 'POST', body: streamed, duplex: 'half', headers: headers(police) } as RequestInit;
  expect(await code(fetch(`${room.url}/v1/evidence-files?name=x`, unsized))).toBe('411 length_required');
});

it('takes a file of exactly the largest size and none of a byte more, and is full where it is', {
  timeout: 120_000,
}, async () => {
  const of = (size: number, mark: string): Buffer => Buffer.concat([pdf(mark)], size);
  const most = of(10_000_000, '1');
  const file = await brought(health, most);
  expect(file.size).toBe(10_000_000);
  expect(await code(bring(health, of(10_000_001, '1')))).toBe('413 file_too_large');
  await brought(health, of(10_000_000, '2'));
  expect(await code(bring(health, of(10_000_000, '3')))).toBe('422 room_full');
  // The same bytes need no more room.
  expect((await brought(health, most)).id).toBe(file.id);
  // Read whole, piece by piece.
  const task = {
    plan: 'plan',
    item: '2',
    unit: { dim: 'agency', code: 'MOH' },
    text: 'do',
    due: addDays(TODAY, 30),
    wanted: 'all',
  };
  await office.told('/v1/tasks', { tasks: [task] });
  const { tasks } = await office.told<{ tasks: { id: string; of: { item: string } }[] }>('/v1/tasks');
  const id = tasks.find(({ of: { item } }) => item === '2')?.id ?? '';
  await health.told(`/v1/directives/${id}/answer`, {
    cause: 'c',
    measure: 'm',
    done: TODAY,
    file: file.id,
    version: 1,
  });
  const bytes = Buffer.from(await (await read(health, file.id)).arrayBuffer());
  expect(sha256(bytes)).toBe(file.sha256);
});

it('holds nothing of a sender that is cut off in the middle, who sends it again', async () => {
  const { hostname, port } = new URL(room.url);
  const head = [
    'POST /v1/evidence-files?name=cut.pdf HTTP/1.1',
    `host: ${hostname}:${port}`,
    ...Object.entries(headers(province)).map(([name, value]) => `${name}: ${value}`),
    'content-length: 1000',
  ];
  // As many as one person may have under way, and then again: none of them holds its place.
  for (let n = 0; n < 4; n++) {
    const socket = connect({ host: hostname, port: Number(port) });
    await new Promise<void>((resolve) => socket.write(`${head.join('\r\n')}\r\n\r\n%PDF-1.7 and so`, () => resolve()));
    socket.destroy();
  }
  await vi.waitFor(async () => expect((await bring(province, PDF, 'cut.pdf')).status).toBe(200), { timeout: 10_000 });
  await using database = await openDatabase({ settings: databaseFrom({}, room.dataDir), report: () => undefined });
  const kept = await database.read((query) =>
    query.selectFrom('evidence_file').select(['size']).where('who', '=', 'person:province').execute(),
  );
  expect(kept).toEqual([{ size: PDF.byteLength }]);
  const last = await database.read((query) => lastAudit(query, EVIDENCE_FILE));
  expect(last).toMatchObject({ action: 'evidence_file.kept', after: { name: 'cut.pdf' } });
});
