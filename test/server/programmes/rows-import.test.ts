/** Files of offices go into a real room by the import: by the room's own rules, all or none, and the same file again changes nothing. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type AuditPage,
  addDays,
  type IndicatorHistory,
  localDay,
  type ReadingToken,
  type Tasks,
} from '@room/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { childEnv } from '../../harness/config.ts';
import { CookieClient, firstAdministrator, PASSWORD, statusOf } from '../../harness/cookies.ts';
import { run } from '../../harness/process.ts';
import { ROOT, typescript } from '../../harness/program.ts';
import { type Room, startRoom } from '../../harness/room.ts';
import { tempDir } from '../../harness/temp.ts';

const TODAY = localDay(Date.now(), 'Asia/Ho_Chi_Minh');
const written = (day: string): string => day.split('-').reverse().join('/');
const DUE = written(addDays(TODAY, 30));
const PATIENT = { timeout: 120_000 };

let room: Room;
let folder: Awaited<ReturnType<typeof tempDir>>;
let administrator: CookieClient;
let office: CookieClient;
let police: CookieClient;
beforeAll(async () => {
  room = await startRoom();
  folder = await tempDir('rows-import');
  await writeFile(join(folder.path, 'password'), `${PASSWORD}\n`);
  administrator = await firstAdministrator(room);
  const person = async (id: string, rights: string[], scope: unknown): Promise<CookieClient> => {
    const { token } = await administrator.told<{ token: string }>('/v1/people', { id, name: id, rights, scope });
    const client = new CookieClient(room);
    await client.told('/v1/session/accept', { token, password: PASSWORD });
    return client;
  };
  office = await person('office', ['view', 'direct'], 'all');
  police = await person('police', ['view', 'answer'], { agencies: ['MPS'], provinces: [] });
});
afterAll(async () => {
  await room[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const byPassword = (who: string): string[] => ['--sign-in', who, '--password-file', join(folder.path, 'password')];
const imports = (who: string, name: string, rows: string, mapping: object, ...words: string[]) =>
  importsBy(byPassword(who), name, rows, mapping, ...words);

async function importsBy(sender: string[], name: string, rows: string, mapping: object, ...words: string[]) {
  const [file, by] = [`${name}.csv`, `${name}.json`].map((each) => join(folder.path, each)) as [string, string];
  await writeFile(file, rows);
  await writeFile(by, JSON.stringify(mapping));
  const command = [...typescript(), join(ROOT, 'pipelines/src/import/main.ts'), file, '--mapping', by];
  const { code, output } = await run(process.execPath, [...command, '--url', room.url, ...sender, ...words], {
    env: childEnv(),
  });
  return { code, said: output };
}

const PLAN = {
  rows: 'tasks',
  dateFormat: 'd/M/yyyy',
  fields: {
    plan: 'Kế hoạch 2026',
    item: { column: 'STT' },
    agency: { column: 'Cơ quan chủ trì', map: { 'Bộ Công an': 'MPS', 'Bộ Y tế': 'MOH', 'Bộ cũ': 'XYZ' } },
    text: { column: 'Nhiệm vụ' },
    due: { column: 'Thời hạn' },
    wanted: { column: 'Sản phẩm' },
  },
};
const HEAD = 'STT,Nhiệm vụ,Cơ quan chủ trì,Thời hạn,Sản phẩm\n';
const SOUND = `${HEAD}1,Kết nối,Bộ Công an,${DUE},biên bản\n2,Số hóa,Bộ Y tế,${DUE},báo cáo\n`;
const items = async (): Promise<(string | undefined)[]> =>
  (await office.told<Tasks>('/v1/tasks')).tasks.map(({ of }) => of?.item).sort();

it('a plan is checked whole, given once, and sent again changes nothing', PATIENT, async () => {
  const faulty = `${HEAD}1,Kết nối,Bộ Công an,mai,biên bản\n2,Số hóa,Bộ cũ,${DUE},báo cáo\n2,Số hóa,Bộ Y tế,${DUE},\n`;
  for (const words of [['--check'], []]) {
    const { code, said } = await imports('office', 'faulty', faulty, PLAN, ...words);
    // What the file itself lacks and what the room refuses, at once.
    expect([code, said]).toEqual([
      1,
      expect.stringMatching(/line 2: Thời hạn.*line 3: unit: .*XYZ.*line 4: Sản phẩm: empty/s),
    ]);
    expect(await items()).toEqual([]);
  }
  expect(await imports('office', 'plan', SOUND, PLAN, '--check')).toMatchObject({
    code: 0,
    said: expect.stringContaining('nothing was sent'),
  });
  expect(await items()).toEqual([]);
  expect(await imports('office', 'plan', SOUND, PLAN)).toMatchObject({
    code: 0,
    said: expect.stringContaining('2 tasks taken'),
  });
  const more = `${SOUND}3,Thêm,Bộ Y tế,${DUE},báo cáo\n`;
  expect((await imports('office', 'plan', more, PLAN)).said).toMatch(/1 task taken\n2 tasks taken before/);
  expect(await items()).toEqual(['1', '2', '3']);
  // The room counts what it was sent from 1 on; a row is told here by its line of the file.
  const twice = await imports('office', 'twice', `${SOUND}1,Kết nối,Bộ Công an,${DUE},biên bản\n`, PLAN, '--check');
  expect([twice.code, twice.said]).toEqual([
    1,
    expect.stringMatching(/line 4: item: number 1 .*stands in line 2 already/),
  ]);
  const changed = await imports('office', 'plan', SOUND.replace('Kết nối', 'Kết nối lại'), PLAN);
  expect([changed.code, changed.said]).toEqual([
    1,
    expect.stringMatching(/line 2: item: number 1 .*is a task already/),
  ]);
});

it('is taken of whoever may give tasks alone', PATIENT, async () => {
  const { code, said } = await imports('police', 'theirs', SOUND, PLAN);
  expect([code, said]).toEqual([2, expect.stringMatching(/403 .*right "Direct"/s)]);
});

it('reported values go by the scope of who sends them, and the same file again changes nothing', PATIENT, async () => {
  const mapping = {
    rows: 'reports',
    numberFormat: '1.234,5',
    fields: {
      indicator: { column: 'Chỉ tiêu', map: { 'Tài khoản': 'EID-ACCOUNTS', Khác: 'NPSP-ACCOUNTS' } },
      period: { column: 'Kỳ' },
      unit: 'count',
      value: { column: 'Giá trị' },
      evidence: { column: 'Căn cứ' },
    },
  };
  const head = 'Chỉ tiêu,Kỳ,Giá trị,Căn cứ\n';
  const bad = `${head}Tài khoản,tháng 1/2026,71.000.000,công văn 1\nKhác,tháng 1/2026,1.000,công văn 2\nTài khoản,tháng 1/2019,x,công văn 3\n`;
  const refused = await imports('police', 'bad', bad, mapping, '--check');
  expect([refused.code, refused.said]).toEqual([
    1,
    expect.stringMatching(
      /line 3: indicator: there is no indicator NPSP-ACCOUNTS.*line 4: value: "x" is not a number/s,
    ),
  ]);
  const good = `${head}Tài khoản,tháng 1/2026,71.000.000,công văn 1\n`;
  expect((await imports('police', 'good', good, mapping)).said).toContain('1 value taken');
  expect((await imports('police', 'good', good, mapping)).said).toMatch(/0 values taken\n1 value taken before/);
  const { reports } = await police.told<IndicatorHistory>('/v1/indicators/EID-ACCOUNTS');
  expect(reports.map(({ period, value, who }) => [period, value, who])).toEqual([
    ['2026-01', 71_000_000, 'person:police'],
  ]);
});

it('a token brings what it was made to bring, as its owner, and nothing else', PATIENT, async () => {
  const make = (owner: CookieClient, more: object) =>
    owner.told<{ token: ReadingToken; secret: string }>('/v1/account/tokens', {
      name: 'night script',
      rights: [],
      days: 30,
      ...more,
    });
  const brings = await make(office, { imports: ['tasks'], scope: 'all' });
  const theirs = await make(police, { imports: ['reports'], scope: { agencies: ['MPS'], provinces: [] } });
  const byToken = async (secret: string, name: string): Promise<string[]> => {
    const file = join(folder.path, `${name}.token`);
    await writeFile(file, `${secret}\n`);
    return ['--token-file', file];
  };
  const rows = `${HEAD}T1,Kết nối,Bộ Công an,${DUE},biên bản\n`;
  const wrong = await importsBy(await byToken(theirs.secret, 'theirs'), 'token-wrong', rows, PLAN);
  expect([wrong.code, wrong.said]).toEqual([2, expect.stringMatching(/403 .*made to bring|403 .*\/account/s)]);
  const taken = await importsBy(await byToken(brings.secret, 'brings'), 'token', rows, PLAN);
  expect([taken.code, taken.said]).toEqual([0, expect.stringContaining('1 task taken')]);
  const { entries } = await administrator.told<AuditPage>('/v1/audit?who=person:office&action=task.given');
  expect(entries[0]).toMatchObject({ who: 'person:office', why: 'by the token night script' });
  // It reads nothing, changes nothing else, and is no page's.
  const by = (path: string, body?: object, headers: Record<string, string> = {}): Promise<string> =>
    statusOf(
      fetch(`${room.url}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${brings.secret}`, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
  const task = { isTrial: true, tasks: [] };
  for (const [path, body] of [
    ['/v1/tasks'],
    ['/v1/catalogue'],
    ['/v1/account/tokens'],
    ['/v1/indicators/reports', { reports: [] }],
    ['/v1/directives', {}],
    ['/v1/rows/read', {}],
  ] as [string, object?][])
    expect([path, await by(path, body)]).toEqual([path, '403 no_right']);
  expect(await by('/v1/tasks', task, { origin: 'https://elsewhere.example' })).toBe('403 other_origin');
  expect(await by('/v1/tasks', task)).toBe('400 bad_task');
  await office.told(`/v1/account/tokens/${brings.token.id}/revoke`, {});
  const over = await importsBy(await byToken(brings.secret, 'over'), 'over', rows, PLAN);
  expect([over.code, over.said]).toEqual([2, expect.stringMatching(/401 unknown_token/)]);
  expect(over.said).not.toContain(brings.secret);
});
