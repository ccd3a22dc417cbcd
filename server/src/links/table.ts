/** Links as a table for people who take them along. */
import {
  type Catalogue,
  failedOf,
  type Language,
  LINK_ERRORS,
  type LinkError,
  type LinkStandings,
  type LinkState,
  linksOf,
} from '@room/contract';
import type { Cell, TableFile } from '../table-file.ts';

interface Names {
  title: string;
  unknown: string;
  simulated: string;
  columns: readonly [name: string, kind: TableFile['columns'][number]['kind']][];
  failed: string;
  errors: Readonly<Record<LinkError, string>>;
  states: Readonly<Record<LinkState, string>>;
}

const NAMES: Readonly<Record<Language, Names>> = {
  vi: {
    title: 'Kết nối với các cơ sở dữ liệu quốc gia',
    unknown: 'Ô trống: không ai báo cáo, không phải bằng không',
    simulated: 'Số liệu mô phỏng',
    columns: [
      ['Mã kết nối', 'text'],
      ['Cơ sở dữ liệu', 'text'],
      ['Bên kết nối', 'text'],
      ['Trạng thái', 'text'],
      ['Báo cáo đến', 'text'],
      ['Thành công lần cuối', 'text'],
      ['Yêu cầu', 'count'],
      ['Lỗi', 'count'],
      ['Tỷ lệ lỗi', 'share'],
      ['Tỷ lệ lỗi, thấp nhất (95 %)', 'share'],
      ['Tỷ lệ lỗi, cao nhất (95 %)', 'share'],
      ['Phần thời gian có báo cáo', 'share'],
      ['Báo cáo đã được báo cáo sau thay thế', 'count'],
    ],
    failed: 'Lỗi',
    errors: { timeout: 'quá giờ', unavailable: 'không kết nối được', refused: 'bị từ chối', invalid: 'sai dữ liệu' },
    states: {
      silent: 'im lặng',
      erring: 'nhiều lỗi',
      unknown: 'chưa rõ',
      few: 'quá ít yêu cầu để biết',
      working: 'hoạt động',
    },
  },
  en: {
    title: 'Links to national databases',
    unknown: 'An empty cell: nobody reported, which is not zero',
    simulated: 'Simulated numbers',
    columns: [
      ['Link', 'text'],
      ['Database', 'text'],
      ['Party', 'text'],
      ['State', 'text'],
      ['Reported to', 'text'],
      ['Last success', 'text'],
      ['Requests', 'count'],
      ['Errors', 'count'],
      ['Error share', 'share'],
      ['Error share, low (95 %)', 'share'],
      ['Error share, high (95 %)', 'share'],
      ['Share of time reported', 'share'],
      ['Reports replaced by later ones', 'count'],
    ],
    failed: 'Errors',
    errors: { timeout: 'timeout', unavailable: 'unavailable', refused: 'refused', invalid: 'invalid' },
    states: {
      silent: 'silent',
      erring: 'erring',
      unknown: 'unknown',
      few: 'too few requests to tell',
      working: 'working',
    },
  },
};

export function tableOfLinks(found: LinkStandings, language: Language, catalogue: Catalogue): TableFile {
  const names = NAMES[language];
  // As pages say it: by the clock of the place.
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: catalogue.timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  const instantOf = (at: number | undefined): Cell => (at === undefined ? undefined : format.format(at));
  const links = linksOf(catalogue);
  const rows = found.links.map((row): Cell[] => {
    const link = links.get(row.id);
    return [
      row.id,
      link?.database.label[language],
      link?.party.label[language],
      names.states[row.state],
      instantOf(row.reportedTo),
      instantOf(row.lastSuccessAt),
      row.requests,
      row.errors === undefined ? undefined : failedOf(row.errors),
      row.share?.share,
      row.share?.low,
      row.share?.high,
      row.reported,
      row.replaced,
      ...LINK_ERRORS.map((kind) => row.errors?.[kind]),
    ];
  });
  return {
    from: found.from,
    to: found.to,
    about: [
      [names.title, `${found.from} – ${found.to}`],
      [names.unknown, names.unknown],
      ...(found.simulated ? [[names.simulated, names.simulated] as [string, string]] : []),
    ],
    columns: [
      ...names.columns.map(([name, kind]) => ({ name, kind })),
      ...LINK_ERRORS.map((kind) => ({ name: `${names.failed}: ${names.errors[kind]}`, kind: 'count' as const })),
    ],
    rows,
  };
}
