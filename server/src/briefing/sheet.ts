/** A briefing as the press sets it: one page, or of a review several, with its annex. Pure. */
import {
  addDays,
  type Briefing,
  type BriefingPart,
  type BriefingSentence,
  type Catalogue,
  isReview,
  type Language,
  localDay,
} from '@room/contract';
import { BOUNDS } from './annex.ts';
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
    /** `share`: of the width that columns without one leave. */
    table: { columns: { name: string; isNumber: boolean; share?: number }[]; rows: Cell[][] };
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
      units: 'Ai làm tốt, ai còn chậm',
      forecast: 'Dự báo đến hết kỳ',
      alerts: 'Cảnh báo đang mở',
      overdue: 'Báo cáo quá hạn',
      tasks: 'Nhiệm vụ quá hạn',
      indicators: 'Mục tiêu',
    },
    columns: ['Nội dung', 'Tính đến', 'Mã'],
    annexIndicators: 'Phụ lục: chỉ tiêu',
    annexTasks: 'Phụ lục: nhiệm vụ',
    indicator: ['Chỉ tiêu', 'Chủ trì', 'Đã đạt', 'Mục tiêu', 'Khả năng đạt', 'Thiếu báo cáo'],
    task: ['Nhiệm vụ', 'Đơn vị', 'Hạn', 'Tình trạng'],
    met: 'đã đạt',
    states: {
      open: 'đang làm',
      overdue: 'quá hạn',
      answered: 'chờ xác nhận',
      done: 'xong',
      withdrawn: 'đã rút',
    },
    days: (n: number) => `${n} ngày`,
    more: (n: number) => `và ${n} điều khác, xem trên trang`,
    inAnnex: (n: number) => `và ${n} điều khác, xem phụ lục`,
    later: (on: string) => `Tình hình đến ${on}, không phải cuối kỳ.`,
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
      units: 'Who leads, who lags',
      forecast: 'Where the period will end',
      alerts: 'Open alerts',
      overdue: 'Overdue reports',
      tasks: 'Overdue tasks',
      indicators: 'Targets',
    },
    columns: ['What', 'As of', 'Code'],
    annexIndicators: 'Annex: indicators',
    annexTasks: 'Annex: tasks',
    indicator: ['Indicator', 'Owner', 'Reached', 'Target', 'Chance', 'Reports overdue'],
    task: ['Task', 'Unit', 'Due', 'State'],
    met: 'met',
    states: {
      open: 'under way',
      overdue: 'overdue',
      answered: 'to be confirmed',
      done: 'done',
      withdrawn: 'withdrawn',
    },
    days: (n: number) => `${n} ${n === 1 ? 'day' : 'days'}`,
    more: (n: number) => `and ${n} more, on the page`,
    inAnnex: (n: number) => `and ${n} more, in the annex`,
    later: (on: string) => `As of ${on}, not of the period's end.`,
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
  /** Of a period that is over, so that nobody takes what stands later for what stood then. */
  const laterOf = (sentences: readonly BriefingSentence[]): string[] => {
    const days = sentences.map(({ asOf }) => localDay(asOf, catalogue.timeZone));
    const last = days.toSorted().at(-1);
    return last !== undefined && days.every((on) => on > addDays(briefing.to, 1)) ? [words.later(day(last))] : [];
  };
  const moreOf = (part: BriefingPart, more: number): string =>
    briefing.annex !== undefined && (part === 'tasks' || part === 'indicators')
      ? words.inAnnex(more)
      : words.more(more);
  const first = briefing.parts.find(({ sentences }) => sentences.length > 0)?.part;
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
        text:
          sentences.length > 0 ? laterOf(sentences) : [briefing.missing.includes(part) ? words.missing : words.none],
        main: null,
        points: [],
        table: {
          // Named once for all parts: they are the same.
          columns: words.columns.map((name, at) => ({ name: part === first ? name : '', isNumber: at > 0 })),
          rows: sentences.map((sentence) => [
            { text: sentence[language] },
            { text: minute(sentence.asOf, catalogue) },
            { text: sentence.code, link: address(sentence.path) },
          ]),
        },
        more: more > 0 ? moreOf(part, more) : null,
        about: [],
      })),
      ...annexesOf(briefing, { language, catalogue, address, day }),
    ],
  };
}

type SheetCatalogue = Pick<Catalogue, 'timeZone' | 'agencies' | 'provinces'>;
type Section = Sheet['sections'][number];
/** Of what it is called, and of whose it is. */
const SHARES = [2.4, 1] as const;

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
  const { number, percent, share, count } = SAYS[language];
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
    table: {
      columns: columns.map((title, at) => ({
        name: title,
        isNumber: at > 1,
        ...(at < 2 ? { share: SHARES[at] ?? 1 } : {}),
      })),
      rows,
    },
    more: more > 0 ? words.more(more) : null,
    about: [],
  });
  const indicators = annex.indicators.map(
    ({ id, label, owner, unit, latest, target, isMet, chance, chanceBound, overdue }) => {
      const bound = chanceBound === undefined ? '' : `${BOUNDS[chanceBound][language]} `;
      const sure = isMet === true ? words.met : chance === undefined ? '—' : `${bound}${percent(chance)}`;
      return [
        { text: label[language], link: address(`/programmes?indicator=${id}`) },
        { text: nameOf(owner) },
        { text: reachedOf(latest, unit) },
        { text: reachedOf(target, unit) },
        { text: sure },
        { text: overdue > 0 ? count(overdue) : '' },
      ];
    },
  );
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
