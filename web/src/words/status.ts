/** The first line of the wall: is the day normal? */
import type { WallState } from '@room/contract';
import type { ConnectionState } from './connection.ts';
import type { Sentence, Speech } from './context.ts';
import { dayProjection } from './foresight.ts';

export const isLow = (state: WallState, { thresholds }: Speech): boolean =>
  state.coverage !== undefined && state.coverage.share < thresholds.coverageEnough;

/** Change against the comparable day up to the same time; undefined where there is none or it had nothing. */
export const changeOf = (state: WallState): number | undefined =>
  state.comparable === undefined || state.comparable.toNow <= 0
    ? undefined
    : state.total.submitted / state.comparable.toNow - 1;

function against(state: WallState, { format, say }: Speech): string | undefined {
  const change = changeOf(state);
  if (change === undefined || state.comparable === undefined) return undefined;
  const base = format.dayOfYear(state.comparable.day);
  if (Math.abs(change) < 0.0005) return say('sameAs', { base });
  return say(change > 0 ? 'moreThan' : 'lessThan', { base, size: format.size(change) });
}

const DAY_TYPES = { working: 'daysWorking', rest: 'daysRest', holiday: 'daysHoliday' } as const;

const ofRound = ({ digits, unit }: { digits: string; unit: string }): string => `${digits} ${unit}`.trim();

function runningDay(state: WallState, speech: Speech): Sentence {
  const { format, say } = speech;
  const count = format.count(state.total.submitted);
  const compared = against(state, speech);
  const { usual } = state;
  if (usual === undefined || usual.days < speech.thresholds.usualDaysEnough) {
    return {
      mark: 'none',
      lead: say('littleHistory'),
      text:
        compared === undefined
          ? say('noHistoryText', { count }, state.total.submitted)
          : say('againstText', { against: compared }),
    };
  }
  const range = {
    low: format.count(usual.low),
    high: format.count(usual.high),
    days: usual.days,
    dayType: say(state.dayType === undefined ? 'daysAny' : DAY_TYPES[state.dayType]),
  };
  if (state.total.submitted < usual.low || state.total.submitted > usual.high) {
    const lead = say(state.total.submitted < usual.low ? 'below' : 'above');
    return { mark: 'watch', lead, text: say('outsideText', { count, ...range }) };
  }
  const expected = dayProjection(state);
  const ends = expected && say('wholeDayText', { total: ofRound(format.roundParts(expected.mean)) });
  const text =
    compared === undefined
      ? say('normalText', range)
      : ends === undefined
        ? say('normalAgainst', { against: compared, ...range })
        : `${compared}; ${ends}.`;
  return { mark: 'ok', lead: say('normal'), text };
}

function pastPeriod(state: WallState, { format, say }: Speech): Sentence {
  const { from, to } = state.period;
  const lead = `${format.period(from, to)}:`;
  if (state.events === 0) return { mark: 'unknown', lead, text: say('nothingInPeriod') };
  const count = format.count(state.total.submitted);
  const most = Object.entries(state.days).reduce<[string, number] | undefined>(
    (best, day) => (best === undefined || day[1] > best[1] ? day : best),
    undefined,
  );
  if (from === to || most === undefined)
    return { mark: 'none', lead, text: say('periodDay', { count }, state.total.submitted) };
  const [day, submitted] = most;
  const words = { count, weekday: format.weekday(day), day: format.dayOfYear(day), most: format.count(submitted) };
  return { mark: 'none', lead, text: say('periodText', words, state.total.submitted) };
}

/** What is old is not called normal: once the numbers stand still the line says up to when they are known. */
function standstill(state: WallState, connection: ConnectionState, { format, say }: Speech): Sentence | undefined {
  const time = format.clock(state.coverage?.asOf ?? state.computedAt);
  if (connection === 'disconnected')
    return { mark: 'disconnected', lead: say('lost'), text: say('lostText', { time }) };
  if (connection === 'stale') return { mark: 'watch', lead: say('behind'), text: say('behindText', { time }) };
  return undefined;
}

export function statusSentence(state: WallState, connection: ConnectionState, speech: Speech): Sentence {
  const { format, say } = speech;
  if (state.kind === 'past') return pastPeriod(state, speech);
  if (state.events === 0) return { mark: 'none', lead: say('nothingYet'), text: say('nothingYetText') };
  const still = standstill(state, connection, speech);
  if (still !== undefined) return still;
  if (isLow(state, speech) && state.coverage !== undefined)
    return {
      mark: 'unknown',
      lead: say('lowCoverage'),
      text: say('lowCoverageText', { share: format.share(state.coverage.share) }),
    };
  return runningDay(state, speech);
}
