/** What a briefing says, in both languages, of what was counted, foreseen, reported and rung. Pure. */
import {
  type Alerts,
  addDays,
  type BriefingFigure,
  type BriefingPart,
  type BriefingSentence,
  type Catalogue,
  changeOfDays,
  changeOfShares,
  daysBetween,
  type IndicatorEntry,
  type IndicatorList,
  type KeptModel,
  LANGUAGES,
  type Language,
  type Leaders,
  type Led,
  localDay,
  type MovedSum,
  periodEndingOn,
  periodName,
  type QueryAnswer,
  type RuledDimension,
  ruledMembers,
  type Task,
  type Tasks,
  type UnitKind,
  type Values,
  type WallState,
} from '@room/contract';
import { BOUNDS, boundOf } from './annex.ts';
import { SAYS, type Say } from './say.ts';

export interface Ground {
  catalogue: Catalogue;
  now: number;
  /** Local days, both inclusive. */
  from: string;
  to: string;
  days: number;
  /** Undefined where it was not to be had. */
  counted: QueryAnswer | undefined;
  state: WallState | undefined;
  alerts: Alerts | undefined;
  indicators: IndicatorList | undefined;
  tasks: Tasks | undefined;
  /** By what was finished on time in that period. */
  led: Readonly<Record<UnitKind, Omit<Leaders, 'models'>>> | undefined;
  models: readonly KeptModel[];
  /** Of curves: a review holds months against those of the year before. */
  grain: 'day' | 'month';
}

export interface Said {
  part: BriefingPart;
  sentences: BriefingSentence[];
}

type Text = (say: Say) => readonly [vi: string, en: string];
const sentence = (
  code: string,
  asOf: number,
  path: string,
  text: Text,
  figures: readonly BriefingFigure[] = [],
): BriefingSentence => {
  const [vi, en] = LANGUAGES.map((language) => text(SAYS[language])[language === 'vi' ? 0 : 1]);
  return { code, asOf, vi: vi ?? '', en: en ?? '', path, ...(figures.length === 0 ? {} : { figures: [...figures] }) };
};

/**
 * Of a period that is over, what stands as of today is said to, so that nobody takes it for what stood then: here among what is not
 * known, where both stand together; of other parts the page says it once.
 */
function datedIn({ now, to, catalogue }: Ground): (sentence: BriefingSentence) => BriefingSentence {
  const today = localDay(now, catalogue.timeZone);
  if (to >= addDays(today, -1)) return (same) => same;
  return (each) =>
    OF_PERIOD.test(each.code)
      ? each
      : {
          ...each,
          vi: `Đến ${SAYS.vi.day(today)}, không phải cuối kỳ: ${each.vi}`,
          en: `As of ${SAYS.en.day(today)}, not of the period's end: ${each.en}`,
        };
}
/** The code of what is counted over the period itself. */
const OF_PERIOD = /^U2$/;
/** A sum of what is in is no sum of the period where little is. */
const partOf = ({ share, language }: Say, coverage: number): string =>
  coverage >= COVERED
    ? ''
    : language === 'vi'
      ? ` (mới có ${share(coverage)} số liệu)`
      : ` (of ${share(coverage)} of what should be in)`;
const UNTOLD = {
  tooFew: { vi: 'quá ít báo cáo để nói khả năng', en: 'too few reports to tell a chance' },
  noneLeft: { vi: 'không còn kỳ báo cáo nào trước mốc', en: 'no report is left before the date' },
} as const;
/** Nothing that is to come is certain; as on the page. */
const chanceIn = (percent: Say['percent'], chance: number): string =>
  chance > 0.99 ? `>${percent(0.99)}` : chance < 0.01 ? `<${percent(0.01)}` : percent(chance);

/** What is not known first; a part that could not be made has no sentences, and is named as missing. */
export function saidOf(ground: Ground): { parts: Said[]; missing: BriefingPart[] } {
  const parts: [BriefingPart, BriefingSentence[] | undefined][] = [
    ['unknown', unknowns(ground)],
    ['changed', changes(ground)],
    ['units', units(ground)],
    ['forecast', forecasts(ground)],
    ['alerts', alerts(ground)],
    ['overdue', overdue(ground)],
    ['tasks', lateTasks(ground)],
    ['indicators', targets(ground)],
  ];
  const dated = datedIn(ground);
  return {
    parts: parts.map(([part, sentences = []]) => ({
      part,
      sentences: part === 'unknown' ? sentences.map(dated) : sentences,
    })),
    missing: parts.flatMap(([part, sentences]) => (sentences === undefined ? [part] : [])),
  };
}

function unknowns({ state, counted, indicators, now }: Ground): BriefingSentence[] {
  const said: BriefingSentence[] = [];
  if (state !== undefined) {
    const silent = Object.values(state.sources).filter(({ status }) => status === 'silent' || status === 'never');
    const weight = silent.reduce((sum, each) => sum + each.weight, 0);
    if (silent.length > 0)
      said.push(
        sentence('U1', state.computedAt, '/', ({ count, percent }) => [
          `${count(silent.length)} cổng im lặng, thường gửi ${percent(weight)} số hồ sơ.`,
          `${count(silent.length)} ${silent.length === 1 ? 'portal is silent; it usually brings' : 'portals are silent; they usually bring'} ${percent(weight)} of the dossiers.`,
        ]),
      );
  }
  const { coverage, asOf } = counted?.periods.now ?? {};
  if (coverage !== undefined && coverage < 1)
    said.push(
      sentence('U2', asOf ?? now, '/explore', ({ share }) => [
        `Mới có ${share(coverage)} số liệu của kỳ; phần thiếu là chưa biết, không phải bằng 0.`,
        `${share(coverage)} of the period's numbers are in; the missing ones are unknown, not zero.`,
      ]),
    );
  if (indicators !== undefined) {
    const all = indicators.indicators;
    const untold = all.filter(({ progress }) => progress.latest === undefined).length;
    const unsure = all.filter(
      ({ progress: { target, isMet, chance } }) => target !== undefined && isMet !== true && chance === undefined,
    ).length;
    if (untold > 0)
      said.push(
        sentence('U3', indicators.at, '/programmes', ({ count }) => [
          `${count(untold)} trên ${count(all.length)} chỉ tiêu chưa có giá trị nào.`,
          `Of ${count(all.length)} indicators ${count(untold)} have no value at all.`,
        ]),
      );
    if (unsure > 0)
      said.push(
        sentence('U4', indicators.at, '/programmes', ({ count }) => [
          `Với ${count(unsure)} mục tiêu có quá ít báo cáo để nói khả năng đạt.`,
          `Of ${count(unsure)} targets there are too few reports to tell a chance.`,
        ]),
      );
  }
  return said;
}

const valuesOf = ({ total: { points = [] } }: QueryAnswer, side: 'now' | 'before'): Values[] =>
  points.map((point) => point[side] ?? {});

function changes({ counted, from, to, days, now, grain }: Ground): BriefingSentence[] | undefined {
  if (counted === undefined) return undefined;
  const { asOf = now, coverage = 1 } = counted.periods.now;
  const [mine, base] = [valuesOf(counted, 'now'), valuesOf(counted, 'before')];
  const nothing = mine.every(({ submitted = 0 }) => submitted === 0);
  // Silence is no zero: of what was not reported there is nothing to say.
  if (nothing && (counted.periods.now.coverage ?? 0) < COVERED) return undefined;
  const said: BriefingSentence[] = [];
  const address = (measures: string): string =>
    `/explore?${new URLSearchParams({ measures, from, to, grain, compare: grain === 'day' ? 'previous' : 'year-before' })}`;
  const [viBefore, enBefore] =
    grain === 'day'
      ? [`${days} ngày trước`, `the ${days} days before`]
      : ['cùng các tháng năm trước', 'the same months of the year before'];
  // A week with a holiday has fewer dossiers and is no worse for it: as on /explore a working day is held against a working day.
  const { worked, workedBefore, scale } = workedOf(counted);
  const sum = changeOfDays(
    mine.map(({ submitted = 0 }) => scale * submitted),
    base.map(({ submitted = 0 }) => submitted),
  );
  if (sum !== undefined)
    said.push(
      sentence('C1', asOf, address('submitted'), (say) => {
        const { count, share } = say;
        const many = `${count(mine.reduce((all, { submitted = 0 }) => all + submitted, 0))}${partOf(say, coverage)}`;
        if (sum.before === 0)
          return [
            `Hồ sơ nộp trong ${days} ngày: ${many}; ${viBefore} không có gì được báo cáo để so.`,
            `Dossiers submitted in ${days} days: ${many}; of ${enBefore} nothing was reported to compare with.`,
          ];
        if (scale === 0)
          return [
            `Hồ sơ nộp trong ${days} ngày: ${many}; không so với ${viBefore}: ${worked} ngày làm việc, trước đó ${workedBefore}.`,
            `Dossiers submitted in ${days} days: ${many}; not held against ${enBefore}: ${worked} working days, ${workedBefore} before.`,
          ];
        const part = (of: number): string => signed(share(Math.abs(of / sum.before)), of);
        const by = `${part(sum.now - sum.before)} (${say.percent(0.95)}: ${part(sum.low)} … ${part(sum.high)})`;
        if (scale !== 1)
          return [
            `Hồ sơ nộp trong ${days} ngày: ${many}; mỗi ngày làm việc ${by} so với ${viBefore} (${worked} ngày làm việc, trước đó ${workedBefore})${sureness(sum, 'vi')}.`,
            `Dossiers submitted in ${days} days: ${many}; by the working day ${by} against ${enBefore} (${worked} working days, ${workedBefore} before)${sureness(sum, 'en')}.`,
          ];
        return [
          `Hồ sơ nộp trong ${days} ngày: ${many}, ${by} so với ${viBefore}${sureness(sum, 'vi')}.`,
          `Dossiers submitted in ${days} days: ${many}, ${by} against ${enBefore}${sureness(sum, 'en')}.`,
        ];
      }),
    );
  const shares = [
    ['C2', 'shareOnline', 'Nộp trực tuyến', 'Filed online', 'submittedOnline', ['submitted']],
    ['C3', 'shareOnTime', 'Giải quyết đúng hạn', 'Finished on time', 'onTime', ['onTime', 'late']],
  ] as const;
  for (const [code, measure, vi, en, part, whole] of shares) {
    const daysOf = (side: readonly Values[]) =>
      side.map((values) => ({
        part: values[part] ?? 0,
        whole: whole.reduce((all, each) => all + (values[each] ?? 0), 0),
      }));
    const change = changeOfShares(daysOf(mine), daysOf(base));
    if (change !== undefined)
      said.push(
        sentence(code, asOf, address(measure), ({ share, percent, points }) => {
          const [by, low, high] = [points(change.now - change.before), points(change.low), points(change.high)];
          const sure = `(${percent(0.95)}: ${low} … ${high})`;
          return [
            `${vi}: ${share(change.now)}, ${by} điểm % ${sure}${sureness(change, 'vi')}.`,
            `${en}: ${share(change.now)}, ${by} points ${sure}${sureness(change, 'en')}.`,
          ];
        }),
      );
  }
  return said;
}

const UNITS = {
  agency: {
    vi: { many: 'bộ, ngành', head: 'Bộ, ngành' },
    en: { many: 'ministries', head: 'Ministries' },
  },
  province: {
    vi: { many: 'tỉnh, thành phố', head: 'Tỉnh, thành phố' },
    en: { many: 'provinces', head: 'Provinces' },
  },
} as const;
const MOST_NAMED = 3;
/** As on the page of leaders: some dozens are held against each other at once. */
const SURE = 0.99;

/** What is said of one kind of unit, the most pressing first: it has `rank` 0. */
function standings(kind: UnitKind, { groups, from, to, coverage = 1 }: Omit<Leaders, 'models'>, { catalogue }: Ground) {
  const { vi, en } = UNITS[kind];
  const days = daysBetween(from, to) + 1;
  const all = groups.flatMap((group) =>
    group.units.flatMap(({ value, ...unit }) =>
      value === undefined || group.value === undefined ? [] : [{ ...unit, value, group: group.value }],
    ),
  );
  const off = ({ value, group }: (typeof all)[number]): number => Math.abs(value - group);
  const of = (side: Led['side']) =>
    all.filter((unit) => unit.side === side).sort((one, other) => off(other) - off(one));
  const named = <T extends { code: string }>(
    list: readonly T[],
    write: (unit: T) => string,
    language: Language,
  ): string => {
    const names = list.slice(0, MOST_NAMED).map((unit) => `${nameOf(unit.code, catalogue, language)} ${write(unit)}`);
    const more = list.length - MOST_NAMED;
    const rest = language === 'vi' ? `và ${more} ${vi.many} khác` : `and ${more} more`;
    return [...names, ...(more > 0 ? [rest] : [])].join('; ');
  };
  const said: { rank: number; text: Text }[] = [];
  const [lags, leads] = [of('lags'), of('leads')];
  if (all.length > 0 && lags.length === 0 && leads.length === 0)
    said.push({
      rank: 1,
      text: ({ percent }) => [
        `${vi.head}: chưa phân biệt được ai giải quyết đúng hạn tốt hơn hay kém hơn các đơn vị cùng quy mô (${days} ngày, mức chắc chắn ${percent(SURE)}).`,
        `${en.head}: none can surely be told from others of like size in finishing on time (${days} days, ${percent(SURE)} sure).`,
      ],
    });
  for (const [rank, list, viSide, enSide] of [
    [0, lags, 'thấp hơn', 'below'],
    [2, leads, 'cao hơn', 'above'],
  ] as const)
    if (list.length > 0)
      said.push({
        rank,
        text: (say) => {
          const { share, percent, language } = say;
          const sure = `(${days} ${language === 'vi' ? 'ngày' : 'days'}, ${percent(SURE)})${partOf(say, coverage)}`;
          const group = language === 'vi' ? 'cả nhóm' : 'its group';
          const names = named(list, (unit) => `${share(unit.value)} (${group} ${share(unit.group)})`, language);
          return [
            `${vi.head} giải quyết đúng hạn chắc chắn ${viSide} nhóm cùng quy mô ${sure}: ${names}.`,
            `${en.head} surely ${enSide} others of like size on time ${sure}: ${names}.`,
          ];
        },
      });
  const moved = all
    .flatMap(({ code, change }) => (change === undefined ? [] : [{ code, change }]))
    .sort((one, other) => Math.abs(other.change) - Math.abs(one.change));
  if (moved.length > 0)
    said.push({
      rank: 3,
      text: ({ points, percent, language }) => {
        const names = named(
          moved,
          ({ change }) => `${points(change)} ${language === 'vi' ? 'điểm %' : 'points'}`,
          language,
        );
        return [
          `${vi.head} chắc chắn đổi khác ${days} ngày trước đó về đúng hạn (${percent(SURE)}): ${names}.`,
          `${en.head} that surely changed on time against the ${days} days before (${percent(SURE)}): ${names}.`,
        ];
      },
    });
  return said;
}

/** Who surely lags comes first, then who surely leads, whose change exceeds chance, and what good models did. */
function units(ground: Ground): BriefingSentence[] | undefined {
  const { led, models, from, now, catalogue } = ground;
  if (led === undefined) return undefined;
  const standing = (['agency', 'province'] as const).flatMap((kind) => {
    const { from: first, to: last } = led[kind];
    const asked = { measures: 'shareOnTime', split: kind, from: first, to: last, compare: 'previous' };
    const path = `/explore?${new URLSearchParams(asked)}`;
    return standings(kind, led[kind], ground).map((each) => ({ ...each, asOf: led[kind].asOf ?? now, path }));
  });
  const today = localDay(now, catalogue.timeZone);
  const good = models
    .filter(({ at }) => localDay(at, catalogue.timeZone) >= from && localDay(at, catalogue.timeZone) <= today)
    .toSorted((one, other) => other.at - one.at)
    .map(({ at, body }) => ({
      rank: 4,
      asOf: at,
      path: '/leaders',
      text: (({ language }) => {
        const name = nameOf(body.unit.code, catalogue, language);
        return [`Cách làm hay của ${name}: ${body.title}.`, `Good model of ${name}: ${body.title}.`];
      }) satisfies Text,
    }));
  return [...standing, ...good]
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ asOf, path, text }, at) => sentence(`V${at + 1}`, asOf, path, text));
}

/** Working days of both periods, and what a count of now is worth in days of before; `scale` is 0 where they are not held against each other. */
function workedOf({ periods: { now, before } }: QueryAnswer) {
  const [worked, workedBefore] = [now.workingDays, before?.workingDays];
  if (worked === undefined || workedBefore === undefined || worked === workedBefore)
    return { worked, workedBefore, scale: 1 };
  return { worked, workedBefore, scale: worked === 0 ? 0 : workedBefore / worked };
}

/** Nearly all that is usually reported was: what is not there then is nothing. */
const COVERED = 0.95;
const signed = (text: string, of: number): string => (of > 0 ? `+${text}` : of < 0 ? `−${text}` : text);
function sureness({ low, high }: MovedSum, language: Language): string {
  if (low > 0 || high < 0) return '';
  return language === 'vi' ? '; chưa vượt dao động giữa các ngày' : '; not beyond how days differ';
}

function forecasts({ state, catalogue }: Ground): BriefingSentence[] | undefined {
  const made = state?.forecasts;
  if (made === undefined) return undefined;
  const names = {
    day: ['hôm nay', 'today'],
    month: ['tháng này', 'this month'],
    year: ['năm nay', 'this year'],
  } as const;
  const said: BriefingSentence[] = [];
  for (const horizon of ['month', 'year'] as const) {
    const found = made.projections[horizon];
    if (found === undefined || 'reason' in found) continue;
    const [low, high] = found.bands[1] ?? [found.mean, found.mean];
    said.push(
      sentence(horizon === 'month' ? 'F1' : 'F2', made.knownTo, '/forecasts', ({ count, day, percent }) => [
        `Dự kiến hết ${names[horizon][0]} (${sinceOf(found, day, 'từ ')}${day(found.to)}): ${count(found.mean)} hồ sơ, ${percent(0.8)}: ${count(low)}–${count(high)}.`,
        `Expected by the end of ${names[horizon][1]} (${sinceOf(found, day, 'counted from ')}${day(found.to)}): ${count(found.mean)} dossiers, ${percent(0.8)}: ${count(low)}–${count(high)}.`,
      ]),
    );
  }
  for (const [index, target] of (catalogue.targets ?? []).entries()) {
    const found = made.targets.find(({ id }) => id === target.id);
    if (found === undefined || !('probability' in found)) continue;
    const isShare = found.unit === 'share';
    said.push(
      sentence(`T${index + 1}`, made.knownTo, '/forecasts', ({ percent, share, count, day, language }) => {
        const reached = isShare ? share(found.reached) : count(found.reached);
        const chance = chanceIn(percent, found.probability);
        const name = (target.short ?? target.label)[language];
        return [
          `${name}, theo hồ sơ hệ thống đếm được: đang ở ${reached}, khả năng đạt mục tiêu đến ${day(target.by)}: ${chance}.`,
          `${name}, by the dossiers that the room counts: at ${reached}; chance to meet the target by ${day(target.by)}: ${chance}.`,
        ];
      }),
    );
  }
  return said;
}

/** Where nothing was counted of its beginning a total is of less than its name says. */
const sinceOf = ({ from, to }: { from: string; to: string }, day: Say['day'], words: string): string => {
  const isWhole = from.endsWith('-01') && (from.slice(0, 7) === to.slice(0, 7) || from.endsWith('-01-01'));
  return isWhole ? '' : `${words}${day(from)} – `;
};

const SEVERITY = { critical: 0, warning: 1, info: 2 } as const;
function alerts({ alerts: told, catalogue, now }: Ground): BriefingSentence[] | undefined {
  if (told === undefined) return undefined;
  return told.alerts
    .toSorted(
      (one, other) => SEVERITY[one.body.severity] - SEVERITY[other.body.severity] || one.beganAt - other.beganAt,
    )
    .map((alert, index) =>
      sentence(`A${index + 1}`, told.evaluatedAt ?? now, `/alerts?alert=${alert.id}`, ({ language }) => {
        const of = alert.dim === 'all' ? '' : ` (${memberName(alert.dim, alert.code, catalogue, language)})`;
        const since = `${SAYS[language].moment(alert.beganAt, catalogue)}`;
        const { label } = alert.body;
        return [
          `${label.vi}${of}, từ ${since}${alert.acknowledged === undefined ? ', chưa ai xác nhận' : ''}.`,
          `${label.en}${of}, since ${since}${alert.acknowledged === undefined ? ', not acknowledged' : ''}.`,
        ];
      }),
    );
}

const memberName = (dim: RuledDimension, code: string, catalogue: Catalogue, language: Language): string =>
  ruledMembers(dim, catalogue).find((each) => each.code === code)?.label[language] ?? code;

function nameOf(code: string, catalogue: Catalogue, language: Language): string {
  const all = [...catalogue.agencies, ...catalogue.provinces, ...catalogue.sources];
  return all.find(({ id }) => id === code)?.label[language] ?? code;
}
/** The longest overdue first; of units how many lack any. */
function overdue({ indicators, catalogue }: Ground): BriefingSentence[] | undefined {
  if (indicators === undefined) return undefined;
  const lines = indicators.indicators.flatMap((entry) => {
    const late = (entry.units ?? []).filter((unit) => unit.overdue.length > 0);
    return [
      ...(entry.overdue.length > 0 ? [{ entry, since: entry.overdue[0] ?? '', periods: entry.overdue, units: 0 }] : []),
      ...(late.length > 0
        ? [
            {
              entry,
              since: late.map(({ overdue: [first = ''] }) => first).sort()[0] ?? '',
              periods: [],
              units: late.length,
            },
          ]
        : []),
    ];
  });
  return lines
    .sort((one, other) => (one.since < other.since ? -1 : one.since > other.since ? 1 : 0))
    .map(({ entry, since, periods, units }, index) =>
      sentence(`O${index + 1}`, indicators.at, pathOf(entry), ({ count, language }) => {
        const name = entry.body.label[language];
        const owner = nameOf(entry.body.owner.code, catalogue, language);
        const period = periodName(since, language);
        return units > 0
          ? [
              `${name}: ${count(units)} đơn vị thiếu báo cáo, sớm nhất ${period}.`,
              `${name}: ${count(units)} units lack reports, the earliest of ${period}.`,
            ]
          : [
              `${owner}, ${name}: thiếu ${count(periods.length)} báo cáo, sớm nhất ${period}.`,
              `${owner}, ${name}: ${count(periods.length)} overdue, the earliest of ${period}.`,
            ];
      }),
    );
}

/** The longest overdue first. */
function lateTasks({ tasks, catalogue, now }: Ground): BriefingSentence[] | undefined {
  return tasks?.tasks
    .filter(({ isOverdue }) => isOverdue)
    .map((task, index) =>
      sentence(`K${index + 1}`, now, `/tasks?task=${task.id}`, ({ count, day, language }) => {
        const owner = nameOf(task.unit.code, catalogue, language);
        const n = -task.daysLeft;
        const text = shortOf(task);
        const isAnswered = task.state === 'answered';
        return [
          `${owner}: ${text}; hạn ${day(task.order.due)}, quá ${count(n)} ngày${isAnswered ? '; đã báo cáo, chờ xác nhận' : ''}.`,
          `${owner}: ${text}; due ${day(task.order.due)}, ${count(n)} ${n === 1 ? 'day' : 'days'} overdue${isAnswered ? '; answered, to be confirmed' : ''}.`,
        ];
      }),
    );
}
const MOST_OF_TASK = 90;
const shortOf = ({ order: { text } }: Task): string => {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= MOST_OF_TASK ? line : `${line.slice(0, MOST_OF_TASK - 1).trimEnd()}…`;
};

const pathOf = ({ id }: IndicatorEntry): string => `/programmes?indicator=${id}`;

/** Those with a date to come, the least likely first. */
function targets({ indicators }: Ground): BriefingSentence[] | undefined {
  if (indicators === undefined) return undefined;
  return indicators.indicators
    .filter(({ progress: { target, latest } }) => target !== undefined && latest !== undefined)
    .toSorted((one, other) => likelihood(one) - likelihood(other))
    .map((entry, index) => {
      const { id, body, known, progress } = entry;
      const { latest, target, isMet, chance, reportsLeft } = progress;
      const last = known.at(-1);
      const figures =
        last === undefined || last.value === null
          ? []
          : [
              {
                indicator: id,
                period: last.period,
                revision: last.revision,
                value: last.value,
                ...(last.evidence.file === undefined ? {} : { file: last.evidence.file.sha256 }),
              },
            ];
      return sentence(
        `I${index + 1}`,
        indicators.at,
        pathOf(entry),
        ({ share, number, percent, day, language }) => {
          const value = (of = 0): string => (body.unit === 'share' ? share(of) : number(of));
          const name = body.label[language];
          const now = value(latest?.value);
          const aim = value(target?.value);
          const [on, by] = [latest?.on ?? '', day(target?.on ?? '')];
          // Of an edition or a year nobody counted on its last day.
          const year = body.period === 'year' ? periodEndingOn(body.period, on) : undefined;
          const of =
            year === undefined
              ? { vi: `đến ${day(on)}`, en: `as of ${day(on)}` }
              : { vi: `của ${periodName(year, 'vi')}`, en: `of ${periodName(year, 'en')}` };
          const bound = chance === undefined ? undefined : boundOf(chance);
          const range =
            chance === undefined
              ? ''
              : bound === undefined
                ? `${percent(chance.probability)} (${percent(chance.low)}–${percent(chance.high)})`
                : `${BOUNDS[bound][language]} ${percent(chance.probability)}`;
          const untold = UNTOLD[reportsLeft === 0 ? 'noneLeft' : 'tooFew'];
          const vi = isMet === true ? 'đã đạt' : chance === undefined ? untold.vi : `khả năng ${range}`;
          const en = isMet === true ? 'met' : chance === undefined ? untold.en : `chance ${range}`;
          return [
            `${name}, theo báo cáo: ${now} ${of.vi}; mục tiêu ${aim} đến ${by}: ${vi}.`,
            `${name}, as reported: ${now} ${of.en}; target ${aim} by ${by}: ${en}.`,
          ];
        },
        figures,
      );
    });
}
const likelihood = ({ progress: { isMet, chance } }: IndicatorEntry): number =>
  isMet === true ? 2 : (chance?.probability ?? 1.5);
