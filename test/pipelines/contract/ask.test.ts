/** What a question in words is read as, over the catalogue that the room ships with. Saturday 28 November 2026. */
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import {
  type Catalogue,
  type Chosen,
  ELSEWHERE,
  lexiconOf,
  type Meaning,
  querySchema,
  readQuestion,
} from '@room/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const ground = { catalogue, lexicon: lexiconOf(catalogue), today: '2026-11-28' };
const asked = (typed: string, chosen: Chosen = {}) => readQuestion(typed, ground, chosen);
const fieldsOf = (typed: string) => {
  const { fields, isWhole, parts } = asked(typed);
  const left = parts
    .filter(({ state }) => state === 'unknown' || state === 'extra')
    .map(({ text, state }) => `${state}: ${text}`);
  return isWhole ? fields : { fields, left };
};

// Of a week that runs what is over is held against as much of the other.
const WEEK = { from: '2026-11-23', to: '2026-11-27', compare: '2026-11-16:2026-11-20' };

describe('a question is read, in both languages, with and without diacritics', () => {
  it.each<[string, Record<string, string>]>([
    ['trực tuyến cà mau tuần này so với tuần trước', { sort: 'shareOnline', province: '34-96', ...WEEK }],
    ['truc tuyen ca mau tuan nay so voi tuan truoc', { sort: 'shareOnline', province: '34-96', ...WEEK }],
    ['Online Ca Mau this week vs last week', { sort: 'shareOnline', province: '34-96', ...WEEK }],
    [
      'on-time share ministries november vs october',
      { sort: 'shareOnTime', split: 'agency', from: '2026-11-01', to: '2026-11-27', compare: '2026-10-01:2026-10-27' },
    ],
    [
      'tỷ lệ đúng hạn các bộ tháng 11 so với tháng 10',
      { sort: 'shareOnTime', split: 'agency', from: '2026-11-01', to: '2026-11-27', compare: '2026-10-01:2026-10-27' },
    ],
    [
      'hồ sơ nộp các bộ từ 2/3/2026 đến 8/3/2026',
      { sort: 'submitted', split: 'agency', from: '2026-03-02', to: '2026-03-08' },
    ],
    ['hồ sơ nộp hôm nay theo tỉnh', { sort: 'submitted', split: 'province', from: '2026-11-28', to: '2026-11-28' }],
    ['dossiers yesterday by province', { sort: 'submitted', split: 'province', from: '2026-11-27', to: '2026-11-27' }],
    [
      'trễ hạn Bộ Y tế năm nay so với cùng kỳ năm trước',
      { sort: 'late', agency: 'MOH', from: '2026-01-01', to: '2026-11-27', compare: 'year-before' },
    ],
    [
      'late ministry of health this year vs same period last year',
      { sort: 'late', agency: 'MOH', from: '2026-01-01', to: '2026-11-27', compare: 'year-before' },
    ],
    ['trễ hạn y tế 30 ngày qua', { sort: 'late', agency: 'MOH', from: '2026-10-29', to: '2026-11-27' }],
    ['late MOH last 30 days', { sort: 'late', agency: 'MOH', from: '2026-10-29', to: '2026-11-27' }],
    [
      'tỷ lệ nộp trực tuyến thành phố hồ chí minh quý 3',
      { sort: 'shareOnline', province: '34-79', from: '2026-07-01', to: '2026-09-30' },
    ],
    [
      'share submitted online hcm q3 2026',
      { sort: 'shareOnline', province: '34-79', from: '2026-07-01', to: '2026-09-30' },
    ],
    [
      'đăng ký kết hôn ở tỉnh Cà Mau tháng 10/2026',
      { service: 'DV11', province: '34-96', from: '2026-10-01', to: '2026-10-31' },
    ],
    [
      'marriage registration in Ca Mau october 2026',
      { service: 'DV11', province: '34-96', from: '2026-10-01', to: '2026-10-31' },
    ],
    ['hộ chiếu từ 1/11 đến 15/11', { service: 'DV12', from: '2026-11-01', to: '2026-11-15' }],
    ['passport from 1 november to 15 november 2026', { service: 'DV12', from: '2026-11-01', to: '2026-11-15' }],
    [
      'dịch vụ thiết yếu theo tỉnh hôm qua',
      { service: 'essential', split: 'province', from: '2026-11-27', to: '2026-11-27' },
    ],
    [
      'ty le dung han dich vu cong thiet yeu thang truoc',
      { sort: 'shareOnTime', service: 'essential', from: '2026-10-01', to: '2026-10-31' },
    ],
    [
      'online share of essential services ministries october 2026',
      { sort: 'shareOnline', service: 'essential', split: 'agency', from: '2026-10-01', to: '2026-10-31' },
    ],
    ['submitted since 1 november', { sort: 'submitted', from: '2026-11-01', to: '2026-11-28' }],
    ['hồ sơ từ 2026-11-01', { sort: 'submitted', from: '2026-11-01', to: '2026-11-28' }],
    ['nộp trực tuyến so với tuần trước', { sort: 'submittedOnline', ...WEEK }],
    [
      'top 5 tỉnh trễ hạn tháng trước',
      { top: '5', split: 'province', sort: 'late', from: '2026-10-01', to: '2026-10-31' },
    ],
    ['hồ sơ theo kênh tháng 12', { sort: 'submitted', split: 'channel', from: '2025-12-01', to: '2025-12-31' }],
    ['hồ sơ tháng năm', { sort: 'submitted', from: '2026-05-01', to: '2026-05-31' }],
    ['hồ sơ tháng mười hai năm 2025', { sort: 'submitted', from: '2025-12-01', to: '2025-12-31' }],
    [
      'hồ sơ năm 2025 so với năm 2024',
      { sort: 'submitted', from: '2025-01-01', to: '2025-12-31', compare: '2024-01-01:2024-12-31' },
    ],
    [
      'dossiers cà mau, an giang and huế last month',
      { sort: 'submitted', province: '34-96,34-91,34-46', from: '2026-10-01', to: '2026-10-31' },
    ],
    ['lý lịch tư pháp hôm qua', { service: 'DV22', from: '2026-11-27', to: '2026-11-27' }],
    ['hồ sơ trực tiếp tuần trước', { sort: 'submitted', channel: '1', from: '2026-11-16', to: '2026-11-22' }],
    ['late 19/11', { sort: 'late', from: '2026-11-19', to: '2026-11-19' }],
    ['late nov 19 2025', { sort: 'late', from: '2025-11-19', to: '2025-11-19' }],
    ['quá hạn theo bộ hôm nay', { sort: 'backlogOverdue', split: 'agency', from: '2026-11-28', to: '2026-11-28' }],
    ['waiting beyond the date by province', { sort: 'backlogOverdue', split: 'province' }],
    [
      'hồ sơ mỗi 1.000 dân các tỉnh tháng 10 so với ngày cùng loại',
      {
        sort: 'submitted',
        per: '1000-people',
        split: 'province',
        from: '2026-10-01',
        to: '2026-10-31',
        compare: 'day-types',
      },
    ],
    [
      'late per working day last month vs same day types',
      { sort: 'late', per: 'working-day', from: '2026-10-01', to: '2026-10-31', compare: 'day-types' },
    ],
    ['TỶ LỆ ĐÚNG HẠN BỘ, NGÀNH', { sort: 'shareOnTime', split: 'agency' }],
    [
      'tỉnh nào tăng nhiều nhất tháng này so với tháng trước',
      { split: 'province', order: 'risen', from: '2026-11-01', to: '2026-11-27', compare: '2026-10-01:2026-10-27' },
    ],
    ['vì sao giảm', { explain: 'submitted', order: 'fallen' }],
    ['hồ sơ quá hạn theo bộ', { sort: 'backlogOverdue', split: 'agency' }],
    ['overdue dossiers by ministry', { sort: 'backlogOverdue', split: 'agency' }],
    ['hồ sơ 7 ngày qua theo ngày', { sort: 'submitted', grain: 'day', from: '2026-11-21', to: '2026-11-27' }],
    ['late last 7 days by day', { sort: 'late', grain: 'day', from: '2026-11-21', to: '2026-11-27' }],
    ['trễ hạn theo tháng 10', { sort: 'late', from: '2026-10-01', to: '2026-10-31' }],
    ['which ministry is late', { sort: 'late', split: 'agency' }],
    ['bộ nào trễ hạn', { sort: 'late', split: 'agency' }],
    ['who waits beyond the date', { sort: 'backlogOverdue' }],
    [
      'which provinces are growing most this month vs last month',
      { split: 'province', order: 'risen', from: '2026-11-01', to: '2026-11-27', compare: '2026-10-01:2026-10-27' },
    ],
    ['tỉnh nào giảm nhiều nhất', { split: 'province', order: 'fallen' }],
    ['lowest on-time share ministries', { order: 'smallest', sort: 'shareOnTime', split: 'agency' }],
    [
      'why did submissions fall yesterday',
      { sort: 'submitted', explain: 'submitted', order: 'fallen', from: '2026-11-27', to: '2026-11-27' },
    ],
    [
      'vì sao trễ hạn tăng tháng trước',
      { sort: 'late', explain: 'late', order: 'risen', from: '2026-10-01', to: '2026-10-31' },
    ],
    [
      'submissions yesterday vs last week',
      { sort: 'submitted', from: '2026-11-27', to: '2026-11-27', compare: '2026-11-20:2026-11-20' },
    ],
    [
      'hồ sơ hôm nay so với tháng trước',
      { sort: 'submitted', from: '2026-11-28', to: '2026-11-28', compare: '2026-10-28:2026-10-28' },
    ],
  ])('%s', (typed, fields) => {
    expect(fieldsOf(typed)).toEqual(fields);
  });
});

describe('what is not understood is marked, and nothing is made of it', () => {
  it.each<[string, Record<string, string>, string[]]>([
    [
      'trực tuyến atlantis tuần này',
      { sort: 'shareOnline', from: '2026-11-23', to: '2026-11-28' },
      ['unknown: atlantis'],
    ],
    // Syllables of long titles of services are no services.
    ['mức', {}, ['unknown: mức']],
    ['happiness of bananas', {}, ['unknown: happiness', 'unknown: bananas']],
    ['late on time', { sort: 'late' }, ['extra: on time']],
    ['late this week last week', { sort: 'late', from: '2026-11-23', to: '2026-11-28' }, ['extra: last week']],
    ['late vs', { sort: 'late' }, ['unknown: vs']],
    ['late november 2030', { sort: 'late' }, ['unknown: november 2030']],
    ['provinces ministries', { split: 'province' }, ['extra: ministries']],
  ])('%s', (typed, fields, left) => {
    expect(fieldsOf(typed)).toEqual({ fields, left });
  });
});

describe('diacritics that somebody wrote are meant, and one common word is no name', () => {
  const members = (typed: string): string[] =>
    asked(typed).parts.flatMap(({ choices }) => choices.flatMap((one) => (one.kind === 'member' ? [one.code] : [])));

  it.each([
    ...[
      'bao nhiêu người dân hài lòng',
      'hải lòng',
      'long',
      'lòng',
      'cái',
      'cai',
      'gì',
      'gi',
      'được',
      'số liệu',
      'so lieu',
    ],
    ...['đúng hẹn', 'đứng đầu', 'vì sao thay đổi', 'thông tin', 'công dân', 'government', 'tỉnh nào đứng đầu'],
    ...['Hà Nôi', 'Hải Phóng', 'đã được cấp', 'người được'],
  ])('%s names no unit, service or status', (typed) => {
    expect(members(typed)).toEqual([]);
  });

  it('a word with other diacritics is not the one that is known, one without any may be', () => {
    expect(fieldsOf('trẻ')).toEqual({ fields: {}, left: ['unknown: trẻ'] });
    expect(fieldsOf('tre')).toEqual({ sort: 'late' });
    expect(fieldsOf('Khánh Hoà tuần trước')).toMatchObject({ province: '34-56' });
    expect(fieldsOf('khanh hoa')).toMatchObject({ province: '34-56' });
    expect(fieldsOf('GI trễ hạn')).toEqual({ sort: 'late', agency: 'GI' });
  });

  it('people and whether they are satisfied are not counted, which is said', () => {
    const { parts, isWhole } = asked('bao nhiêu người dân hài lòng tuần này');
    expect(parts.flatMap(({ uncounted }) => uncounted ?? [])).toEqual(['people', 'satisfaction']);
    expect(isWhole).toBe(false);
    expect(asked('how many people are satisfied').isWhole).toBe(false);
    // Whoever waits is known by the dossier that does.
    expect(fieldsOf('How many citizens wait beyond the date')).toEqual({ sort: 'backlogOverdue' });
    expect(fieldsOf('bao nhiêu người dân đang chờ quá hạn ở Hà Nội')).toEqual({
      sort: 'backlogOverdue',
      province: '34-01',
    });
    expect(fieldsOf('hồ sơ mỗi nghìn dân')).toEqual({ sort: 'submitted', per: '1000-people' });
  });
});

describe('the index is a measure, where the catalogue has one', () => {
  it.each<[string, Record<string, string>]>([
    ['chỉ số các tỉnh tháng 10', { sort: 'indexPoints', split: 'province', from: '2026-10-01', to: '2026-10-31' }],
    ['bộ chỉ số 766 theo bộ', { sort: 'indexPoints', split: 'agency' }],
    [
      'index score ministries last month',
      { sort: 'indexPoints', split: 'agency', from: '2026-10-01', to: '2026-10-31' },
    ],
    ['index 766 Ca Mau', { sort: 'indexPoints', province: '34-96' }],
    ['tỉnh nào có chỉ số thấp nhất', { sort: 'indexPoints', split: 'province', order: 'smallest' }],
    ['điểm đo được các tỉnh', { sort: 'indexMeasured', split: 'province' }],
  ])('%s', (typed, fields) => {
    expect(fieldsOf(typed)).toEqual(fields);
  });

  it('is no word where there is none, nor is another decision that index', () => {
    const { scoring: _, ...rest } = catalogue;
    const lexicon = lexiconOf(rest as Catalogue);
    const { fields } = readQuestion('chỉ số các tỉnh', { ...ground, catalogue: rest as Catalogue, lexicon });
    expect(fields).toEqual({ split: 'province' });
    expect(fieldsOf('chỉ số 767')).toEqual({ fields: { sort: 'indexPoints' }, left: ['unknown: 767'] });
  });
});

describe('tasks and links are measures of their own, which one question asks for alone', () => {
  it.each<[string, Record<string, string>]>([
    ['bao nhiêu nhiệm vụ quá hạn của Bộ Công an', { sort: 'tasksOverdue', agency: 'MPS' }],
    ['bao nhiêu nhiệm vụ quá hạn', { sort: 'tasksOverdue' }],
    ['overdue tasks by ministry', { sort: 'tasksOverdue', split: 'agency' }],
    ['how many tasks are overdue', { sort: 'tasksOverdue' }],
    ['nhiệm vụ các tỉnh', { sort: 'tasksOpen', split: 'province' }],
    ['nhiệm vụ đã kết thúc tháng 10', { sort: 'tasksSettled', from: '2026-10-01', to: '2026-10-31' }],
    ['lỗi kết nối theo bộ', { sort: 'linkErrors', split: 'agency' }],
    ['tỷ lệ lỗi kết nối Hà Nội', { sort: 'linkErrorShare', province: '34-01' }],
    ['link errors', { sort: 'linkErrors' }],
    ['links to national databases', { sort: 'linkVolume' }],
  ])('%s', (typed, fields) => {
    expect(fieldsOf(typed)).toEqual(fields);
  });
});

describe('what is no measure is named, with the page that has it', () => {
  it.each<[string, string]>([
    ['giá trị chỉ tiêu', 'indicators'],
    ['indicator values', 'indicators'],
  ])('%s: %s', (typed, of) => {
    const { parts, fields, isWhole } = asked(typed);
    expect(parts.flatMap(({ uncounted }) => uncounted ?? [])).toEqual([of]);
    expect(ELSEWHERE).toHaveProperty(of);
    // Nothing else is asked for in its stead.
    expect(fields).toEqual({});
    expect(isWhole).toBe(false);
  });

  it('why is answered of a sum or a share alone, and never of another measure than was named', () => {
    for (const typed of [
      'vì sao chỉ số giảm',
      'why did the index fall',
      'vì sao hồ sơ quá hạn tăng',
      'why backlog rose',
    ]) {
      const { fields, parts, isWhole } = asked(typed);
      expect(fields).not.toHaveProperty('explain');
      expect(parts.flatMap(({ uncounted }) => uncounted ?? [])).toEqual(['why']);
      expect(isWhole).toBe(false);
    }
    expect(asked('why on-time share fell').fields['explain']).toBe('shareOnTime');
  });
});

describe('words of every day', () => {
  it.each<[string, Record<string, string>]>([
    ['đúng hẹn Hanoi', { sort: 'shareOnTime', province: '34-01' }],
    ['trễ hạn HN', { sort: 'late', province: '34-01' }],
    ...['TPHCM', 'TP HCM', 'TP.HCM', 'Sài Gòn', 'sai gon', 'Saigon', 'hcm'].map(
      (name): [string, Record<string, string>] => [`trễ hạn ${name}`, { sort: 'late', province: '34-79' }],
    ),
    ...['Đắc Lắc', 'Đắk Lắk', 'dak lak', 'dac lac', 'Daklak'].map((name): [string, Record<string, string>] => [
      `trễ hạn ${name}`,
      { sort: 'late', province: '34-66' },
    ]),
    ['bca trễ hạn', { sort: 'late', agency: 'MPS' }],
    ['trễ hạn BYT', { sort: 'late', agency: 'MOH' }],
    ['bộ nào chậm nhất', { split: 'agency', sort: 'late' }],
    ['tỉnh nào chậm', { split: 'province', sort: 'late' }],
    ['tỉnh nào đứng đầu', { split: 'province', order: 'largest' }],
    ['trễ hạn 20-11', { sort: 'late', from: '2026-11-20', to: '2026-11-20' }],
    ['late 20-11-2025', { sort: 'late', from: '2025-11-20', to: '2025-11-20' }],
    ['trễ hạn tuần 47', { sort: 'late', from: '2026-11-16', to: '2026-11-22' }],
    ['late week 1 2026', { sort: 'late', from: '2025-12-29', to: '2026-01-04' }],
    ['late week before last', { sort: 'late', from: '2026-11-09', to: '2026-11-15' }],
    ['trễ hạn tháng trước nữa', { sort: 'late', from: '2026-09-01', to: '2026-09-30' }],
  ])('%s', (typed, fields) => {
    expect(fieldsOf(typed)).toEqual(fields);
  });
});

const choices = (typed: string, text: string): readonly Meaning[] =>
  asked(typed).parts.find((part) => part.text === text)?.choices ?? [];

describe('what may mean several things offers them, and takes the one that is chosen', () => {
  it('online is a share, a count, or a channel; beside another measure it is the channel first', () => {
    const all = choices('online cà mau', 'online');
    expect(all).toEqual([
      { kind: 'measure', measure: 'shareOnline' },
      { kind: 'measure', measure: 'submittedOnline' },
      { kind: 'member', dimension: 'channel', code: '2' },
    ]);
    expect(asked('online cà mau', { online: 1 }).fields['sort']).toBe('submittedOnline');
    expect(asked('online cà mau', { online: 2 }).fields).toEqual({ channel: '2', province: '34-96' });
    expect(asked('late online').fields).toEqual({ sort: 'late', channel: '2' });
  });

  it('a part of several names offers each', () => {
    expect(choices('khai sinh tháng này', 'khai sinh').map((one) => 'code' in one && one.code)).toEqual([
      'DV09',
      'DV15',
    ]);
    expect(asked('khai sinh tháng này', { 'khai sinh': 1 }).fields['service']).toBe('DV15');
  });

  it('a province that had become a part of another by the time asked about is that one, which is said, or as it was', () => {
    const typed = 'hồ sơ Quảng Nam tháng 10';
    expect(choices(typed, 'Quảng Nam')).toEqual([
      { kind: 'member', dimension: 'province', code: '34-48', was: '63-49' },
      { kind: 'member', dimension: 'province', code: '63-49', isThen: true },
    ]);
    expect(asked(typed).fields).not.toHaveProperty('boundaries');
    expect(asked(typed).fields['province']).toBe('34-48');
    expect(asked(typed, { 'Quảng Nam': 1 }).fields).toMatchObject({ province: '63-49', boundaries: 'as-reported' });
    expect(choices('Hà Giang tháng 10', 'Hà Giang')[0]).toMatchObject({ code: '34-08', was: '63-02' });
    expect(choices('Hà Giang tháng 3/2025', 'Hà Giang')[0]).toMatchObject({ code: '63-02', isThen: true });
  });

  it('before a merger a name is the unit of that time first', () => {
    expect(choices('hồ sơ Cà Mau tháng 3/2025', 'Cà Mau')).toEqual([
      { kind: 'member', dimension: 'province', code: '63-96', isThen: true },
      { kind: 'member', dimension: 'province', code: '34-96' },
    ]);
  });
});

it('every name of the catalogue is found by itself, and is among what it may mean', () => {
  for (const { key, meaning } of [...ground.lexicon.names.values()].flat()) {
    const { parts } = asked(key);
    const all = parts.flatMap((part) => part.choices);
    const units = [...catalogue.provinces, ...catalogue.agencies];
    const codeOf = (one: Meaning): string => {
      if (one.kind !== 'member') return '';
      const unit = units.find(({ id }) => id === one.code);
      return `${one.dimension} ${unit?.successors?.length === 1 ? unit.successors[0] : one.code}`;
    };
    expect([key, all.map(codeOf)]).toEqual([key, expect.arrayContaining([codeOf(meaning)])]);
  }
});

it('whatever is typed, every word is read or marked, and what is asked is a question', () => {
  const word = fc.oneof(
    fc.constantFrom(
      ...'trực tuyến cà mau tuần này so với trước tháng 11 năm 2025 vs by provinces on time late từ đến to since top 5 19/11 31/2 bộ tỉnh online'.split(
        ' ',
      ),
    ),
    fc.string({ maxLength: 8, unit: 'grapheme' }),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 9 }), (words) => {
      const typed = words.join(' ');
      const { parts, fields } = asked(typed);
      const letters = (text: string): string => text.normalize('NFD').replace(/[^\p{L}\p{N}]/gu, '');
      expect(letters(parts.map(({ text }) => text).join(''))).toBe(letters(typed));
      const { error } = querySchema.safeParse({ from: '2026-11-01', to: '2026-11-28', ...fields });
      expect(error?.issues ?? []).toEqual([]);
    }),
    { numRuns: 3_000, seed: 9 },
  );
});
