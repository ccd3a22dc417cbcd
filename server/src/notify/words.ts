/** What somebody is told of alerts: a subject, a text, and one short enough for gateways that send messages. */
import {
  type Alert,
  type AlertAnswer,
  type AlertOutcome,
  type Catalogue,
  DIMENSIONS,
  endIsolation,
  isOfShares,
  isolated,
  type Language,
  type Reading,
  type Rule,
} from '@room/contract';
import type { Subject } from './routing.ts';

/** One event of one alert. */
export interface Notice extends Subject {
  action: string;
  at: string;
  who: string;
  reading?: Reading;
  outcome?: AlertOutcome;
  answer?: AlertAnswer;
  /** Nobody acknowledged it in time. */
  isEscalated: boolean;
}

export interface Texts {
  subject: string;
  text: string;
  /** At most `SHORT` characters, with the link. */
  short: string;
}

/** What gateways with templates take. */
export const SHORT = 400;

const ACTIONS: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  vi: {
    'alert.fired': 'Cảnh báo',
    'alert.unknown': 'Không còn số liệu',
    'alert.known_again': 'Lại có số liệu, cảnh báo còn',
    'alert.ended': 'Hết cảnh báo',
    'alert.acknowledged': 'Đã nhận xử lý',
    'alert.answered': 'Đã trả lời',
  },
  en: {
    'alert.fired': 'Alert',
    'alert.unknown': 'No data any more',
    'alert.known_again': 'Data is back, still ringing',
    'alert.ended': 'Over',
    'alert.acknowledged': 'Acknowledged',
    'alert.answered': 'Answered',
  },
};
const SEVERITIES: Readonly<Record<Language, Readonly<Record<Rule['severity'], string>>>> = {
  vi: { info: 'để biết', warning: 'cần chú ý', critical: 'khẩn' },
  en: { info: 'for information', warning: 'warning', critical: 'critical' },
};
const OUTCOMES: Readonly<Record<Language, Readonly<Record<AlertOutcome, string>>>> = {
  vi: {
    recovered: 'số liệu đã trở lại',
    corrected: 'số liệu được đính chính',
    'data-back': 'lại có số liệu',
    withdrawn: 'quy tắc hoặc đơn vị không còn',
  },
  en: {
    recovered: 'the numbers recovered',
    corrected: 'a correction undid it',
    'data-back': 'data came back',
    withdrawn: 'its rule or unit is no more',
  },
};
const WORDS = {
  vi: {
    whole: 'Cả nước',
    limit: 'ngưỡng',
    escalated: 'Chưa ai nhận xử lý',
    cause: 'Nguyên nhân',
    measure: 'Biện pháp',
    until: 'Hạn',
    why: 'Vì sao có cảnh báo',
    more: (n: number) => `và ${n} cảnh báo khác`,
    alerts: (n: number) => `${n} cảnh báo`,
  },
  en: {
    whole: 'Whole country',
    limit: 'limit',
    escalated: 'Nobody has acknowledged',
    cause: 'Cause',
    measure: 'Measure',
    until: 'Until',
    why: 'Why there is this alert',
    more: (n: number) => `and ${n} more`,
    alerts: (n: number) => `${n} alerts`,
  },
} as const;

export interface Saying {
  language: Language;
  catalogue: Catalogue;
  /** Where browsers reach the room. */
  url: string;
}

export const linkTo = (url: string, alert: Alert['id']): string =>
  `${url.replace(/\/$/, '')}/alerts?alert=${encodeURIComponent(alert)}`;

/** `notices` are one receiver's, at least one. */
export function textsOf(notices: readonly [Notice, ...Notice[]], saying: Saying): Texts {
  const [first] = notices;
  const words = WORDS[saying.language];
  const head = headOf(first, saying);
  const more = notices.length - 1;
  const subject = more === 0 ? head : `${words.alerts(notices.length)}: ${head}`;
  const text = notices.map((notice) => paragraphOf(notice, saying)).join('\n\n');
  const link = linkTo(saying.url, first.id);
  const rest = [numbersOf(first, saying), more === 0 ? '' : words.more(more)].filter((part) => part !== '').join(', ');
  const said = oneLine(rest === '' ? head : `${head}: ${rest}`);
  return {
    subject: cutTo(subject, 200),
    text: `${text}\n`,
    short: cutTo(`${cutTo(said, SHORT - link.length - 1)} ${link}`, SHORT),
  };
}

function headOf(notice: Notice, { language, catalogue }: Saying): string {
  const words = WORDS[language];
  const { dim, code, body, action, isEscalated } = notice;
  const member = dim === 'all' ? undefined : DIMENSIONS[dim].members(catalogue).find((each) => each.code === code);
  const unit = dim === 'all' ? words.whole : (member?.label[language] ?? code);
  const done = ACTIONS[language][action] ?? action;
  return oneLine(
    `[${SEVERITIES[language][body.severity]}] ${isEscalated ? words.escalated : done}: ${isolated(body.label[language])}, ${isolated(unit)}`,
  );
}

function numbersOf({ reading, body, outcome }: Notice, { language }: Saying): string {
  const { value, limit } = reading ?? {};
  const numbers = value === undefined ? [] : [numberText(body, value, language)];
  if (value !== undefined && limit !== undefined)
    numbers.push(`${WORDS[language].limit} ${numberText(body, limit, language)}`);
  return [...numbers, ...(outcome === undefined ? [] : [OUTCOMES[language][outcome]])].join(', ');
}

function paragraphOf(notice: Notice, saying: Saying): string {
  const { language, catalogue, url } = saying;
  const { at, answer, body, id } = notice;
  const words = WORDS[language];
  const when = new Intl.DateTimeFormat(language === 'vi' ? 'vi-VN' : 'en-GB', {
    timeZone: catalogue.timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(Date.parse(at));
  const lines = [headOf(notice, saying), when, numbersOf(notice, saying)];
  if (answer !== undefined)
    lines.push(
      `${words.cause}: ${isolated(oneLine(answer.cause))}`,
      `${words.measure}: ${isolated(oneLine(answer.measure))}`,
      `${words.until}: ${answer.until}`,
    );
  lines.push(`${words.why}: ${isolated(oneLine(body.reason[language]))}`, linkTo(url, id));
  return lines.filter((line) => line !== '').join('\n');
}

function numberText({ when }: Rule, value: number, language: Language): string {
  const locale = language === 'vi' ? 'vi-VN' : 'en-GB';
  if (when.kind === 'silent' || when.kind === 'freshness') {
    const minutes = new Intl.NumberFormat(locale, { style: 'unit', unit: 'minute', maximumFractionDigits: 1 });
    return minutes.format(value / 60);
  }
  const style = isOfShares(when)
    ? ({ style: 'percent', maximumFractionDigits: 1 } as const)
    : { maximumFractionDigits: 0 };
  return new Intl.NumberFormat(locale, style).format(value);
}

/** Nothing in it begins a line. */
const oneLine = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, ' ').trim();

/** Whole characters of at most so many code units. */
function cutTo(text: string, most: number): string {
  if (text.length <= most) return text;
  return endIsolation(`${text.slice(0, most - 2).replace(/[\ud800-\udbff]$/, '')}…`);
}
