/** What somebody is told of alerts: a subject, a text, and one short enough for gateways that send messages. */
import {
  type Alert,
  type AlertAnswer,
  type AlertOutcome,
  type Catalogue,
  type DirectiveKind,
  decimalsApart,
  endIsolation,
  isOfShares,
  isolated,
  type Language,
  type Reading,
  type Rule,
  ruledMembers,
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
  /** What was ordered because of it, where that is what is told. */
  directive?: {
    id: string;
    kind: DirectiveKind;
    text: string;
    due: string;
    head?: string;
    /** What its unit said: what was done, when it was or by when it will be, and where that can be seen. */
    response?: { measure: string; done?: string; until?: string; evidence?: string; file?: { name: string } };
    why?: string;
  };
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
    'alert.unknown': 'Không còn biết được',
    'alert.known_again': 'Lại biết được, cảnh báo còn',
    'alert.ended': 'Hết cảnh báo',
    'alert.acknowledged': 'Đã xác nhận',
    'alert.answered': 'Đã trả lời',
    'directive.given': 'Chỉ đạo mới',
    'directive.changed': 'Chỉ đạo được sửa',
    'directive.answered': 'Đã báo cáo thực hiện chỉ đạo',
    'directive.confirmed': 'Chỉ đạo đã hoàn thành',
    'directive.sent_back': 'Chỉ đạo cần báo cáo lại',
    'directive.withdrawn': 'Chỉ đạo đã rút',
    'directive.restored': 'Chỉ đạo trở lại như trước',
    'directive.due_soon': 'Chỉ đạo sắp đến hạn',
    'directive.overdue': 'Chỉ đạo quá hạn',
    'task.given': 'Nhiệm vụ mới',
    'task.changed': 'Nhiệm vụ được sửa',
    'task.answered': 'Đã báo cáo thực hiện nhiệm vụ',
    'task.confirmed': 'Nhiệm vụ đã hoàn thành',
    'task.sent_back': 'Nhiệm vụ cần báo cáo lại',
    'task.withdrawn': 'Nhiệm vụ đã rút',
    'task.taken_back': 'Nhiệm vụ giao nhầm, đã hủy',
    'task.restored': 'Nhiệm vụ trở lại như trước',
    'task.due_soon': 'Nhiệm vụ sắp đến hạn',
    'task.overdue': 'Nhiệm vụ quá hạn',
  },
  en: {
    'alert.fired': 'Alert',
    'alert.unknown': 'Not known any more',
    'alert.known_again': 'Known again, still ringing',
    'alert.ended': 'Over',
    'alert.acknowledged': 'Acknowledged',
    'alert.answered': 'Answered',
    'directive.given': 'New directive',
    'directive.changed': 'Directive changed',
    'directive.answered': 'Directive answered',
    'directive.confirmed': 'Directive done',
    'directive.sent_back': 'Directive sent back',
    'directive.withdrawn': 'Directive withdrawn',
    'directive.restored': 'Directive as it was before',
    'directive.due_soon': 'Directive due soon',
    'directive.overdue': 'Directive overdue',
    'task.given': 'New task',
    'task.changed': 'Task changed',
    'task.answered': 'Task answered',
    'task.confirmed': 'Task done',
    'task.sent_back': 'Task sent back',
    'task.withdrawn': 'Task withdrawn',
    'task.taken_back': 'Task given in error, taken back',
    'task.restored': 'Task as it was before',
    'task.due_soon': 'Task due soon',
    'task.overdue': 'Task overdue',
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
    withdrawn: 'quy tắc hoặc đơn vị không còn, hoặc chỉ tiêu đã hết thời hạn',
  },
  en: {
    recovered: 'the numbers recovered',
    corrected: 'a correction undid it',
    'data-back': 'data came back',
    withdrawn: 'its rule or unit is no more, or the time of its target is over',
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
    doneOn: 'Xong ngày',
    doneBy: 'Sẽ xong chậm nhất ngày',
    backBy: 'Trở lại trong ngưỡng chậm nhất ngày',
    evidence: 'Chứng cứ',
    head: 'Người chịu trách nhiệm',
    reason: 'Lý do',
    why: 'Vì sao có cảnh báo',
    source: 'Căn cứ',
    more: (n: number) => `và ${n} cảnh báo khác`,
    alerts: (n: number) => `${n} cảnh báo`,
  },
  en: {
    whole: 'Whole country',
    limit: 'limit',
    escalated: 'Nobody has acknowledged',
    cause: 'Cause',
    measure: 'Measure',
    until: 'Due',
    doneOn: 'Done on',
    doneBy: 'Will be done by',
    backBy: 'Back within the limit by',
    evidence: 'Evidence',
    head: 'Responsible',
    reason: 'Reason',
    why: 'Why there is this alert',
    source: 'By',
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

const linkOf = ({ id, directive }: Notice, url: string): string =>
  directive === undefined
    ? linkTo(url, id)
    : `${url.replace(/\/$/, '')}/${directive.kind === 'task' ? 'tasks?task' : 'alerts?directive'}=${encodeURIComponent(directive.id)}`;

/** `notices` are one receiver's, at least one. */
export function textsOf(notices: readonly [Notice, ...Notice[]], saying: Saying): Texts {
  const [first] = notices;
  const words = WORDS[saying.language];
  const head = headOf(first, saying);
  const more = notices.length - 1;
  const subject = more === 0 ? head : `${words.alerts(notices.length)}: ${head}`;
  const text = notices.map((notice) => paragraphOf(notice, saying)).join('\n\n');
  return {
    subject: cutTo(subject, 200),
    text: `${text}\n`,
    short: shortOf(first, more, saying),
  };
}

/** Of an address so long nobody reads the rest of a message: it is left out. */
const LONGEST_LINK = 200;
/** What is left of the name of a rule, where one of its unit is as long. */
const LEAST_NAME = 40;

/** Names are cut where it is too long, first the rule's and then its unit's; what happened, numbers and the link stand whole. */
function shortOf(first: Notice, more: number, saying: Saying): string {
  const { begin, rule, unit } = partsOf(first, saying);
  const link = linkOf(first, saying.url);
  const numbers = [numbersOf(first, saying), more === 0 ? '' : WORDS[saying.language].more(more)];
  const rest = numbers.filter((part) => part !== '').join(', ');
  const end = `${rest === '' ? '' : `: ${rest}`}${link.length > LONGEST_LINK ? '' : ` ${link}`}`;
  const head = (most: { rule: number; unit: number }): string =>
    oneLine(`${begin}: ${isolated(cutTo(rule, most.rule))}, ${isolated(cutTo(unit, most.unit))}`);
  // Isolations take two each.
  const room = SHORT - end.length - head({ rule: 0, unit: 0 }).length - 4;
  const own = Math.min(unit.length, Math.max(0, room - Math.min(rule.length, LEAST_NAME)));
  return cutTo(`${head({ rule: Math.max(0, room - own), unit: own })}${end}`, SHORT);
}

function headOf(notice: Notice, saying: Saying): string {
  const { begin, rule, unit } = partsOf(notice, saying);
  return oneLine(`${begin}: ${isolated(rule)}, ${isolated(unit)}`);
}

/** What happened, the name of the rule and of its unit. */
function partsOf(
  { dim, code, body, action, isEscalated }: Notice,
  { language, catalogue }: Saying,
): { begin: string; rule: string; unit: string } {
  const words = WORDS[language];
  const member = dim === 'all' ? undefined : ruledMembers(dim, catalogue).find((each) => each.code === code);
  const done = ACTIONS[language][action] ?? action;
  return {
    begin: `[${SEVERITIES[language][body.severity]}] ${isEscalated ? words.escalated : done}`,
    rule: oneLine(body.label[language]),
    unit: oneLine(dim === 'all' ? words.whole : (member?.label[language] ?? code)),
  };
}

function numbersOf({ reading, body, outcome, directive }: Notice, { language }: Saying): string {
  const { when } = body;
  const { value, limit } = reading ?? {};
  const numbers = when === undefined || value === undefined ? [] : [numberText(when, value, language, limit)];
  if (when !== undefined && value !== undefined && limit !== undefined)
    numbers.push(`${WORDS[language].limit} ${numberText(when, limit, language, value)}`);
  if (directive !== undefined) numbers.push(`${WORDS[language].until.toLowerCase()} ${directive.due}`);
  return [...numbers, ...(outcome === undefined ? [] : [OUTCOMES[language][outcome]])].join(', ');
}

function paragraphOf(notice: Notice, saying: Saying): string {
  const { language, catalogue, url } = saying;
  const { at, answer, body } = notice;
  const words = WORDS[language];
  const when = new Intl.DateTimeFormat(language === 'vi' ? 'vi-VN' : 'en-GB', {
    timeZone: catalogue.timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(Date.parse(at));
  const lines = [headOf(notice, saying), when, numbersOf(notice, saying), ...directiveLines(notice, saying)];
  if (answer !== undefined)
    lines.push(
      `${words.cause}: ${isolated(oneLine(answer.cause))}`,
      `${words.measure}: ${isolated(oneLine(answer.measure))}`,
      `${words.backBy}: ${answer.until}`,
    );
  const why = notice.directive?.kind === 'task' ? words.source : words.why;
  lines.push(`${why}: ${isolated(oneLine(body.reason[language]))}`, linkOf(notice, url));
  return lines.filter((line) => line !== '').join('\n');
}

/** Each by what it is. */
function directiveLines({ directive }: Notice, { language }: Saying): string[] {
  if (directive === undefined) return [];
  const words = WORDS[language];
  const { text, head, response, why } = directive;
  const line = (name: string, said: string | undefined): string[] =>
    said === undefined ? [] : [`${name}: ${isolated(oneLine(said))}`];
  return [
    isolated(oneLine(text)),
    ...line(words.head, head),
    ...line(words.measure, response?.measure),
    ...line(words.doneOn, response?.done),
    ...line(words.doneBy, response?.until),
    ...line(words.evidence, response?.evidence),
    ...line(words.evidence, response?.file?.name),
    ...line(words.reason, why),
  ];
}

/** Told apart from the limit that it stands `beside`. */
function numberText(when: Rule['when'], value: number, language: Language, beside = value): string {
  const locale = language === 'vi' ? 'vi-VN' : 'en-GB';
  if (when.kind === 'silent' || when.kind === 'freshness') {
    const minutes = new Intl.NumberFormat(locale, { style: 'unit', unit: 'minute', maximumFractionDigits: 1 });
    return minutes.format(value / 60);
  }
  const style = isOfShares(when)
    ? ({ style: 'percent', maximumFractionDigits: decimalsApart(100 * value, 100 * beside, 1) } as const)
    : { maximumFractionDigits: decimalsApart(value, beside, 0) };
  return new Intl.NumberFormat(locale, style).format(value);
}

/** Nothing in it begins a line. */
const oneLine = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, ' ').trim();

const characters = new Intl.Segmenter('vi', { granularity: 'grapheme' });
/** Of a number whose end was cut: `1.23` of `1.234.567` is another one. */
const HALF_NUMBER = /[\d.,:]*\d[.,:]?$/;

/** Whole characters, as readers count them, and whole numbers of at most so many code units, the mark of what was cut among them. */
export function cutTo(text: string, most: number): string {
  if (text.length <= most) return text;
  if (most < 1) return '';
  let end = 0;
  for (const { index, segment } of characters.segment(text)) {
    // One for the mark, one to close what an isolation began.
    if (index + segment.length > most - 2) break;
    end = index + segment.length;
  }
  const kept = text.slice(0, end);
  const goesOn = /^[.,:]?\d/.test(text.slice(end));
  return endIsolation(`${goesOn ? kept.replace(HALF_NUMBER, '') : kept}…`);
}
