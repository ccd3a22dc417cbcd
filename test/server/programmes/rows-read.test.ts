/** An office's file by its mapping, in a real room: what each row would be, and nothing taken; who may not send such rows reads none. */
import type { RowsRead, TakenReports } from '@room/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CookieClient, firstAdministrator, PASSWORD, statusOf } from '../../harness/cookies.ts';
import { type Room, startRoom } from '../../harness/room.ts';

let room: Room;
let police: CookieClient;
let reader: CookieClient;
beforeAll(async () => {
  room = await startRoom();
  const administrator = await firstAdministrator(room);
  const person = async (id: string, rights: string[]): Promise<CookieClient> => {
    const scope = { agencies: ['MPS'], provinces: [] };
    const { token } = await administrator.told<{ token: string }>('/v1/people', { id, name: id, rights, scope });
    const client = new CookieClient(room);
    await client.told('/v1/session/accept', { token, password: PASSWORD });
    return client;
  };
  police = await person('police', ['view', 'answer']);
  reader = await person('reader', ['view']);
});
afterAll(() => room[Symbol.asyncDispose]());

const MAPPING = {
  rows: 'reports',
  numberFormat: '1.234,5',
  fields: {
    indicator: 'EID-ACCOUNTS',
    period: { column: 'Kỳ' },
    unit: 'count',
    value: { column: 'Số tài khoản' },
    evidence: { column: 'Công văn' },
  },
};
const read = (client: CookieClient, csv: string | Buffer, mapping: object | string = MAPPING, rows = 'reports') =>
  client.ask('/v1/rows/read', {
    rows,
    mapping: typeof mapping === 'string' ? mapping : JSON.stringify(mapping),
    content: Buffer.from(csv).toString('base64'),
  });
const CSV = 'Kỳ,Số tài khoản,Công văn\ntháng 1/2026,71.000.000,công văn 12\ntháng 13/2026,1,x\n2026-02,nhiều,y\n';

it('says of each row what it would be or why it is none, and takes nothing', async () => {
  const answer = (await (await read(police, CSV)).json()) as RowsRead;
  expect(answer.rows).toEqual([
    {
      line: 2,
      of: {
        indicator: 'EID-ACCOUNTS',
        period: '2026-01',
        unit: 'count',
        value: 71_000_000,
        evidence: { text: 'công văn 12' },
        revision: 0,
      },
    },
  ]);
  expect(answer.faults.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
    expect.stringMatching(/^3 period: "tháng 13\/2026" is none; months are 1 to 12/),
    expect.stringMatching(/^4 value: "nhiều" is not a number/),
  ]);
  const { reports } = await police.told<{ reports: unknown[] }>('/v1/indicators/EID-ACCOUNTS');
  expect(reports).toEqual([]);
  // What it gave is what is taken.
  const sent = { reports: answer.rows.map(({ of }) => of) };
  expect(await police.told<TakenReports>('/v1/indicators/reports', sent)).toMatchObject({ taken: 1, refused: [] });
});

it('refuses what it cannot read with what to do, and whoever may not send such rows', async () => {
  expect(await statusOf(read(reader, CSV))).toBe('403 no_right');
  expect(await statusOf(read(police, CSV, MAPPING, 'tasks'))).toBe('403 no_right');
  for (const [csv, mapping, reason] of [
    [CSV, 'no mapping', 'is not JSON'],
    [CSV, { ...MAPPING, rows: 'tasks' }, 'fields'],
    [CSV, { ...MAPPING, fields: { ...MAPPING.fields, period: { column: 'Kỳ', pattern: '(?=a)' } } }, 'looking ahead'],
    [Buffer.from('PK\x03\x04more'), MAPPING, 'save it as CSV'],
    [Buffer.from([0x1f, 0x8b, 8, 0]), MAPPING, 'save it as CSV'],
  ] as const) {
    const response = await read(police, csv, mapping);
    const { error } = (await response.json()) as { error: { code: string; reason: string } };
    expect([response.status, error.code, error.reason]).toEqual([422, 'rows_unread', expect.stringContaining(reason)]);
  }
});

const posted = async (body: string | Uint8Array<ArrayBuffer>, type: string): Promise<string> => {
  const response = await fetch(`${room.url}/v1/indicators/reports`, {
    method: 'POST',
    headers: {
      'content-type': type,
      cookie: police.cookie,
      origin: room.url,
      'x-csrf-token': police.csrfToken ?? '',
    },
    body,
  });
  const { error } = (await response.json()) as { error: { code: string; reason: string } };
  return `${response.status} ${error.code}: ${error.reason}`;
};

it('names the field that a body has twice, and reads none that is not in UTF-8', async () => {
  const twice = '{"reports":[{"period":"2026-01","value":1,"value":2}]}';
  expect(await posted(twice, 'application/json')).toMatch(/^400 field_twice: .*value/);
  expect(await posted(twice, 'application/json; charset=utf-7')).toMatch(/^415 media_type: .*utf-7.*UTF-8/);
  expect(await posted(twice, 'application/json; charset="UTF-8"')).toMatch(/^400 field_twice/);
  const latin = new Uint8Array(Buffer.from('{"reports":"\xe0"}', 'latin1'));
  expect(await posted(latin, 'application/json')).toMatch(/^400 .*UTF-8/);
});

it('a mapping that says a thing twice is refused, and so is a file wider than any of its kind', async () => {
  const twice = JSON.stringify(MAPPING).replace('"unit":"count"', '"unit":"count","unit":"share"');
  const reasonOf = async (answer: Promise<Response>): Promise<string> => {
    const { error } = (await (await answer).json()) as { error: { code: string; reason: string } };
    return `${error.code}: ${error.reason}`;
  };
  expect(await reasonOf(read(police, CSV, twice))).toMatch(/^rows_unread: .*"unit" twice/);
  const wide = `${'c,'.repeat(16_383)}c\n${`${'x,'.repeat(16_383)}x\n`.repeat(50)}`;
  const began = performance.now();
  expect(await reasonOf(read(police, wide))).toMatch(/^rows_unread: .*16384 columns; 500 are read/);
  // Ten seconds of one turn, before the first columns alone were looked at.
  expect(performance.now() - began).toBeLessThan(20_000);
  // One at a time of one person: whoever sends many is told so.
  const many = await Promise.all(Array.from({ length: 6 }, () => statusOf(read(police, wide))));
  expect(many.filter((status) => status === '429 too_many_at_once').length).toBeGreaterThan(0);
});
