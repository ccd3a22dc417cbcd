/** What tiles of the programme say: of tasks, of the index, of essential services, of who leads and lags. Pure. */
import {
  type Catalogue,
  type DirectedUnit,
  isAnyRank,
  periodName,
  type TaskLate,
  type Unit,
  type UnitKind,
  type WallEssential,
  type WallIndex,
  type WallIndexUnit,
  type WallLeaders,
  type WallService,
  type WallTasks,
} from '@room/contract';
import type { Mark, Speech } from '../messages/context.ts';

type Units = Pick<Catalogue, 'agencies' | 'provinces'>;
const unitsOf = (by: UnitKind, { agencies, provinces }: Units): readonly Unit[] =>
  by === 'agency' ? agencies : provinces;

/** What the catalogue has no name of goes by its code. */
export function unitText({ dim, code }: DirectedUnit, catalogue: Units, { name }: Speech): string {
  const unit = unitsOf(dim, catalogue).find(({ id }) => id === code);
  return unit === undefined ? code : name(unit);
}

/** As of when, and how much of what should be reported is in it. */
export function noteOf(
  { asOf, coverage }: { asOf?: number; coverage?: number },
  now: number,
  { t, format }: Speech,
): string | undefined {
  if (asOf === undefined) return undefined;
  const time = format.since(asOf, now);
  return coverage === undefined
    ? t('asOf', { time })
    : t('asOfReported', { time, complete: t('complete', { share: format.share(coverage) }) });
}

/** How many are overdue against a day before; of one of which nothing is known it says why. */
export function owedTrend(
  overdue: number,
  { day, overdue: before }: WallTasks['week'],
  against: 'owedWeek' | 'owedSession',
  { t, format }: Speech,
): { mark: Mark; text: string } {
  if (before === undefined) return { mark: 'unknown', text: t('owedNoBefore', { day: format.day(day) }) };
  const change = overdue - before;
  const said = { n: format.count(Math.abs(change)), against: t(against, { day: format.day(day) }) };
  if (change === 0) return { mark: 'few', text: t('owedSame', said) };
  return change > 0 ? { mark: 'watch', text: t('owedMore', said) } : { mark: 'ok', text: t('owedLess', said) };
}

export const dueWords = (daysLeft: number, { t, format }: Speech): string =>
  daysLeft === 0 ? t('owedToday') : t('owedIn', { n: format.count(daysLeft) }, daysLeft);

/** A task in a line: until when or for how long, whose, and whose turn it is; below it, what is to be done. */
export interface TaskRow {
  id: string;
  when: string;
  who: string;
  turn: string;
  isAnswered: boolean;
  text: string;
}

function taskRow(
  { id, unit, head, state, text }: Pick<TaskLate, 'id' | 'unit' | 'head' | 'state' | 'text'>,
  when: string,
  catalogue: Units,
  speech: Speech,
): TaskRow {
  const name = unitText(unit, catalogue, speech);
  const isAnswered = state === 'answered';
  return {
    id,
    when,
    who: head === undefined ? name : `${name}, ${head}`,
    turn: speech.t(isAnswered ? 'owedTurnOffice' : 'owedTurnUnit'),
    isAnswered,
    text,
  };
}

/** What falls due, the next first; what is overdue, the longest first. */
export const dueRows = ({ due }: Pick<WallTasks, 'due'>, catalogue: Units, speech: Speech): TaskRow[] =>
  due.map((task) => {
    const when = `${speech.format.dayOfYear(task.due)}, ${dueWords(task.daysLeft, speech)}`;
    return taskRow(task, when, catalogue, speech);
  });
export const lateRows = ({ late }: Pick<WallTasks, 'late'>, catalogue: Units, speech: Speech): TaskRow[] =>
  late.map((task) => {
    const n = speech.format.count(task.daysLate);
    return taskRow(task, speech.t('owedLateDays', { n }, task.daysLate), catalogue, speech);
  });

export interface ScoreRow extends WallIndexUnit {
  name: string;
  mark: Mark;
}
const SIDES = ['below', 'unclear', 'above'] as const;
const SIDE_MARKS = { below: 'watch', unclear: 'few', above: 'ok' } as const satisfies Record<string, Mark>;

/** Whether any of them can be told from another: without that an order by points would be one by chance. */
export const isToldApart = ({ units, isRanked }: Pick<WallIndex, 'units' | 'isRanked'>): boolean =>
  isRanked && (units.some(({ side }) => side !== 'unclear') || hasRanks(units));

/**
 * The surely lower ones first, the lowest of them at the top, and the surely higher ones last; between them by name, as none of those can
 * be told from what all reach. Those of which less is measured than of all stand last of theirs.
 */
export function scoreRows(index: WallIndex, by: UnitKind, catalogue: Units, speech: Speech): ScoreRow[] {
  const { units, measured } = index;
  const rows = units.map((unit) => ({
    ...unit,
    name: unitText({ dim: by, code: unit.code }, catalogue, speech),
    mark: SIDE_MARKS[unit.side],
  }));
  const less = (row: ScoreRow): number => Number(row.measured < measured);
  const { compare } = new Intl.Collator(speech.language);
  return SIDES.flatMap((side) =>
    rows
      .filter((row) => row.side === side)
      .sort(
        (one, other) =>
          less(one) - less(other) ||
          (side === 'unclear' ? 0 : one.points - other.points) ||
          compare(one.name, other.name) ||
          (one.code < other.code ? -1 : 1),
      ),
  );
}

/** Of a unit of which less is measured, with of how many. */
export const pointsText = (unit: Pick<WallIndexUnit, 'points' | 'measured'>, measured: number, { format }: Speech) =>
  unit.measured === measured
    ? format.tenths(unit.points)
    : `${format.tenths(unit.points)}/${format.count(unit.measured)}`;

type Ranked = Pick<WallIndexUnit, 'best' | 'worst'>;

/** Whether any has a rank that says more than that it is one of all. */
export const hasRanks = (all: readonly Ranked[]): boolean =>
  all.some((unit) => unit.best !== undefined && !isAnyRank(unit, all));

/** A range that holds every rank is none: whoever is surely above the common level may still be told from nobody. */
export function rankText(unit: Ranked, all: readonly Ranked[], { format, t }: Speech): string {
  const { best, worst } = unit;
  if (best === undefined || worst === undefined) return '—';
  if (isAnyRank(unit, all)) return t('scoreAnyRank');
  return best === worst ? format.count(best) : `${format.count(best)}–${format.count(worst)}`;
}

/** Only where it exceeds chance. */
export const changeText = (change: number | undefined, text: (size: number) => string): string =>
  change === undefined ? '' : `${change > 0 ? '▲' : '▼'} ${text(Math.abs(change))}`;

/** Parts of the index of which something is not measured, each with so many points. */
export const missingParts = ({ groups }: WallIndex, { t, format, language }: Speech): string[] =>
  groups
    .filter(({ total, measured }) => measured < total)
    .map(({ label, total, measured }) =>
      t('scorePart', { name: label[language], missing: format.count(total - measured) }),
    );

/** Closer than that nobody is held apart by eye. */
const LEAST_SPAN = 0.5;
/** Steps of an axis that are read at once, in tenths: so many at most stand on one. */
const STEPS = [1, 2, 5, 10, 20, 50, 100];
const MOST_STEPS = 6;
/** Of an axis of points: all that is drawn, from one round value to another, which need not begin at zero and says so by the values on it. */
export function pointsAxis(
  rows: readonly Pick<WallIndexUnit, 'points' | 'measured' | 'low' | 'high'>[],
  { measured, points }: Pick<WallIndex, 'measured' | 'points'>,
): { from: number; to: number; ticks: number[] } {
  const like = rows.filter((row) => row.measured === measured);
  const least = Math.min(points, ...like.map((row) => row.low ?? row.points));
  const most = Math.max(points, ...like.map((row) => row.high ?? row.points));
  const more = Math.max(0, LEAST_SPAN - (most - least)) / 2;
  const [low, high] = [10 * (least - more), 10 * (most + more)];
  const step = STEPS.find((each) => high - low <= each * MOST_STEPS) ?? 200;
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  const values = Array.from({ length: last - first + 1 }, (_, n) => ((first + n) * step) / 10);
  // Where it ends nothing stands: it would reach into what is beside it. Fewer than none and more than there are no unit has.
  const ticks = values.slice(1, -1).filter((value) => value >= 0 && value <= measured);
  return { from: values[0] ?? 0, to: values.at(-1) ?? 1, ticks };
}

/** Of a running period it says up to when. */
export function scoreTitle(
  { decision, period, to }: Pick<WallIndex, 'decision' | 'period' | 'to'>,
  noun: string,
  today: string,
  { t, language }: Speech,
): string {
  const name = noun.toLocaleLowerCase(language);
  const title = t('scoreTitle', { decision, noun: name, period: periodName(period, language) });
  return to === today ? t('scoreToToday', { title }) : title;
}

export interface ServiceRow extends WallService {
  name: string;
  mark: Mark;
  owners: string;
  /** What its ministries say of it, by shape and by word. */
  deployed: { mark: Mark; text: string };
  /** How much, or why that is not known. */
  use: WallService['use'];
  useText: string;
  onlineText: string;
  onTimeText: string;
}

const USE_MARKS = {
  unused: 'act',
  unknown: 'unknown',
  used: 'none',
  unmeasured: 'few',
} as const satisfies Record<WallService['use'], Mark>;

/** A share with half of the range that it is sure within. */
export function sureText(sure: WallService['online'], { format }: Speech): string {
  if (sure === undefined) return '—';
  const { share, low, high } = sure;
  if (low === undefined || high === undefined) return format.share(share);
  // Of one that stands at an end of what a share may be the longer side.
  const half = Math.max(share - low, high - share);
  // Rounded up: nothing is surer than it is said to be.
  return `${format.share(share)} ±${format.tenths(Math.max(1, Math.ceil(1_000 * half - 1e-6)) / 10)}`;
}

/** Whether it is offered to everybody is what its ministries say, or did not say. */
const deployedText = ({ isDeployed }: Pick<WallService, 'isDeployed'>, { t }: Speech): ServiceRow['deployed'] =>
  isDeployed === undefined
    ? { mark: 'unknown', text: t('boardUntold') }
    : isDeployed
      ? { mark: 'ok', text: t('boardIsDeployed') }
      : { mark: 'watch', text: t('boardNotDeployed') };

/** Which of the services stand first: those that nobody uses, then those of which it is not known, where there are any. */
export function boardOrder({ uses }: Pick<WallEssential, 'uses'>, { t }: Speech): string {
  if (uses.unused > 0) return t('boardUnusedFirst');
  return t(uses.unknown > 0 ? 'boardUnknownFirst' : 'boardMostFirst');
}

export function serviceRows({ services }: WallEssential, catalogue: Units, speech: Speech): ServiceRow[] {
  const { t, format, language } = speech;
  const WORDS = { unused: 'boardNobody', unknown: 'boardNotKnown', unmeasured: 'boardUncounted' } as const;
  return services.map((service) => ({
    ...service,
    name: service.label[language],
    mark: USE_MARKS[service.use],
    owners: [
      ...service.agencies.map((code) => unitText({ dim: 'agency', code }, catalogue, speech)),
      ...(service.isSure ? [] : [t('boardUnsure')]),
    ].join(' · '),
    deployed: deployedText(service, speech),
    useText: service.use === 'used' ? format.count(service.submitted ?? 0) : t(WORDS[service.use]),
    onlineText: service.use === 'used' ? sureText(service.online, speech) : '',
    onTimeText: service.use === 'used' ? sureText(service.onTime, speech) : '',
  }));
}

export interface LedRow {
  code: string;
  name: string;
  side: 'leads' | 'lags';
  mark: Mark;
  text: string;
  change: string;
}
export interface LedPart {
  size: WallLeaders['groups'][number]['size'];
  heading: string;
  /** What all in it reach together. */
  value: string;
  /** Of a group in which nobody is named, how far apart they are all the same. */
  nobody: string;
  rows: LedRow[];
}

/** Of each group who lags, the furthest first, then who leads. */
export function ledParts({ groups }: WallLeaders, by: UnitKind, catalogue: Units, speech: Speech): LedPart[] {
  const { t, format } = speech;
  return groups.map(({ size, units, value, least, most, leads, lags }) => {
    const row =
      (side: LedRow['side']) =>
      (unit: (typeof leads)[number]): LedRow => ({
        code: unit.code,
        name: unitText({ dim: by, code: unit.code }, catalogue, speech),
        side,
        mark: side === 'leads' ? 'ok' : 'watch',
        text: sureText({ share: unit.value, low: unit.low, high: unit.high }, speech),
        change: changeText(unit.change, (size) => format.tenths(100 * size)),
      });
    return {
      size,
      heading: `${t(`led${size}`)}: ${t('ledUnits', { n: units }, units)}`,
      value: value === undefined ? '—' : format.share(value),
      nobody:
        least === undefined || most === undefined
          ? t('ledNobody')
          : t('ledNobodyBetween', { least: format.share(least), most: format.share(most) }),
      rows: [...lags.map(row('lags')), ...leads.map(row('leads'))],
    };
  });
}

/** As many of each side as have room for `n` rows: nobody is told of laggards alone. */
export function fairly(rows: readonly LedRow[], n: number): LedRow[] {
  if (rows.length <= n) return [...rows];
  const lags = rows.filter(({ side }) => side === 'lags');
  const leads = rows.filter(({ side }) => side === 'leads');
  const half = Math.ceil(n / 2);
  const ofLags = Math.max(Math.min(lags.length, half), n - leads.length);
  return [...lags.slice(0, ofLags), ...leads.slice(0, Math.max(0, n - ofLags))];
}
