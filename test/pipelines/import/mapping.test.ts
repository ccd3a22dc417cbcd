import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadCatalogue } from '@room/catalogue';
import { decode, type Submission, type SubmissionEvent } from '@room/contract';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { bindMapping, ignoredBy, type MappedRow } from '../../../pipelines/src/import/bind.ts';
import { type Mapping, mappingSchema, parseMapping } from '../../../pipelines/src/import/mapping.ts';

const folder = fileURLToPath(new URL('../../catalogues/los-angeles', import.meta.url));
const { catalogue } = await loadCatalogue(folder);
const mapping = parseMapping(readFileSync(`${folder}/mapping.json`, 'utf8'), 'mapping.json');
const [header = [], ...rows] = parse(readFileSync(`${folder}/requests.csv`), { bom: true }) as string[][];

const tally = <T>(items: readonly T[], keyOf: (item: T) => string | number): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const item of items) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1;
  return counts;
};

describe('the Los Angeles export', () => {
  const map = bindMapping(mapping, header);
  const mapped = rows.map(map);
  const events = mapped.flatMap((row) => (row.ok ? row.events : []));
  const decided = events.map((event) =>
    decode(
      {
        value: new TextEncoder().encode(JSON.stringify(event)),
        headers: {},
        timestamp: Date.parse('2026-01-01T00:00:00Z'),
      },
      catalogue,
    ),
  );
  const submissions = decided.flatMap((outcome) => (outcome.ok ? [outcome.event as Submission] : []));
  const received = submissions.filter((event) => event.submitted === 1);

  it('gives two events a row, all of which can be counted', () => {
    expect(mapped.filter((row) => !row.ok)).toEqual([]);
    expect(events).toHaveLength(2 * 9_999);
    expect(decided.filter((outcome) => !outcome.ok)).toEqual([]);
    expect(new Set(events.map((event) => event.id)).size).toBe(2 * 9_999);
  });

  it('counts what the city received by day, department, channel and outcome', () => {
    expect(received).toHaveLength(9_999);
    expect(tally(received, (event) => event.day)).toEqual({
      '2017-12-27': 1_775,
      '2017-12-28': 3_357,
      '2017-12-29': 2_840,
      '2017-12-30': 1_171,
      '2017-12-31': 856,
    });
    expect(tally(received, (event) => event.agency)).toEqual({ BOS: 6_891, OCB: 2_863, ITA: 123, BSL: 94, LADWP: 28 });
    expect(tally(received, (event) => event.channel)).toEqual({
      1: 4_188,
      2: 2_131,
      3: 2_019,
      4: 1_621,
      5: 33,
      6: 5,
      7: 1,
      8: 1,
    });
    expect(tally(submissions, (event) => event.status)).toEqual({ 1: 9_999, 4: 5, 7: 246, 8: 9, 9: 9_739 });
    expect(received.filter((event) => event.province === 'none')).toHaveLength(4);
    expect(received.reduce((sum, event) => sum + event.submittedOnline, 0)).toBe(2_131 + 1_621 + 33);
  });

  it('says of closed requests with a promised day whether they kept it', () => {
    const dated = rows.filter(
      (row) => row[header.indexOf('Status')] === 'Closed' && row[header.indexOf('ServiceDate')],
    );
    expect(submissions.filter((event) => event.onTime !== undefined)).toHaveLength(dated.length);
    const dayOf = (text: string | undefined): string => (text ?? '').replace(/^(\d\d)\/(\d\d)\/(\d{4}).*$/, '$3-$1-$2');
    const kept = dated.filter(
      (row) => dayOf(row[header.indexOf('ClosedDate')]) <= dayOf(row[header.indexOf('ServiceDate')]),
    );
    expect(submissions.filter((event) => event.onTime === true)).toHaveLength(kept.length);
  });

  it('keeps local times', () => {
    expect(events[0]).toMatchObject({
      id: '1-870704831',
      source: 'urn:portal:los-angeles:311',
      data: { procedure: 'homeless-encampment', status: 1, count: 1, occurredAt: '2017-12-31T23:59:58-08:00' },
    });
    expect(events[1]).toMatchObject({
      id: '1-870704831/closed',
      data: { status: 9, occurredAt: '2018-04-09T09:18:35-07:00', onTime: false },
    });
  });
});

const small = {
  source: 'urn:portal:small',
  timeZone: 'America/Los_Angeles',
  dateFormat: 'yyyy-MM-dd HH:mm',
  common: {
    procedure: 'p',
    agency: 'a',
    province: { column: 'area', map: { North: 'n' }, default: 'none' },
    channel: 1,
  },
  events: [{ id: '{no}', status: 1, time: 'at', count: { column: 'count', default: 1 } }],
};
const columns = ['no', 'at', 'area', 'count'];
const parsed = (change: object): Mapping => parseMapping(JSON.stringify({ ...small, ...change }), 'small.json');
const mapRow = (cells: string[], change: object = {}): MappedRow => bindMapping(parsed(change), columns)(cells);
const first = (row: MappedRow): SubmissionEvent => {
  if (!row.ok || row.events[0] === undefined) throw new Error(JSON.stringify(row));
  return row.events[0];
};
const timeOf = (at: string, change: object = {}): string | undefined =>
  first(mapRow(['1', at, 'North', ''], change)).data.occurredAt;
const reasonOf = (cells: string[], change: object = {}): string => {
  const row = mapRow(cells, change);
  return row.ok ? 'mapped' : row.reasons.join('; ');
};

describe('dates', () => {
  it('follow the clock of their zone', () => {
    expect(timeOf('2017-07-01 08:00')).toBe('2017-07-01T08:00:00-07:00');
    expect(timeOf('2017-12-01 08:00')).toBe('2017-12-01T08:00:00-08:00');
    expect(timeOf('2017-12-01 08:00', { timeZone: 'Asia/Ho_Chi_Minh' })).toBe('2017-12-01T08:00:00+07:00');
  });

  it('are refused where the clock left them out, and read once where it showed them twice', () => {
    expect(reasonOf(['1', '2017-03-12 02:30', 'North', ''])).toBe(
      'at: 2017-03-12 02:30 does not exist in America/Los_Angeles (clock put forward)',
    );
    const twice = timeOf('2017-11-05 01:30');
    expect(['2017-11-05T01:30:00-07:00', '2017-11-05T01:30:00-08:00']).toContain(twice);
    expect(timeOf('2017-11-05 01:30')).toBe(twice);
  });

  it('are tried in several formats and may carry their own offset', () => {
    const change = { dateFormat: ['dd/MM/yyyy', 'iso', "d.M.yyyy 'at' HH:mm ZZ"] };
    expect(timeOf('31/12/2017', change)).toBe('2017-12-31T00:00:00-08:00');
    expect(timeOf('2017-12-31T10:00:00Z', change)).toBe('2017-12-31T02:00:00-08:00');
    expect(timeOf('2017-12-31T10:00', change)).toBe('2017-12-31T10:00:00-08:00');
    expect(timeOf('1.2.2017 at 10:00 +07:00', change)).toBe('2017-01-31T19:00:00-08:00');
  });

  it('are refused with the column and the format', () => {
    expect(reasonOf(['1', '31/12/2017', 'North', ''])).toBe(
      'at: "31/12/2017" is not a date in the format yyyy-MM-dd HH:mm',
    );
    expect(reasonOf(['1', '2017-02-30 08:00', 'North', ''])).toMatch(/is not a date/);
    expect(reasonOf(['1', '', 'North', ''])).toBe('at: empty, so the time is unknown');
  });
});

describe('fields', () => {
  it('come from constants, columns, maps and defaults', () => {
    expect(first(mapRow(['7', '2017-12-01 08:00', ' North ', '12']))).toEqual({
      specversion: '1.0',
      type: 'submission.counted',
      source: 'urn:portal:small',
      id: '7',
      data: {
        procedure: 'p',
        agency: 'a',
        province: 'n',
        channel: 1,
        status: 1,
        count: 12,
        occurredAt: '2017-12-01T08:00:00-08:00',
      },
    });
    expect(first(mapRow(['7', '2017-12-01 08:00', '', ''])).data).toMatchObject({ province: 'none', count: 1 });
  });

  it('are cut out in a time that grows with the cell alone, whatever the pattern', () => {
    const events = [{ ...small.events[0], procedure: { column: 'no', pattern: '^(?:(?:a+)+)+$', otherwise: 'X' } }];
    // A search that goes back and forth takes longer than the sun shines.
    expect(first(mapRow([`${'a'.repeat(100)}!`, '2017-12-01 08:00', '', ''], { events })).data.procedure).toBe('X');
    // A cell that is too long to be one is not searched.
    const common = { ...small.common, province: 'p' };
    const long = [{ ...small.events[0], procedure: { column: 'area', pattern: '^a+$', otherwise: 'X' } }];
    const codeOf = (n: number) =>
      first(mapRow(['7', '2017-12-01 08:00', 'a'.repeat(n), ''], { common, events: long })).data.procedure.length;
    expect([codeOf(60), codeOf(2_001)]).toEqual([60, 1]);
  });

  it('are cut out by a pattern', () => {
    const procedure = { column: 'no', pattern: '^[A-Z]+-(\\d+)$' };
    const events = [{ ...small.events[0], procedure }];
    expect(first(mapRow(['AB-12', '2017-12-01 08:00', '', ''], { events })).data.procedure).toBe('12');
    expect(reasonOf(['12', '2017-12-01 08:00', '', ''], { events })).toBe('no: "12" does not match ^[A-Z]+-(\\d+)$');
  });

  it.each([
    [['7', '2017-12-01 08:00', 'South', ''], 'area: the mapping has no code for "South"'],
    [['7', '2017-12-01 08:00', 'North', 'many'], 'count: "many" is not a whole number'],
    [['', '2017-12-01 08:00', 'North', ''], 'no: empty, so the row has no id'],
    [['7', '2017-12-01 08:00', 'North'], 'the row has 3 cells, the header 4'],
    [['x'.repeat(201), '2017-12-01 08:00', 'North', ''], `the id "${'x'.repeat(40)}…" has 201 characters; at most 200`],
  ])('refuse the row %j', (cells, reason) => {
    expect(reasonOf(cells)).toBe(reason);
  });

  it('say so when no event applies to a row', () => {
    const events = [
      {
        ...small.events[0],
        when: [
          { column: 'area', in: ['North'] },
          { column: 'count', filled: true },
        ],
      },
    ];
    expect(reasonOf(['7', '2017-12-01 08:00', 'South', '1'], { events })).toMatch(/no event of the mapping applies/);
    expect(reasonOf(['7', '2017-12-01 08:00', 'North', ''], { events })).toMatch(/no event of the mapping applies/);
    expect(reasonOf(['7', '2017-12-01 08:00', 'North', '1'], { events })).toBe('mapped');
  });

  it('compare the end with the promise by day or by instant', () => {
    const change = (grain: string): object => ({
      events: [{ id: '{no}', status: 9, time: 'at', onTime: { end: 'at', due: 'area', grain } }],
      common: { procedure: 'p', agency: 'a', province: 'n', channel: 1 },
    });
    const row = ['1', '2017-12-01 18:00', '2017-12-01 00:00', ''];
    expect(first(mapRow(row, change('day'))).data.onTime).toBe(true);
    expect(first(mapRow(row, change('instant'))).data.onTime).toBe(false);
    expect(first(mapRow(['1', '2017-12-01 18:00', '', ''], change('day'))).data).not.toHaveProperty('onTime');
  });
});

describe('what offices have', () => {
  const event = (change: object): object => ({ events: [{ ...small.events[0], ...change }] });
  const day = '2017-12-01';

  it('a day in one column and a time in another', () => {
    const time = { columns: ['at', 'area'] };
    const change = { ...event({ time, province: 'n' }), dateFormat: ['yyyy-MM-dd HH:mm', 'yyyy-MM-dd'] };
    expect(first(mapRow(['1', day, '10:42', ''], change)).data.occurredAt).toBe('2017-12-01T10:42:00-08:00');
    expect(first(mapRow(['1', day, '', ''], change)).data.occurredAt).toBe('2017-12-01T00:00:00-08:00');
    expect(reasonOf(['1', day, '10h', ''], change)).toMatch(/^at \+ area: "2017-12-01 10h" is not a date/);
  });

  it('counts of an hour, a day, some minutes, or until another column', () => {
    const intervalOf = (at: string, interval: unknown, area = 'North'): unknown =>
      first(
        mapRow(['1', at, area, ''], { ...event({ interval, province: 'n' }), dateFormat: ['yyyy-MM-dd HH:mm', 'iso'] }),
      ).data.interval;
    expect(intervalOf(`${day} 10:00`, 'hour')).toEqual({
      start: '2017-12-01T10:00:00-08:00',
      end: '2017-12-01T11:00:00-08:00',
    });
    expect(intervalOf('2017-11-05', 'day')).toEqual({
      start: '2017-11-05T00:00:00-07:00',
      end: '2017-11-06T00:00:00-08:00',
    });
    expect(intervalOf(`${day} 10:30`, { minutes: 15 })).toMatchObject({ end: '2017-12-01T10:45:00-08:00' });
    expect(intervalOf(`${day} 10:30`, { end: 'area' }, `${day} 12:00`)).toMatchObject({
      end: '2017-12-01T12:00:00-08:00',
    });
    expect(reasonOf(['1', `${day} 10:30`, 'North', ''], event({ interval: 'hour' }))).toMatch(
      /is not the beginning of an hour/,
    );
    expect(reasonOf(['1', `${day} 10:30`, '', ''], event({ interval: { end: 'area' } }))).toMatch(
      /end of the interval is empty/,
    );
  });

  it('no id: one is made of columns, the same for ever and in any spelling', () => {
    const change = event({ id: { columns: ['no', 'at', 'area'], suffix: '/in' } });
    const idOf = (no: string): string => first(mapRow([no, `${day} 08:00`, 'North', ''], change)).id;
    expect(idOf('Hà Nội')).toBe('w_ZaWxR3zLIsG9qytwi1aL8z-TN/in');
    expect(idOf('Hà Nội'.normalize('NFD'))).toBe(idOf('Hà Nội'));
    expect(idOf('Hà Nam')).not.toBe(idOf('Hà Nội'));
    expect(idOf('x'.repeat(1_000))).toHaveLength(30);
    expect(reasonOf(['', `${day} 08:00`, '', ''], event({ id: { columns: ['no', 'area'] } }))).toBe(
      'no, area: all empty, so the row has no id',
    );
  });

  it('ids with a character that was lost', () => {
    expect(reasonOf(['a\ufffd-77', `${day} 08:00`, 'North', ''])).toMatch(
      /^no: "a\ufffd-77" contains the mark of a lost/,
    );
  });

  it('columns whose names have braces', () => {
    const bound = bindMapping(parsed(event({ id: 'x{{no}}/{n}' })), ['{no}', 'at', 'area', 'count', 'n']);
    expect(first(bound(['7', `${day} 08:00`, 'North', '', '8'])).id).toBe('x7/8');
  });

  it('texts that mean nothing', () => {
    const change = { ...event({ time: ['area', 'at'] }), empty: ['NULL', '-', '0000-00-00'] };
    expect(first(mapRow(['1', `${day} 08:00`, '0000-00-00', 'NULL'], change)).data).toMatchObject({
      count: 1,
      province: 'none',
      occurredAt: '2017-12-01T08:00:00-08:00',
    });
    expect(reasonOf(['-', `${day} 08:00`, '', ''], change)).toBe('no: empty, so the row has no id');
  });

  it('names in other case, and without diacritics', () => {
    const change = {
      common: {
        ...small.common,
        province: { column: 'area', map: { 'Hà Nội': '01', 'Hà Nam': '35', 'Hạ Nam': '99' } },
      },
    };
    const provinceOf = (area: string): string => first(mapRow(['1', `${day} 08:00`, area, ''], change)).data.province;
    expect(['Hà Nội', 'HÀ NỘI', 'Ha Noi', 'ha\u00a0noi'].map(provinceOf)).toEqual(['01', '01', '01', '01']);
    expect(reasonOf(['1', `${day} 08:00`, 'Ha Nam', ''], change)).toBe('area: "Ha Nam" may mean "Hà Nam" or "Hạ Nam"');
  });

  it('numbers in a stated format, and never a piece of one', () => {
    const countOf = (count: string, change: object): unknown => {
      const row = mapRow(['1', `${day} 08:00`, 'North', count], change);
      return row.ok ? row.events[0]?.data.count : row.reasons.join('; ');
    };
    expect(countOf('1.240', { numberFormat: '1.234,5' })).toBe(1_240);
    expect(countOf('1,240', { numberFormat: '1.234,5' })).toBe(
      'count: "1,240" is not a whole number in the format 1.234,5',
    );
    expect(countOf('1.240', {})).toBe(
      'count: "1.240" is not a whole number: say how numbers are written by "numberFormat" in the mapping',
    );
    const cut = event({ count: { column: 'count', pattern: '\\d+' } });
    expect(countOf('12 dossiers', cut)).toBe(12);
    expect(countOf('1,240', cut)).toBe('count: the pattern \\d+ takes "1" out of the number in "1,240"');
  });

  it('a code for everything else, told once a row', () => {
    const province = { column: 'area', map: { North: 'n' }, otherwise: 'other' };
    const told: string[] = [];
    const bound = bindMapping(
      parsed({
        common: { ...small.common, province },
        events: [small.events[0], { ...small.events[0], id: '{no}/2' }],
      }),
      columns,
      (column, value) => told.push(`${column} ${value}`),
    );
    expect(['North', 'South'].map((area) => first(bound(['1', `${day} 08:00`, area, ''])).data.province)).toEqual([
      'n',
      'other',
    ]);
    expect(told).toEqual(['area South']);
    expect(bound(['1', `${day} 08:00`, '', ''])).toEqual({ ok: false, reasons: ['area: empty'] });
  });

  it('everything that is wrong with a row at once', () => {
    const bound = bindMapping(
      parsed({ common: { ...small.common, province: { column: 'area', map: { North: 'n' } } } }),
      columns,
    );
    expect(bound(['', 'never', 'South', 'x'])).toEqual({
      ok: false,
      reasons: [
        'at: "never" is not a date in the format yyyy-MM-dd HH:mm',
        'no: empty, so the row has no id',
        'area: the mapping has no code for "South"',
        'count: "x" is not a whole number',
      ],
    });
  });

  it('totals never take the code for everything else', () => {
    const province = { column: 'area', map: { North: 'n' }, otherwise: 'other' };
    const change = { common: { ...small.common, province } };
    expect(reasonOf(['1', `${day} 08:00`, 'TỔNG CỘNG:', ''], change)).toMatch(
      /^area: "TỔNG CỘNG:" reads like a row of totals: leave such rows out by "ignore"/,
    );
  });

  it('codes that are too long say what to do', () => {
    const change = { common: { ...small.common, province: { column: 'area' } } };
    expect(reasonOf(['1', `${day} 08:00`, 'x'.repeat(65), ''], change)).toMatch(
      /longer than 64 characters; give its code in a map$/,
    );
  });

  it('rows that are none', () => {
    const isIgnored = ignoredBy(parsed({ ignore: [{ column: 'no', in: ['Tổng cộng'] }] }), columns);
    expect(
      [
        ['Tổng cộng', '1', '', ''],
        ['tong cong', '', '', ''],
        ['1', '', '', ''],
      ].map(isIgnored),
    ).toEqual([true, true, false]);
    expect(ignoredBy(parsed({}), columns)(['1', '', '', ''])).toBe(false);
  });
});

describe('the README', () => {
  const text = readFileSync(new URL('../../../pipelines/src/import/README.md', import.meta.url), 'utf8');

  it('has every field of a mapping', () => {
    const event = mappingSchema.shape.events.element.shape;
    const common = Object.keys(mappingSchema.shape.common.def.innerType.shape);
    const named = [...Object.keys(mappingSchema.shape), ...Object.keys(event), ...common];
    expect(named.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });

  it('prints a mapping that works', () => {
    const [, json = ''] = /```json\n(\{ "source"[\s\S]*?)```/.exec(text) ?? [];
    const bound = bindMapping(parseMapping(json, 'README.md'), ['Ngày', 'Tỉnh', 'Số lượng']);
    expect(first(bound(['19/11/2026', 'Da Nang', '1.240'])).data).toMatchObject({
      province: '48',
      count: 1_240,
      interval: { start: '2026-11-19T00:00:00+07:00', end: '2026-11-20T00:00:00+07:00' },
    });
  });
});

describe('a mapping that cannot work', () => {
  it.each([
    [{ timeZone: 'Los Angeles' }, /small\.json is not a mapping:\n {2}timeZone: is not a time zone/],
    [{ surprise: 1 }, /Unrecognized key: "surprise"/],
    [{ events: [] }, /events: /],
    [{ common: { procedure: { column: 'no', pattern: '(' } } }, /common\.procedure/],
    [{ common: { procedure: { column: 'no', pattern: '(?=a)b' } } }, /common\.procedure.*without looking ahead/s],
    [{ common: { procedure: { column: 'no', pattern: '(a)\\1' } } }, /common\.procedure.*without references/s],
    [{ common: { procedure: { column: 'no', pattern: 'a'.repeat(501) } } }, /common\.procedure/],
    [{ events: [{ ...small.events[0], when: [{ column: 'at' }] }] }, /events\.0\.when\.0: give in, notIn or filled/],
    [{ dateFormat: 'yyyy' }, /dateFormat: "yyyy" names no day/],
    [{ dateFormat: ['iso', 'HH:mm'] }, /dateFormat: "HH:mm" names no day/],
    [{ encoding: 'klingon' }, /encoding: is no encoding; write for example/],
    [{ numberFormat: '1234' }, /numberFormat: /],
    [{ source: '?' }, /source: is still a question/],
    [{ common: { ...small.common, agency: '?' } }, /common\.agency: .*still a question/],
  ])('is refused with the field %j', (change, message) => {
    expect(() => parsed(change)).toThrow(message);
  });

  it.each([
    [{ common: {} }, 'events.0: give procedure here or under common'],
    [{ events: [{ ...small.events[0], time: 'when' }] }, 'names the column "when"; the file has: no, at, area, count'],
    [{ events: [{ ...small.events[0], id: 'constant' }] }, 'names no {Column}'],
  ])('is refused by the file: %j', (change, message) => {
    expect(() => bindMapping(parsed(change), columns)).toThrow(message);
  });

  it('is refused where a column that it names stands twice', () => {
    expect(() => bindMapping(parsed({}), [...columns, 'at'])).toThrow('the file has two columns "at"');
  });

  it('is refused when it is not JSON', () => {
    expect(() => parseMapping('{', 'small.json')).toThrow(/small\.json is not JSON/);
  });
});
