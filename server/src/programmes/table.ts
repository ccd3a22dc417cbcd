/** Indicators with their values, targets and what is overdue, as a table for people who take it along. */
import type { Catalogue, Indicator, KeptReport, Language } from '@room/contract';
import type { Cell, TableFile } from '../table-file.ts';

/** One indicator, as far as whoever asks sees it. */
export interface IndicatorValues {
  id: string;
  body: Indicator;
  /** Reports that stood then, those of the whole and of units of one's own. */
  known: readonly KeptReport[];
  /** Periods that were owed then, of the whole and by unit. */
  overdue: readonly { by?: string; period: string }[];
}

interface Names {
  title: string;
  empty: string;
  columns: readonly [name: string, kind: TableFile['columns'][number]['kind']][];
  kinds: Readonly<Record<'reported' | 'published' | 'bound' | 'target' | 'overdue' | 'none', string>>;
  units: Readonly<Record<Indicator['unit'], string>>;
}

const NAMES: Readonly<Record<Language, Names>> = {
  vi: {
    title: 'Chỉ tiêu và giá trị, như đã biết khi hết ngày',
    empty: 'Ô giá trị trống: chưa báo cáo, không phải bằng không',
    columns: [
      ['Mã chỉ tiêu', 'text'],
      ['Chỉ tiêu', 'text'],
      ['Đơn vị chủ trì', 'text'],
      ['Đơn vị tính', 'text'],
      ['Đơn vị báo cáo', 'text'],
      ['Mã đơn vị báo cáo', 'text'],
      ['Loại', 'text'],
      ['Kỳ hoặc ngày', 'text'],
      ['Giá trị', 'count'],
      ['Lần báo cáo', 'count'],
      ['Báo cáo lúc', 'text'],
      ['Chứng cứ', 'text'],
      ['Đường dẫn', 'text'],
      ['Tệp', 'text'],
      ['Ghi chú', 'text'],
      ['Lý do sửa', 'text'],
    ],
    kinds: {
      reported: 'báo cáo',
      published: 'công bố',
      bound: 'công bố, ít nhất hoặc nhiều nhất',
      target: 'mục tiêu',
      overdue: 'quá hạn báo cáo',
      none: 'chưa có giá trị',
    },
    units: { count: 'số lượng', share: 'tỷ lệ 0..1', rank: 'thứ hạng', points: 'điểm' },
  },
  en: {
    title: 'Indicators and their values, as known at the end of the day',
    empty: 'An empty value: not reported, which is not zero',
    columns: [
      ['Indicator code', 'text'],
      ['Indicator', 'text'],
      ['Owner', 'text'],
      ['Unit of measure', 'text'],
      ['Reported by', 'text'],
      ['Code of who reports', 'text'],
      ['Kind', 'text'],
      ['Period or day', 'text'],
      ['Value', 'count'],
      ['Revision', 'count'],
      ['Reported at', 'text'],
      ['Evidence', 'text'],
      ['Link', 'text'],
      ['File', 'text'],
      ['Note', 'text'],
      ['Why corrected', 'text'],
    ],
    kinds: {
      reported: 'reported',
      published: 'published',
      bound: 'published, at least or at most',
      target: 'target',
      overdue: 'report overdue',
      none: 'no value yet',
    },
    units: { count: 'count', share: 'share 0..1', rank: 'rank', points: 'points' },
  },
};

export function tableOfIndicators(
  found: readonly IndicatorValues[],
  day: string,
  language: Language,
  catalogue: Pick<Catalogue, 'timeZone' | 'agencies' | 'provinces'>,
): TableFile {
  const names = NAMES[language];
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: catalogue.timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  const units = new Map([...catalogue.agencies, ...catalogue.provinces].map((unit) => [unit.id, unit.label[language]]));
  const rows = found.flatMap(({ id, body, known, overdue }): Cell[][] => {
    const row = (kind: keyof Names['kinds'], by: string | undefined, ...rest: Cell[]): Cell[] => [
      id,
      body.label[language],
      units.get(body.owner.code) ?? body.owner.code,
      names.units[body.unit],
      units.get(by ?? body.owner.code) ?? by,
      by ?? body.owner.code,
      names.kinds[kind],
      ...rest,
    ];
    const all = [
      ...known.map(({ by, period, value, revision, at, evidence, note, why }) =>
        row(
          'reported',
          by,
          period,
          value ?? undefined,
          revision,
          format.format(at),
          evidence.text,
          evidence.link,
          evidence.file?.name,
          note,
          why,
        ),
      ),
      ...body.published.map(({ on, value, isBound, source, link }) =>
        row(isBound ? 'bound' : 'published', undefined, on, value, undefined, undefined, source[language], link),
      ),
      ...body.targets.map(({ on, value, source }) =>
        row('target', undefined, on, value, undefined, undefined, source[language]),
      ),
      ...overdue.map(({ by, period }) => row('overdue', by, period)),
    ];
    const whole = all.length === 0 ? [row('none', undefined)] : all;
    return whole.map((cells) => names.columns.map((_, at) => cells[at]));
  });
  return {
    from: day,
    to: day,
    about: [
      [names.title, day],
      [names.empty, names.empty],
    ],
    columns: names.columns.map(([name, kind]) => ({ name, kind })),
    rows,
  };
}
