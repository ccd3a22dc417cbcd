/** What `init` makes of a file: a mapping that works once its questions are answered. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import writeWorkbook from 'write-excel-file/node';
import { init } from '../../../pipelines/src/import/init.ts';
import { mappingSchema, parseMapping } from '../../../pipelines/src/import/mapping.ts';
import { runImport } from '../../../pipelines/src/import/run.ts';
import type { Summary } from '../../../pipelines/src/import/tally.ts';

const LOS_ANGELES = fileURLToPath(new URL('../../catalogues/los-angeles', import.meta.url));

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'init-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function begun(content: string | Uint8Array, catalogue = DEFAULT_CATALOGUE) {
  const file = join(folder, 'in.csv');
  await writeFile(file, content);
  const mapping = join(folder, 'mapping.json');
  const { questions, rows } = await init({
    file,
    mapping,
    catalogue: (await loadCatalogue(catalogue)).catalogue,
    encoding: undefined,
    stdin: Readable.from([]),
  });
  return { questions, rows, text: await readFile(mapping, 'utf8') };
}

/** Of a mapping with these answers in the place of its questions. */
async function checked(mapping: string, answers: readonly string[]): Promise<Summary> {
  let at = 0;
  const answered = mapping.replaceAll('"?"', () => JSON.stringify(answers[at++]));
  expect(at).toBe(answers.length);
  return runImport({
    file: join(folder, 'in.csv'),
    mapping: parseMapping(answered, 'mapping.json'),
    stop: new AbortController().signal,
    progress: () => undefined,
  });
}

it('a real export is mapped but for what only a person knows, and its totals are right', async () => {
  const { questions, text } = await begun(await readFile(`${LOS_ANGELES}/requests.csv`), LOS_ANGELES);
  expect(questions.map((question) => question.replace(/:.*/s, ''))).toEqual([
    'province',
    'channel',
    'id',
    'status',
    'status',
    'onTime',
  ]);
  const mapping = mappingSchema.parse(JSON.parse(text.replaceAll('"?"', '"x"')));
  expect(mapping).toMatchObject({
    source: 'urn:portal:los-angeles:311',
    timeZone: 'America/Los_Angeles',
    dateFormat: ['M/d/yyyy h:mm:ss a'],
    common: {
      procedure: { column: 'RequestType', map: { 'Metal/Household Appliances': 'metal-household-appliances' } },
      agency: { column: 'Owner' },
      province: { column: 'APC', map: { 'South Los Angeles APC': 'south-los-angeles' } },
      channel: { column: 'RequestSource', map: { Call: 1 } },
    },
    events: [
      { id: '{SRNumber}', status: 1, time: ['CreatedDate'] },
      { id: '{SRNumber}/{Status}', time: ['ClosedDate', 'UpdatedDate'], status: { map: { Closed: 9, Open: 4 } } },
    ],
  });
  expect(() => parseMapping(text, 'mapping.json')).toThrow(/channel.*still a question/s);
  expect(await checked(text, ['none', '6'])).toMatchObject({ rows: 9_999, events: 19_998, rejectedRows: 0 });
}, 180_000);

describe('an export of another office', () => {
  const rows = (count: number, row: (at: number) => string): string =>
    Array.from({ length: count }, (_, at) => row(at)).join('\n');

  it('with a preamble, another delimiter, two columns of time and names within longer ones', async () => {
    const provinces = ['UBND thành phố Hà Nội', 'TP Đà Nẵng', 'Tỉnh Hà Tĩnh'];
    const csv = `Báo cáo hồ sơ\nTừ ngày 01/11/2026\n\nMã hồ sơ;Ngày nộp;Giờ;Tỉnh;Kênh\n${rows(30, (at) => `H-${at};${(at % 28) + 1}/11/2026;${at % 24}:05;${provinces[at % 3]};${(at % 3) + 1}`)}\n`;
    const { text, rows: read } = await begun(csv);
    expect(read).toBe(30);
    expect(JSON.parse(text)).toMatchObject({
      delimiter: ';',
      dateFormat: ['d/M/yyyy H:mm'],
      common: {
        province: { column: 'Tỉnh', map: { 'UBND thành phố Hà Nội': '01', 'TP Đà Nẵng': '48', 'Tỉnh Hà Tĩnh': '42' } },
        channel: { column: 'Kênh' },
        agency: '?',
        procedure: '?',
      },
      events: [{ id: '{Mã hồ sơ}', status: 1, time: { columns: ['Ngày nộp', 'Giờ'] } }],
    });
    expect(await checked(text, ['urn:portal:national', 'DV01', 'MPS'])).toMatchObject({
      rows: 30,
      events: 30,
      rejectedRows: 0,
    });
  });

  it('of counts per day without an id', async () => {
    const csv = `Ngày,Tỉnh,Số lượng\n${rows(40, (at) => `2026-11-${String((at >> 1) + 1).padStart(2, '0')},${at % 2 === 0 ? 'Hà Nội' : 'Đà Nẵng'},"1.${100 + at}"`)}\n`;
    const { text, questions } = await begun(csv);
    expect(JSON.parse(text)).toMatchObject({
      numberFormat: '1.234,5',
      events: [{ id: { columns: ['Ngày', 'Tỉnh'] }, count: { column: 'Số lượng' }, interval: 'day' }],
    });
    expect(questions.join('\n')).toMatch(/can never be changed/);
    expect((await checked(text, ['urn:portal:national', 'DV01', 'MPS', '2'])).example?.data).toMatchObject({
      count: 1_100,
      interval: { start: '2026-11-01T00:00:00+07:00', end: '2026-11-02T00:00:00+07:00' },
    });
  });

  it('in which open dossiers have no day of their end: they give no second event', async () => {
    const csv = `Mã hồ sơ,Ngày nộp,Ngày hoàn thành,Trạng thái\n${rows(30, (at) => `H-${at},2026-11-19,${at % 3 === 0 ? '' : '2026-11-20'},${at % 3 === 0 ? 'Đang xử lý' : 'Đã xử lý xong'}`)}\n`;
    const { text, questions } = await begun(csv);
    expect(questions.join('\n')).toContain('Rows without Ngày hoàn thành count as handed in alone');
    expect(await checked(text, ['urn:portal:national', 'DV01', 'MPS', '01', '2'])).toMatchObject({
      rows: 30,
      events: 50,
      rejectedRows: 0,
    });
  });

  it('whose rows are alike: it is said which columns tell them apart, and what to do about those that none does', async () => {
    const wards = ['Ba Đình', 'Hoàn Kiếm', 'Tây Hồ'];
    const csv = `Ngày,Tỉnh,Phường,Ghi chú\n${rows(30, (at) => `2026-11-${String(Math.floor(at / 3) + 1).padStart(2, '0')},Hà Nội,${wards[at % 3]},x`)}\n`;
    const { questions } = await begun(csv);
    expect(questions.join('\n')).toContain(
      '20 of 30 rows have the same Ngày, Tỉnh as an earlier row, and would not be counted beside it. If they are dossiers of their own, ' +
        'add Phường: write "id": {"columns":["Ngày","Tỉnh","Phường"]}, and no two are the same',
    );
    await rm(join(folder, 'mapping.json'));
    const asked = (await begun(`${csv}2026-11-01,Hà Nội,Ba Đình,x\n`)).questions.join('\n');
    expect(asked).toContain('21 of 31 rows have the same Ngày, Tỉnh');
    expect(asked).toMatch(
      /1 rows? (are|is) like an earlier row in every column.*exported twice\?.*ask for an export that has their number/,
    );
  });

  it('with days that can be read in two ways, an id that repeats, and another encoding', async () => {
    const csv = `Nr,Datum,Ort\n${rows(24, (at) => `${at >> 1},${(at % 12) + 1}/${(at % 9) + 1}/2026,${['K\xf6ln', 'M\xfcnchen', 'Gro\xdf-Gerau, S\xfcd'][at % 3]?.replace(',', '')}`)}\n`;
    const { text, questions } = await begun(Buffer.from(csv, 'latin1'));
    expect(JSON.parse(text)).toMatchObject({ encoding: 'windows-1252', events: [{ id: '{Nr}' }] });
    const asked = questions.join('\n');
    expect(asked).toMatch(/dateFormat: every day of Datum can be read as d\/M\/yyyy and as M\/d\/yyyy/);
    expect(asked).toMatch(
      /12 of 24 rows have the same Nr as an earlier row.*write "id": "\{Nr\}\/\{Datum\}", and no two are the same/,
    );
    expect(asked).toMatch(/not UTF-8, and was read as windows-1252/);
  });

  it('with bad and empty cells: the columns stay what most of their cells are, and it is said how many are not', async () => {
    const csv = `Mã hồ sơ,Ngày nộp,Ngày trả kết quả,Tỉnh,Số lượng\n${rows(40, (at) => {
      const day = `${(at % 28) + 1}/11/2026`;
      const submitted = at === 3 ? 'hôm qua' : at === 4 ? '31/11/2026' : at === 5 ? '' : day;
      return `${at === 7 ? '' : `H-${at}`},${submitted},${day},Hà Nội,${at === 9 ? 'khoảng 3' : 2}`;
    })}\n`;
    const { text, questions } = await begun(csv);
    expect(JSON.parse(text)).toMatchObject({
      dateFormat: 'd/M/yyyy',
      events: [{ id: '{Mã hồ sơ}', time: 'Ngày nộp', count: { column: 'Số lượng' } }],
    });
    const asked = questions.join('\n');
    expect(asked).toContain('Ngày nộp: 2 of 39 cells are not d/M/yyyy ("hôm qua", "31/11/2026")');
    expect(asked).toContain('Ngày nộp: 1 of 40 cells are empty');
    expect(asked).toContain('Mã hồ sơ: 1 of 40 cells are empty');
    expect(asked).toContain('Số lượng: 1 of 40 cells are no whole numbers ("khoảng 3")');
    expect(await checked(text, ['urn:portal:national', 'DV01', 'MPS', '2'])).toMatchObject({
      rows: 40,
      rejectedRows: 5,
    });
  });

  it('with a header of two rows, a column for each kind, short years and totals at its end', async () => {
    const csv = `Báo cáo tháng 11\nTỉnh,Ngày,Hồ sơ,,Ghi chú,\n,,Số lượng,Trả,Một,Hai\n${rows(30, (at) => `Hà Nội,${at + 1}/11/26,${at + 1},1,,`)}\nTổng cộng,,465,30,,\n`;
    const { text, questions, rows: read } = await begun(csv);
    expect(read).toBe(30);
    expect(JSON.parse(text)).toMatchObject({
      dateFormat: 'd/M/yy',
      ignore: [{ column: 'Tỉnh', in: ['Tổng cộng'] }],
      events: [{ id: { columns: ['Ngày', 'Tỉnh'] }, count: { column: 'Hồ sơ / Số lượng' }, interval: 'day' }],
    });
    expect(questions.join('\n')).toContain('ignore: rows that begin with Tổng cộng sum up others');
    expect(await checked(text, ['urn:portal:national', 'DV01', 'MPS', '2'])).toMatchObject({
      rows: 30,
      passed: { ignored: 1, preamble: 2 },
    });
  });

  it('as a workbook whose table is not on its first sheet', async () => {
    const table = [
      ['Request ID', 'Created'],
      ['1', '2026-11-19'],
      ['2', '2026-11-20'],
    ].map((cells) => cells.map((value) => ({ value })));
    const workbook = await writeWorkbook([
      { data: [[{ value: 'Cover' }]], sheet: 'Read me' },
      { data: table, sheet: 'Data' },
    ]).toBuffer();
    const { text, questions } = await begun(workbook);
    expect(JSON.parse(text)).toMatchObject({ sheet: 'Data', events: [{ id: '{Request ID}', time: 'Created' }] });
    expect(questions.join('\n')).toContain('sheet: is Data the one? The workbook has Read me too');
  });

  it('is never written over a mapping that is there', async () => {
    await begun('id,at\nA,2026-11-19\n');
    await expect(begun('id,at\nA,2026-11-19\n')).rejects.toThrow(/EEXIST/);
  });
});
