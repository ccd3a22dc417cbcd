/** What scenes ask of the warehouse beside the running day, within a scope: shares on time over days, and who waits beyond the date. Pure. */
import {
  addDays,
  type CurvePoint,
  type DayCount,
  differsSurely,
  type EndedHour,
  endedHour,
  type OnTimeOverDays,
  type OnTimeUnit,
  type QueryAnswer,
  type QuestionFields,
  sureShare,
  type Thresholds,
  type UnitKind,
  verdictOf,
  type Waiting,
} from '@room/contract';

const WEEK = 7;
const MONTH = 28;

/** The days asked for and as many before them. */
export const onTimeQuestion = (by: UnitKind | 'service', days: number, today: string): QuestionFields => ({
  measures: 'onTime,late',
  from: addDays(today, 1 - 2 * days),
  to: today,
  grain: 'day',
  split: by,
  boundaries: 'today',
});

const countOf = ({ now }: CurvePoint): DayCount => ({
  part: now?.onTime ?? 0,
  whole: (now?.onTime ?? 0) + (now?.late ?? 0),
});

function valuesIn(points: readonly CurvePoint[], from: string): Omit<OnTimeUnit, 'id' | 'verdict' | 'hasChanged'> {
  const here = points.filter(({ at }) => at >= from).map(countOf);
  const now = sureShare(here);
  const before = sureShare(points.filter(({ at }) => at < from).map(countOf));
  const onTime = here.reduce((sum, { part }) => sum + part, 0);
  return {
    onTime,
    late: here.reduce((sum, { whole }) => sum + whole, 0) - onTime,
    ...(now === undefined ? {} : { now }),
    ...(before === undefined ? {} : { before }),
  };
}

export function onTimeOf(
  answer: QueryAnswer,
  days: number,
  { onTimeWatch: target, finishedEnough }: Thresholds,
): OnTimeOverDays {
  const { from: beforeFrom, to, asOf, coverage } = answer.periods.now;
  const from = addDays(to, 1 - days);
  return {
    from,
    to,
    beforeFrom,
    target,
    ...(asOf === undefined ? {} : { asOf }),
    ...(coverage === undefined ? {} : { coverage }),
    whole: valuesIn(answer.total.points ?? [], from),
    units: answer.rows
      .filter(({ key: [id = ''] }) => id !== '')
      .map(({ key: [id = ''], points = [] }) => {
        const values = valuesIn(points, from);
        const { now, before, onTime, late } = values;
        const isFew = now === undefined || onTime + late < finishedEnough;
        return {
          id,
          ...values,
          verdict: isFew ? ('few' as const) : verdictOf(now, target),
          hasChanged: !isFew && before !== undefined && differsSurely(now, before),
        };
      }),
    simulated: answer.simulated,
  };
}

export const waitingQuestion = (by: UnitKind, today: string): QuestionFields => ({
  measures: 'backlogOverdue,backlogOpen',
  from: addDays(today, -MONTH),
  to: today,
  grain: 'day',
  split: by,
  boundaries: 'today',
});

/** What waited a week and four weeks before, by the hour: what the running day's number is held against too. */
export const earlierHours = (now: number, timeZone: string): { week: EndedHour; month: EndedHour } => ({
  week: endedHour(now, WEEK, timeZone),
  month: endedHour(now, MONTH, timeZone),
});

export const waitedQuestion = (by: UnitKind, { day }: EndedHour): QuestionFields => ({
  measures: 'backlogOverdue',
  from: day,
  to: day,
  grain: 'hour',
  split: by,
  boundaries: 'today',
});

export interface Waited {
  hour: EndedHour;
  answer: QueryAnswer;
}

export function waitingOf(answer: QueryAnswer, earlier: { week: Waited; month: Waited }): Waiting {
  const { to } = answer.periods.now;
  const overdueIn = ({ hour: { day, hour }, answer: { total, rows } }: Waited, id: string | undefined) => {
    const points = id === undefined ? total.points : rows.find(({ key }) => key[0] === id)?.points;
    const wanted = `${day}T${String(hour).padStart(2, '0')}`;
    return points?.find(({ at }) => at === wanted)?.now?.backlogOverdue;
  };
  const levelIn = ({ now, levelsAsOf }: QueryAnswer['total'], id?: string) => {
    const known = {
      overdue: now?.backlogOverdue,
      open: now?.backlogOpen,
      weekBefore: overdueIn(earlier.week, id),
      monthBefore: overdueIn(earlier.month, id),
      asOf: levelsAsOf?.now,
    };
    return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)) as {
      [K in keyof typeof known]?: number;
    };
  };
  return {
    day: to,
    whole: {
      ...levelIn(answer.total),
      points: (answer.total.points ?? []).map(({ at, now }) => ({
        day: at,
        ...(now?.backlogOverdue === undefined ? {} : { overdue: now.backlogOverdue }),
      })),
    },
    units: answer.rows
      .filter(({ key: [id = ''] }) => id !== '')
      .map((row) => ({ id: row.key[0] ?? '', ...levelIn(row, row.key[0]) })),
    simulated: answer.simulated,
  };
}
