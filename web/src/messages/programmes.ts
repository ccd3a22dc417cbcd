/** What is said of an indicator: its values, how far it is from its path, and what chance there is. Pure. */
import {
  type Catalogue,
  type Indicator,
  type IndicatorEntry,
  type Progress,
  periodEndingOn,
  periodName,
  reportPeriod,
  type Session,
  type TakenReports,
  type Target,
  type TargetOutlook,
  type WallState,
} from '@room/contract';
import type { MessageKey } from '../i18n/index.ts';
import type { Mark, Speech } from './context.ts';
import { chanceText, isOutlook, targetValue } from './targets.ts';

type Measured = Pick<Indicator, 'unit'>;

export function valueText({ unit }: Measured, value: number, { format }: Speech, beside = value): string {
  if (unit === 'share') return format.share(value, beside);
  return unit === 'points' ? format.tenths(value) : format.count(value);
}

/** With its sign; of shares in percentage points. */
export function gapText({ unit }: Measured, gap: number, { format, t }: Speech): string {
  if (unit === 'share') return t('progPoints', { change: format.points(gap) });
  return unit === 'points' || Math.abs(gap) < 10 ? signedTenths(gap, format) : format.signed(gap);
}
const signedTenths = (gap: number, format: Speech['format']): string =>
  `${gap > 0 ? '+' : gap < 0 ? '−' : ''}${format.tenths(Math.abs(gap))}`;

export const unitName = (
  catalogue: Pick<Catalogue, 'agencies' | 'provinces'>,
  code: string,
  speech: Speech,
): string => {
  const unit = [...catalogue.agencies, ...catalogue.provinces].find(({ id }) => id === code);
  return unit === undefined ? code : speech.name(unit);
};

/** Nothing is said of what is not known; a target that was missed is not to come any more. */
export function progressMark({ isMet, chance }: Progress, { thresholds }: Speech): Mark {
  if (isMet === undefined) return 'none';
  if (isMet) return 'ok';
  if (chance === undefined) return 'unknown';
  if (chance.probability >= thresholds.likely) return 'ok';
  return chance.probability < thresholds.unlikely ? 'act' : 'watch';
}

/** Whether a chance is told, in numbers or as a bound. */
export const isOpenChance = ({ isMet, chance, reportsLeft }: Progress): boolean =>
  isMet !== true && reportsLeft !== 0 && chance !== undefined;

export function chanceWords({ isMet, chance, target, reportsLeft }: Progress, speech: Speech): string {
  const { format, t } = speech;
  if (target === undefined) return '—';
  if (isMet === true) return t('progMet');
  if (reportsLeft === 0) return t('progNoReportLeft');
  if (chance === undefined) return t('progTooFew');
  const [said, low, high] = [chance.probability, chance.low, chance.high].map(format.percent);
  // What so few steps cannot bear is said as the bound that it is.
  if (low === high) return t(chance.probability < 0.5 ? 'progChanceMost' : 'progChanceLeast', { chance: said ?? '' });
  return t('progChanceText', { chance: said ?? '', low: low ?? '', high: high ?? '' });
}

/** `today`: a local day. */
export function recoverText({ recoverBy, chance, isMet }: Progress, today: string, { format, t }: Speech): string {
  if (recoverBy === 'past') return t('progPast');
  if (recoverBy !== undefined && recoverBy < today) return t('progRecoverOver', { day: format.day(recoverBy) });
  if (recoverBy !== undefined) return format.day(recoverBy);
  return chance === undefined || isMet === true ? '—' : t('progOnPace');
}

/** What the room counts itself of the same, towards the same day; undefined where it does not, or not yet. */
export function countedOf(
  { body, progress }: Pick<IndicatorEntry, 'body' | 'progress'>,
  { targets = [] }: Pick<Catalogue, 'targets'>,
  state: WallState | undefined,
  speech: Speech,
): { target: Target; outlook: TargetOutlook; value: string; chance: string } | undefined {
  const target = targets.find(({ metric, by }) => metric === body.metric && by === progress.target?.on);
  const outlook = state?.forecasts?.targets.find(({ id }) => id === target?.id);
  if (target === undefined || !isOutlook(outlook)) return undefined;
  return { target, outlook, value: targetValue(target, outlook.reached, speech), chance: chanceText(outlook, speech) };
}

/**
 * As of when something was published: of an edition or a year the period that it is of, as nobody counted on its last day; else the day.
 */
export function publishedText(
  { period }: Pick<Indicator, 'period'>,
  on: string,
  { format, language, t }: Speech,
): string {
  const name = periodEndingOn(period, on);
  return name === undefined
    ? t('progPublished', { day: format.day(on) })
    : t('progPublishedOf', { period: periodName(name, language) });
}

/** Whether a target whose day is over was met, by what was known to stand at that day. */
export function passedText(
  entry: Pick<IndicatorEntry, 'body' | 'known'>,
  { on, value }: { on: string; value: number },
  speech: Speech,
): string {
  const { body, known } = entry;
  const { t, format } = speech;
  const told = [
    ...body.published,
    ...known.flatMap((report) => {
      const { to } = reportPeriod(report.period) ?? {};
      return to === undefined || report.value === null ? [] : [{ on: to, value: report.value }];
    }),
  ]
    .filter((each) => each.on <= on)
    .sort((one, other) => (one.on < other.on ? -1 : one.on > other.on ? 1 : 0))
    .at(-1);
  const said = t('progBy', { value: valueText(body, value, speech), day: format.day(on) });
  if (told === undefined) return t('progPassedUnknown', { target: said });
  const isMet = body.direction === 'up' ? told.value >= value : told.value <= value;
  return t(isMet ? 'progPassedMet' : 'progPassedMissed', { target: said, value: valueText(body, told.value, speech) });
}

export interface OverdueLine {
  indicator: string;
  name: string;
  owner: string;
  periods: string;
}
const NAMED = 3;

/** The longest overdue first: the whole's, and of units how many lack any. */
export function overdueLines(
  indicators: readonly IndicatorEntry[],
  catalogue: Pick<Catalogue, 'agencies' | 'provinces'>,
  speech: Speech,
): OverdueLine[] {
  const { t } = speech;
  const say = (period: string): string => periodName(period, speech.language);
  const list = (periods: readonly string[]): string => {
    const named = periods.slice(0, NAMED).map(say).join(', ');
    return periods.length <= NAMED ? named : t('progOverdueMore', { periods: named, n: periods.length - NAMED });
  };
  return indicators
    .flatMap(({ id, body, overdue, units = [] }) => {
      const name = body.label[speech.language];
      const owner = unitName(catalogue, body.owner.code, speech);
      const late = units.filter((unit) => unit.overdue.length > 0);
      const oldest = late.map((unit) => unit.overdue[0] ?? '').sort()[0] ?? '';
      const n = late.length;
      return [
        ...(overdue.length === 0
          ? []
          : [{ since: overdue[0] ?? '', indicator: id, name, owner, periods: list(overdue) }]),
        ...(n === 0
          ? []
          : [{ since: oldest, indicator: id, name, owner: t('progOverdueUnits', { n }, n), periods: say(oldest) }]),
      ];
    })
    .sort((one, other) => (one.since < other.since ? -1 : one.since > other.since ? 1 : 0))
    .map(({ since: _, ...line }) => line);
}

const RANKS: Readonly<Record<Mark, number>> = { act: 0, watch: 1, unknown: 2, ok: 3, few: 4, disconnected: 5, none: 6 };
/** What needs a decision first, of those what is least likely; then in the order of their ids. */
export const sortedIndicators = (indicators: readonly IndicatorEntry[], speech: Speech): IndicatorEntry[] =>
  indicators.toSorted((one, other) => {
    const rank = ({ progress }: IndicatorEntry): number => RANKS[progressMark(progress, speech)];
    const chance = ({ progress }: IndicatorEntry): number => progress.chance?.probability ?? 1;
    return rank(one) - rank(other) || chance(one) - chance(other) || (one.id < other.id ? -1 : 1);
  });

/** Whose values somebody may report of an indicator: `undefined` stands for the one for all. */
export function reportsFor(
  { body, units = [] }: Pick<IndicatorEntry, 'body' | 'units'>,
  session: Pick<Session, 'rights' | 'scope'> | undefined,
): (string | undefined)[] {
  if (session?.rights.includes('answer') !== true) return [];
  const { scope } = session;
  const { dim, code } = body.owner;
  const isOwner = scope === 'all' || scope[dim === 'agency' ? 'agencies' : 'provinces'].includes(code);
  return [...(isOwner ? [undefined] : []), ...units.map((unit) => unit.code)];
}

export const faultText = ({ code, of }: Pick<TakenReports['refused'][number], 'code' | 'of'>, { t }: Speech): string =>
  t(`ref${code}` satisfies MessageKey, { of: of ?? '' });
