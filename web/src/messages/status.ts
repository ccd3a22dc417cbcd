/** The first line of the wall: is the day normal? */
import { type Catalogue, type Coverage, isCoverageLow, usualStanding, type WallState } from '@room/contract';
import { type ConnectionState, isUnheard } from './connection.ts';
import type { Sentence, Speech } from './context.ts';

/** As the room judged it, which stays beside an edge what it was; so with the range below. */
export const isLow = (state: WallState, { thresholds }: Speech): boolean =>
  state.isCoverageLow ?? isCoverageLow(state, thresholds);

const LEADS = {
  farBelow: 'below',
  below: 'below',
  neutral: undefined,
  above: 'above',
  farAbove: 'above',
} as const;

/** Change against the comparable day up to the same time; undefined where there is none, or where it had too few for one to say anything. */
export const changeOf = (state: WallState, { thresholds }: Pick<Speech, 'thresholds'>): number | undefined =>
  state.comparable === undefined || state.comparable.toNow < Math.max(1, thresholds.countEnough)
    ? undefined
    : state.total.submitted / state.comparable.toNow - 1;

/**
 * How much is reported, in words: of a usual volume only where one is known; of the day so far, or of this moment, which two are
 * different where a source fell silent at noon.
 */
export function completeText(
  { share, of }: Coverage,
  { sources }: WallState,
  { format, t }: Speech,
  key: 'completeToday' | 'reportingNow',
): string {
  const all = Object.values(sources);
  if (of === 'sources') {
    const reporting = all.filter(({ status }) => status === 'reporting').length;
    return t('someSources', { n: format.count(reporting), all: format.count(all.length) });
  }
  const complete = t(key, { share: format.share(share) });
  // Of a source that was never heard nobody knows what it would send: it is in no usual volume.
  const never = all.filter(({ status }) => status === 'never').length;
  return never > 0 ? `${complete}, ${t('sourceNever', { name: `${never}` })}` : complete;
}

const BOTH = { working: 'bothWorking', rest: 'bothRest', holiday: 'bothHoliday' } as const;

/** Why today is held against that day: it is of the same weekday, where one is near, and else of the same kind. */
export function whyCompared(
  { period, comparable, dayType }: WallState,
  { calendar }: Pick<Catalogue, 'calendar'>,
  { format, t }: Speech,
): string | undefined {
  if (comparable === undefined) return undefined;
  const weekday = format.weekday(period.from);
  if (weekday === format.weekday(comparable.day)) return t('alsoWeekday', { weekday });
  if (dayType === undefined) return t('sameKindOfDay');
  return calendar.worked.includes(period.from) ? t('workedToo', { weekday }) : t(BOTH[dayType]);
}

function against(state: WallState, speech: Speech): string | undefined {
  const { format, t } = speech;
  const change = changeOf(state, speech);
  if (change === undefined || state.comparable === undefined) return undefined;
  const base = format.dayOfYear(state.comparable.day);
  if (Math.abs(change) < 0.0005) return t('sameAs', { base });
  return t(change > 0 ? 'moreThan' : 'lessThan', { base, size: format.size(change) });
}

const DAY_TYPES = { working: 'daysWorking', rest: 'daysRest', holiday: 'daysHoliday' } as const;

function runningDay(state: WallState, speech: Speech): Sentence {
  const { format, t } = speech;
  const count = format.count(state.total.submitted);
  const compared = against(state, speech);
  const { usual } = state;
  if (usual === undefined || usual.days < speech.thresholds.usualDaysEnough) {
    return {
      mark: 'none',
      lead: t('littleHistory'),
      text:
        compared === undefined
          ? t('noHistoryText', { count }, state.total.submitted)
          : t('againstText', { against: compared }),
    };
  }
  const range = {
    low: format.count(usual.low),
    high: format.count(usual.high),
    days: usual.days,
    dayType: t(state.dayType === undefined ? 'daysAny' : DAY_TYPES[state.dayType]),
  };
  const { submitted } = state.total;
  const standing = state.usualStanding ?? usualStanding({ submitted, usual }, speech.thresholds);
  if (standing !== 'neutral' || submitted < usual.low || submitted > usual.high) {
    const lead = LEADS[standing];
    return {
      mark: lead === undefined ? 'ok' : 'watch',
      lead: t(lead ?? 'nearUsual'),
      text: t('outsideText', { count, ...range }, state.total.submitted),
    };
  }
  // Where it will end stands in a number of its own.
  const text = compared === undefined ? t('normalText', range) : t('normalAgainst', { against: compared, ...range });
  return { mark: 'ok', lead: t('normal'), text };
}

function pastPeriod(state: WallState, { format, t }: Speech): Sentence {
  const { from, to } = state.period;
  const lead = `${format.period(from, to)}:`;
  if (state.events === 0) return { mark: 'unknown', lead, text: t('nothingInPeriod') };
  const count = format.count(state.total.submitted);
  const most = Object.entries(state.days).reduce<[string, number] | undefined>(
    (best, day) => (best === undefined || day[1] > best[1] ? day : best),
    undefined,
  );
  if (from === to || most === undefined)
    return { mark: 'none', lead, text: t('periodDay', { count }, state.total.submitted) };
  const [day, submitted] = most;
  const words = { count, weekday: format.weekday(day), day: format.dayOfYear(day), most: format.count(submitted) };
  return { mark: 'none', lead, text: t('periodText', words, state.total.submitted) };
}

/** What is old is not called normal: once the numbers stand still the line says up to when they are known. */
function standstill(state: WallState, connection: ConnectionState, { format, t }: Speech): Sentence | undefined {
  // It is when they were computed that cannot be; up to when they stand is said by the portals.
  if (connection === 'ahead')
    return { mark: 'watch', lead: t('aheadLead'), text: t('aheadText', { time: format.clock(state.computedAt) }) };
  const time = format.clock(state.coverage?.asOf ?? state.computedAt);
  if (isUnheard(connection))
    return {
      mark: 'disconnected',
      lead: t(connection === 'silent' ? 'silentLead' : 'lost'),
      text: t('lostText', { time }),
    };
  if (connection === 'stale') return { mark: 'watch', lead: t('behind'), text: t('behindText', { time }) };
  return undefined;
}

export function statusSentence(state: WallState, connection: ConnectionState, speech: Speech): Sentence {
  const { format, t } = speech;
  if (state.kind === 'past') return pastPeriod(state, speech);
  const still = standstill(state, connection, speech);
  if (still !== undefined) return still;
  if (state.events === 0) return { mark: 'none', lead: t('nothingYet'), text: t('nothingYetText') };
  if (isLow(state, speech) && state.coverage !== undefined)
    return {
      mark: 'unknown',
      lead: t('lowCoverage'),
      text:
        state.coverage.of === 'sources'
          ? t('fewSourcesText', { of: completeText(state.coverage, state, speech, 'completeToday') })
          : t('lowCoverageText', { share: format.share(state.coverage.share) }),
    };
  return runningDay(state, speech);
}
