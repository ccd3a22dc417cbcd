/** Briefings: made of what there is at once, frozen as the text that is signed, kept, and set on a page. */
import { randomUUID } from 'node:crypto';
import {
  type Alerts,
  BRIEFING_DAYS,
  type Briefing,
  type BriefingPart,
  type BriefingPeriod,
  briefingDays,
  type Catalogue,
  type IndicatorList,
  type Language,
  localDay,
  type QueryAnswer,
  type Sealed,
  sealedSchema,
  type WallState,
} from '@room/contract';
import { type Cause, type Database, Documents } from '@room/database';
import type { Asker } from '../questions.ts';
import type { Seal } from './seal.ts';
import { saidOf } from './sentences.ts';
import { readBriefing } from './verify.ts';

export interface BriefingOptions {
  database: Pick<Database, 'read' | 'write'>;
  seal: Pick<Seal, 'sign'>;
  catalogue: Catalogue;
  counted: (days: { from: string; to: string }, asker: Asker) => Promise<QueryAnswer>;
  state: () => WallState | undefined;
  alerts: () => Promise<Alerts>;
  indicators: (at: number) => Promise<IndicatorList>;
  warn: (message: string) => void;
}

/** On one page; what does not fit is counted. */
export const MOST_SAID: Readonly<Record<BriefingPart, number>> = {
  unknown: 4,
  changed: 3,
  forecast: 3,
  alerts: 4,
  overdue: 4,
  indicators: 5,
};

export class Briefings {
  readonly #options: BriefingOptions;
  readonly #documents: Documents<Sealed>;

  constructor(options: BriefingOptions) {
    this.#options = options;
    this.#documents = new Documents({ database: options.database, kind: 'briefing', schema: sealedSchema });
  }

  async make(cause: Cause, period: BriefingPeriod, asker: Asker): Promise<Briefing> {
    const { catalogue, counted, state, alerts, indicators, seal, warn } = this.#options;
    const now = Date.now();
    const { from, to } = briefingDays(period, localDay(now, catalogue.timeZone));
    /** What is away leaves its part out, which the page says. */
    const or = <T>(asked: Promise<T>): Promise<T | undefined> =>
      asked.catch((error: Error) => {
        warn(`a briefing is made without a part of it: ${error.message}`);
        return undefined;
      });
    const [numbers, ringing, reported] = await Promise.all([
      or(counted({ from, to }, asker)),
      or(alerts()),
      or(indicators(now)),
    ]);
    const wall = state();
    const { parts, missing } = saidOf({
      catalogue,
      now,
      from,
      to,
      days: BRIEFING_DAYS[period],
      counted: numbers,
      state: wall,
      alerts: ringing,
      indicators: reported,
    });
    const briefing: Briefing = {
      kind: 'briefing',
      id: randomUUID(),
      room: catalogue.id,
      period,
      from,
      to,
      madeAt: now,
      madeBy: cause.who,
      simulated: numbers?.simulated === true || wall?.simulated === true,
      missing,
      parts: parts.map(({ part, sentences }) => ({
        part,
        sentences: sentences.slice(0, MOST_SAID[part]),
        more: Math.max(0, sentences.length - MOST_SAID[part]),
      })),
    };
    await this.#documents.create(cause, briefing.id, await seal.sign(JSON.stringify(briefing)));
    return briefing;
  }

  /** The newest first. */
  async list(): Promise<Briefing[]> {
    const documents = await this.#documents.list();
    return documents
      .flatMap(({ body }) => readBriefing(body.text) ?? [])
      .sort((one, other) => other.madeAt - one.madeAt);
  }

  async get(id: string): Promise<Sealed | undefined> {
    return (await this.#documents.get(id))?.body;
  }
}

/** What is asked of the warehouse for it, beside its days. */
export const BRIEFED = {
  measures: 'submitted,submittedOnline,onTime,late',
  grain: 'day',
  compare: 'previous',
} as const;

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
    parts: {
      unknown: 'Điều chưa biết',
      changed: 'Điều đã thay đổi',
      forecast: 'Dự báo đến hết kỳ',
      alerts: 'Cảnh báo đang mở',
      overdue: 'Báo cáo quá hạn',
      indicators: 'Mục tiêu',
    },
    columns: ['Nội dung', 'Tính đến', 'Mã'],
    more: (n: number) => `và ${n} điều khác, xem trên trang`,
    none: 'Không có.',
    missing: 'Không lấy được phần này lúc lập.',
    simulated: 'SỐ LIỆU MÔ PHỎNG',
    footer: (key: string) => `Ký Ed25519 bằng khóa ${key}; kiểm tra bằng tệp .json trên trang Chỉ tiêu`,
    page: '{n}/{all}',
  },
  en: {
    title: (from: string, to: string) => `Briefing ${from} – ${to}`,
    parts: {
      unknown: 'What is not known',
      changed: 'What changed',
      forecast: 'Where the period will end',
      alerts: 'Open alerts',
      overdue: 'Overdue reports',
      indicators: 'Targets',
    },
    columns: ['What', 'As of', 'Code'],
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
  { language, timeZone, address }: { language: Language; timeZone: string; address: (path: string) => string },
): Sheet {
  const words = WORDS[language];
  const day = (of: string): string => of.split('-').reverse().join('/');
  const minute = new Intl.DateTimeFormat('vi-VN', {
    timeZone,
    day: '2-digit',
    month: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  return {
    language,
    isDense: true,
    title: words.title(day(briefing.from), day(briefing.to)),
    warning: briefing.simulated ? words.simulated : null,
    footer: `${words.footer(key)} · ${briefing.id}`,
    page: words.page,
    sections: briefing.parts.map(({ part, sentences, more }) => ({
      title: words.parts[part],
      text: sentences.length > 0 ? [] : [briefing.missing.includes(part) ? words.missing : words.none],
      main: null,
      points: [],
      table: {
        columns: words.columns.map((name, at) => ({ name, isNumber: at > 0 })),
        rows: sentences.map((sentence) => [
          { text: sentence[language] },
          { text: minute.format(sentence.asOf) },
          { text: sentence.code, link: address(sentence.path) },
        ]),
      },
      more: more > 0 ? words.more(more) : null,
      about: [],
    })),
  };
}
