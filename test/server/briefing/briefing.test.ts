/** A briefing of a real room: made, frozen, signed, set on paper in both languages, verified after a correction, and refused with one byte changed. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Briefing, briefingSchema, type QueryAnswer, type Sealed, type Verified } from '@room/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { send, submission } from '../../harness/client.ts';
import { childEnv } from '../../harness/config.ts';
import { CookieClient, firstAdministrator, PASSWORD } from '../../harness/cookies.ts';
import { run } from '../../harness/process.ts';
import { ROOT, typescript } from '../../harness/program.ts';
import { type Room, startRoom } from '../../harness/room.ts';

let room: Room;
let administrator: CookieClient;
let sealed: Sealed;
let briefing: Briefing;
const DAY = 24 * 3_600_000;
const ago = (days: number): string => new Date(Date.now() + 7 * 3_600_000 - days * DAY).toISOString().slice(0, 10);

let office: CookieClient;
const report = (more: object = {}): object => ({
  indicator: 'ONLINE-FILING',
  period: '2026-01',
  unit: 'share',
  value: 0.41,
  evidence: { text: 'report 12' },
  ...more,
});
const tell = (more?: object): Promise<unknown> => office.told('/v1/indicators/reports', { reports: [report(more)] });
beforeAll(async () => {
  room = await startRoom();
  administrator = await firstAdministrator(room);
  await send(
    room,
    Array.from({ length: 14 }, (_, day) =>
      submission(`b-${day}`, {
        occurredAt: `${ago(day + 1)}T10:00:00+07:00`,
        count: day < 7 ? 20 + day : 10 + (day % 3),
      }),
    ),
  );
  const { token } = await administrator.told<{ token: string }>('/v1/people', {
    id: 'office',
    name: 'Office',
    rights: ['view', 'analyse', 'answer'],
    scope: 'all',
  });
  office = new CookieClient(room);
  await office.told('/v1/session/accept', { token, password: PASSWORD });
  await tell();
});
afterAll(() => room[Symbol.asyncDispose]());

const verify = (of: object): Promise<Verified> => office.told<Verified>('/v1/briefings/verify', of);

it('is made of what there is, and says what is not known first', async () => {
  // What is accepted is counted a moment later.
  await expect
    .poll(
      async () =>
        (await office.told<QueryAnswer>(`/v1/query?measures=submitted&from=${ago(14)}&to=${ago(1)}`)).total.now
          ?.submitted,
      { timeout: 30_000, interval: 500 },
    )
    .toBe(238);
  const { id } = await office.told<{ id: string }>('/v1/briefings', { period: 'week' });
  sealed = await office.told<Sealed>(`/v1/briefings/${id}`);
  briefing = briefingSchema.parse(JSON.parse(sealed.text));
  expect(briefing).toMatchObject({ id, from: ago(7), to: ago(1) });
  expect(briefing.parts.map(({ part }) => part)).toEqual([
    'unknown',
    'changed',
    'units',
    'forecast',
    'alerts',
    'overdue',
    'tasks',
    'indicators',
  ]);
  const [unknown, changed] = briefing.parts;
  expect(unknown?.sentences.map(({ code }) => code)).toContain('U3');
  const [first] = changed?.sentences ?? [];
  expect(first?.en).toMatch(/^Dossiers submitted in 7 days: 161 \(of \d+\.\d% of what should be in\)[,;] /);
  // Which days these are depends on today: with other working days than the week before, or none, it says so.
  expect(first?.en).toMatch(
    /(?:\+\d+\.\d% \(95%: \+\d+\.\d% … \+\d+\.\d%\)|not held) against the 7 days before(?: \(\d working days, \d before\)|: \d working days, \d before)?\.$/,
  );
  expect(first?.vi).toMatch(/^Hồ sơ nộp trong 7 ngày: 161/);
  for (const { sentences } of briefing.parts)
    for (const { code, asOf, path } of sentences) {
      expect(code).not.toBe('');
      expect(asOf).toBeGreaterThan(Date.parse('2026-01-01'));
      expect(path).toMatch(/^\//);
    }
  // A part is missing, or says what it has: two weeks are too short a history for forecasts.
  expect(briefing.parts.find(({ part }) => part === 'forecast')?.sentences).toEqual([]);
});

it('is verified as it was signed, and not with one byte changed, wherever it is', async () => {
  expect(await verify(sealed)).toEqual({ verdict: 'genuine', id: briefing.id, madeAt: briefing.madeAt, corrected: [] });
  for (const at of [0, 20, Math.floor(sealed.text.length / 2), sealed.text.length - 1]) {
    const byte = sealed.text[at] === 'x' ? 'y' : 'x';
    const text = sealed.text.slice(0, at) + byte + sealed.text.slice(at + 1);
    expect(await verify({ ...sealed, text })).toEqual({ verdict: 'changed', corrected: [] });
  }
  expect(await verify({ ...sealed, key: '0123456789abcdef' })).toEqual({ verdict: 'unknownKey', corrected: [] });
  const signature = Buffer.alloc(64).toString('base64');
  expect(await verify({ ...sealed, signature })).toEqual({ verdict: 'changed', corrected: [] });
  const { mode } = await stat(join(room.dataDir, 'briefing-key.pem'));
  expect(mode & 0o077).toBe(0);
});

it('stands on one page of A4 in either language', async () => {
  for (const language of ['vi', 'en']) {
    const response = await office.ask(`/v1/briefings/${briefing.id}/paper.pdf?lang=${language}`);
    expect(response.status).toBe(200);
    const pdf = Buffer.from(await response.arrayBuffer()).toString('latin1');
    expect(pdf.slice(0, 5)).toBe('%PDF-');
    expect(pdf).toMatch(/\/Type \/Pages\s+\/Count 1\b/);
  }
});

it('says which of its figures were corrected or taken back since, on the page and by the command', async () => {
  await tell({ revision: 1, value: 0.46, why: 'a province was missing' });
  const corrected = { code: 'I1', indicator: 'ONLINE-FILING', period: '2026-01', was: 0.41 };
  expect((await verify(sealed)).corrected).toEqual([{ ...corrected, now: 0.46, at: expect.any(Number) }]);
  const file = join(room.dataDir, 'briefing.json');
  await writeFile(file, JSON.stringify(sealed));
  const command = () =>
    run(process.execPath, [...typescript(), 'server/src/briefing.ts', 'verify', file], {
      cwd: ROOT,
      env: childEnv({ DATA_DIR: room.dataDir }),
    });
  expect((await command()).stdout).toMatch(/as it was signed[\s\S]*I1: ONLINE-FILING 2026-01 was 0.41, now 0.46 since/);
  await tell({ revision: 2, value: null, why: 'of another year' });
  expect((await verify(sealed)).corrected).toEqual([{ ...corrected, now: null, at: expect.any(Number) }]);
  await writeFile(file, (await readFile(file, 'utf8')).replace('0.41', '0.40'));
  expect(await command()).toMatchObject({ code: 1, output: expect.stringContaining('is not as it was signed') });
});

it('a review of a year has an annex of indicators and tasks, says what it has not, and is signed as well', async () => {
  await expect
    .poll(async () => (await office.ask('/v1/briefings', { period: 'reviewYear' })).status, { timeout: 30_000 })
    .toBe(200);
  const { briefings } = await office.told<{ briefings: { id: string; period: string }[] }>('/v1/briefings');
  const review = await office.told<Sealed>(
    `/v1/briefings/${briefings.find(({ period }) => period === 'reviewYear')?.id}`,
  );
  const read = briefingSchema.parse(JSON.parse(review.text));
  const year = Number(ago(0).slice(0, 4)) - 1;
  expect(read).toMatchObject({ from: `${year}-01-01`, to: `${year}-12-31`, annex: { tasks: [], moreTasks: 0 } });
  expect(read.annex?.indicators).toHaveLength(23);
  expect(read.missing).not.toContain('annexIndicators');
  expect((await verify(review)).verdict).toBe('genuine');
  const paper = await office.ask(`/v1/briefings/${read.id}/paper.pdf?lang=en`);
  expect(paper.status).toBe(200);
  await paper.arrayBuffer();
});

it('a schedule is kept over the version that was seen', async () => {
  expect(await office.told('/v1/briefing-schedule')).toEqual({
    version: 0,
    body: { isOn: false, at: '07:00', period: 'week' },
  });
  const body = { isOn: false, at: '06:30', period: 'month' };
  expect(await office.told('/v1/briefing-schedule', { version: 0, body })).toEqual({ version: 1, body });
  expect((await office.ask('/v1/briefing-schedule', { version: 0, body })).status).toBe(409);
  expect((await office.ask('/v1/briefing-schedule', { version: 1, body: { ...body, at: '25:00' } })).status).toBe(400);
});
