/** A briefing as the press sets it: one page, or of a review several, with its annex. Pure. */

import { type Briefing, type Catalogue, isReview, type Language } from '@room/contract';
import { SAYS } from './say.ts';

interface Cell {
  text: string;
  link?: string;
}
/** As the press takes it. */
export interface Sheet {
  language: Language;
  isDense: true;
  title: string;
  warning: string | null;
  footer: string;
  page: string;
  sections: {
    title: string | null;
    text: string[];
    main: null;
    points: never[];
    table: { columns: { name: string; isNumber: boolean }[]; rows: Cell[][] };
    more: string | null;
    about: never[];
  }[];
}

const WORDS = {
  vi: {
    title: (from: string, to: string) => `Báo cáo nhanh ${from} – ${to}`,
    review: (from: string, to: string) => `Báo cáo tổng kết ${from} – ${to}`,
    parts: {
      unknown: 'Điều chưa biết',
      changed: 'Điều đã thay đổi',
      forecast: 'Dự báo đến hết kỳ',
      alerts: 'Cảnh báo đang mở',
      overdue: 'Báo cáo quá hạn',
      tasks: 'Nhiệm vụ quá hạn',
      indicators: 'Mục tiêu',
    },
    columns: ['Nội dung', 'Tính đến', 'Mã'],
    annexIndicators: 'Phụ lục: chỉ tiêu',
    annexTasks: 'Phụ lục: nhiệm vụ',
    indicator: ['Chỉ tiêu', 'Chủ trì', 'Đã đạt', 'Mục tiêu', 'Khả năng'],
    task: ['Nhiệm vụ', 'Đơn vị', 'Hạn', 'Tình trạng'],
    met: 'đã đạt',
    late: (n: number) => `${n} kỳ thiếu báo cáo`,
    states: {
      open: 'đang làm',
      overdue: 'quá hạn',
      answered: 'chờ xác nhận',
      done: 'xong',
      withdrawn: 'đã rút',
    },
    days: (n: number) => `${n} ngày`,
    more: (n: number) => `và ${n} điều khác, xem trên trang`,
    none: 'Không có.',
    missing: 'Không lấy được phần này lúc lập.',
    simulated: 'SỐ LIỆU MÔ PHỎNG',
    footer: (key: string) => `Ký Ed25519 bằng khóa ${key}; kiểm tra bằng tệp .json trên trang Chỉ tiêu`,
    page: '{n}/{all}',
  },
  en: {
    title: (from: string, to: string) => `Briefing ${from} – ${to}`,
    review: (from: string, to: string) => `Review ${from} – ${to}`,
    parts: {
      unknown: 'What is not known',
      changed: 'What changed',
      forecast: 'Where the period will end',
      alerts: 'Open alerts',
      overdue: 'Overdue reports',
      tasks: 'Overdue tasks',
      indicators: 'Targets',
    },
    columns: ['What', 'As of', 'Code'],
    annexIndicators: 'Annex: indicators',
    annexTasks: 'Annex: tasks',
    indicator: ['Indicator', 'Owner', 'Reached', 'Target', 'Chance'],
    task: ['Task', 'Unit', 'Due', 'State'],
    met: 'met',
    late: (n: number) => `${n} reports overdue`,
    states: {
      open: 'under way',
      overdue: 'overdue',
      answered: 'to be confirmed',
      done: 'done',
      withdrawn: 'withdrawn',
    },
    days: (n: number) => `${n} ${n === 1 ? 'day' : 'days'}`,
    more: (n: number) => `and ${n} more, on the page`,
    none: 'None.',
    missing: 'This part was not to be had when it was made.',
    simulated: 'SIMULATED NUMBERS',
    footer: (key: string) => `Signed Ed25519 by key ${key}; verify its .json file on the page of programmes`,
    page: '{n} of {all}',
  },
} as const;

/** `address`: of a path of the room. */
export function sheetOf(
  { key, briefing }: { key: string; briefing: Briefing },
  {
    language,
    catalogue,
    address,
  }: { language: Language; catalogue: SheetCatalogue; address: (path: string) => string },
): Sheet {
  const words = WORDS[language];
  const { day, minute } = SAYS[language];
  return {
    language,
    isDense: true,
    title: (isReview(briefing.period) ? words.review : words.title)(day(briefing.from), day(briefing.to)),
    warning: briefing.simulated ? words.simulated : null,
    footer: `${words.footer(key)} · ${briefing.id}`,
    page: words.page,
    sections: [
      ...briefing.parts.map(({ part, sentences, more }) => ({
        title: words.parts[part],
        text: sentences.length > 0 ? [] : [briefing.missing.includes(part) ? words.missing : words.none],
        main: null,
        points: [],
        table: {
          columns: words.columns.map((name, at) => ({ name, isNumber: at > 0 })),
          rows: sentences.map((sentence) => [
            { text: sentence[language] },
            { text: minute(sentence.asOf, catalogue) },
            { text: sentence.code, link: address(sentence.path) },
          ]),
        },
        more: more > 0 ? words.more(more) : null,
        about: [],
      })),
      ...annexesOf(briefing, { language, catalogue, address, day }),
    ],
  };
}

type SheetCatalogue = Pick<Catalogue, 'timeZone' | 'agencies' | 'provinces'>;
type Section = Sheet['sections'][number];

function annexesOf(
  { annex, missing }: Briefing,
  {
    language,
    catalogue,
    address,
    day,
  }: { language: Language; catalogue: SheetCatalogue; address: (path: string) => string; day: (of: string) => string },
): Section[] {
  if (annex === undefined) return [];
  const words = WORDS[language];
  const nameOf = (code: string): string => {
    const unit = [...catalogue.agencies, ...catalogue.provinces].find(({ id }) => id === code);
    return (unit?.short ?? unit?.label)?.[language] ?? code;
  };
  const { number, share } = SAYS[language];
  type Dated = { on: string; value: number } | undefined;
  const reachedOf = (dated: Dated, unit: string): string =>
    dated === undefined ? '—' : `${(unit === 'share' ? share : number)(dated.value)} (${day(dated.on)})`;
  const section = (
    name: 'annexIndicators' | 'annexTasks',
    columns: readonly string[],
    rows: Section['table']['rows'],
    more = 0,
  ): Section => ({
    title: words[name],
    text: rows.length > 0 ? [] : [missing.includes(name) ? words.missing : words.none],
    main: null,
    points: [],
    table: { columns: columns.map((title, at) => ({ name: title, isNumber: at > 1 })), rows },
    more: more > 0 ? words.more(more) : null,
    about: [],
  });
  const indicators = annex.indicators.map(({ id, label, owner, unit, latest, target, isMet, chance, overdue }) => {
    const sure = isMet === true ? words.met : chance === undefined ? '—' : share(chance);
    return [
      { text: label[language], link: address(`/programmes?indicator=${id}`) },
      { text: nameOf(owner) },
      { text: reachedOf(latest, unit) },
      { text: reachedOf(target, unit) },
      { text: overdue > 0 ? `${sure}; ${words.late(overdue)}` : sure },
    ];
  });
  const tasks = annex.tasks.map(({ id, unit, text, plan, item, due, state, daysLate }) => [
    { text: plan === undefined ? text : `${text} (${plan}, ${item ?? ''})`, link: address(`/tasks?task=${id}`) },
    { text: nameOf(unit) },
    { text: day(due) },
    { text: daysLate > 0 ? `${words.states[state]}, ${words.days(daysLate)}` : words.states[state] },
  ]);
  return [
    section('annexIndicators', words.indicator, indicators),
    section('annexTasks', words.task, tasks, annex.moreTasks),
  ];
}
