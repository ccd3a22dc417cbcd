/**
 * From a question about tasks or links to what is read for it. Each of them is of one unit, so that a question is by agencies or by
 * provinces; what dossiers alone have is refused. Pure.
 */
import {
  type Catalogue,
  DIMENSIONS,
  type Dimension,
  isProgrammeDimension,
  type Measure,
  MOST_HISTORY_DAYS,
  type Period,
  PROGRAMME_DIMENSIONS,
  type ProgrammeDimension,
  type ProgrammeMeasure,
  type Query,
  type Subject,
  subjectOf,
} from '@room/contract';
import { BadQuery, comparedWith, daysOf, type Known, MOST_POINTS, membersOf, pointsOf } from './plan.ts';
import { restatedBy } from './restate.ts';

export type ProgrammeSubject = Exclude<Subject, 'dossiers'>;

/** Hours of all links are as many rows as two months of theirs by the day. */
const MOST_HOURLY_DAYS = 31;
const NAMES: Readonly<Record<ProgrammeSubject, string>> = { tasks: 'tasks', links: 'links' };

export interface ProgrammePlan {
  subject: ProgrammeSubject;
  measures: readonly ProgrammeMeasure[];
  /** By which rows are ranked. */
  sort: ProgrammeMeasure;
  grain: Query['grain'];
  periods: { now: Period; before?: Period };
  points: { now: readonly string[]; before: readonly string[] };
  /** The member of the split that something of a unit is of; of others than it is split by none: an empty name. */
  keyOf: (of: { dim: string; code: string }) => string;
  isSplit: boolean;
  /** The units that the question is narrowed to, where it is; and whether something of a unit is of them. */
  only?: { dimension: ProgrammeDimension; codes: ReadonlySet<string> };
  isAsked: (of: { dim: string; code: string }) => boolean;
  /** Units that were divided, so that they stand under what they were. */
  divided: readonly string[];
}

export interface ProgrammeGround {
  catalogue: Catalogue;
  /** The local day whose owner of a code is meant by it. */
  today: string;
  known?: Known | undefined;
}

/** What all of a question counts. Throws `BadQuery` where that is not one thing. */
export function subjectAsked({ measures, sort }: Pick<Query, 'measures' | 'sort'>): Subject {
  const [first = 'submitted', ...rest] = measures;
  const subject = subjectOf(first);
  const refuse = (field: string, other: Measure): never => {
    throw new BadQuery(
      field,
      `${other} counts ${subjectOf(other)}, and ${first} counts ${subject}, which have other units, points and reports: ask for each in a question of its own`,
    );
  };
  const other = rest.find((measure) => subjectOf(measure) !== subject);
  if (other !== undefined) refuse('measures', other);
  if (sort !== undefined && subjectOf(sort) !== subject) refuse('sort', sort);
  return subject;
}

/** Throws `BadQuery` where the question does not fit. */
export function programmePlanOf(query: Query, { catalogue, today, known }: ProgrammeGround): ProgrammePlan {
  const { from, to, grain, compare, split, per } = query;
  const subject = subjectAsked(query) as ProgrammeSubject;
  const name = NAMES[subject];
  const now = { from, to };
  if (from > to) throw new BadQuery('to', 'is before from');
  if (subject === 'tasks' && grain === 'hour')
    throw new BadQuery('grain', 'tasks are known by the day: ask with grain=day or grain=month');
  if (per !== 'period')
    throw new BadQuery('per', `${name} are told as they are, not per working day or people: leave it out`);
  if (compare === 'day-types')
    throw new BadQuery(
      'compare',
      `${name} are not held against days of the same types: compare with previous, year-before, or a period of your own`,
    );
  const before = comparedWith(now, compare);
  assertFew('to', now, grain);
  if (before !== undefined) assertFew('compare', before, grain);
  const dimension = dimensionOf(query, name);
  const map = query.boundaries === 'today' ? today : query.boundaries;
  const units = map === 'as-reported' ? undefined : restatedBy(catalogue, map);
  const only = PROGRAMME_DIMENSIONS.flatMap((each) => {
    const codes = query[each];
    return codes === undefined
      ? []
      : [{ dimension: each, codes: new Set(membersOf(each, codes, catalogue, today, units?.[each])) }];
  })[0];
  const points = {
    now: pointsOf(now, grain),
    before: before === undefined ? [] : pointsOf(before, grain),
  };
  const rows =
    known?.rows ??
    (split.length === 0 || dimension === undefined ? 1 : DIMENSIONS[dimension].members(catalogue).length);
  const wanted = rows * (points.now.length + points.before.length);
  if (grain !== 'total' && wanted > MOST_POINTS)
    throw new BadQuery(
      'grain',
      `up to ${rows} rows have ${wanted} points, at most ${MOST_POINTS} are answered: cut it less finely, or split it less`,
      { points: wanted, most: MOST_POINTS },
    );
  // All are of the subject: that was asked first.
  const measures = query.measures as readonly ProgrammeMeasure[];
  return {
    subject,
    measures,
    sort: (query.sort ?? measures[0]) as ProgrammeMeasure,
    grain,
    periods: { now, ...(before === undefined ? {} : { before }) },
    points,
    isSplit: split.length > 0,
    keyOf: ({ dim, code }) => {
      if (dim !== dimension) return '';
      return units?.[dimension].as.get(code) ?? code;
    },
    ...(only === undefined ? {} : { only }),
    isAsked: ({ dim, code }) => only === undefined || (dim === only.dimension && only.codes.has(code)),
    divided: units === undefined ? [] : [...units.agency.divided, ...units.province.divided],
  };
}

/** By which units it is asked, if by any. */
function dimensionOf(query: Query, name: string): ProgrammeDimension | undefined {
  const narrowed = (Object.keys(DIMENSIONS) as Dimension[]).filter((each) => query[each] !== undefined);
  const used = [...new Set([...query.split, ...narrowed])];
  const fieldOf = (dimension: Dimension): string => (query.split.includes(dimension) ? 'split' : dimension);
  const unheard = used.find((each) => !isProgrammeDimension(each));
  if (unheard !== undefined)
    throw new BadQuery(
      fieldOf(unheard),
      `${name} are known by ${PROGRAMME_DIMENSIONS.join(' or ')}, not by ${unheard}: leave it out`,
    );
  const [one, other] = used;
  if (other !== undefined)
    throw new BadQuery(
      fieldOf(other),
      `each of the ${name} is of one unit, ${PROGRAMME_DIMENSIONS.join(' or ')}: ask by ${one} or by ${other}`,
    );
  return one !== undefined && isProgrammeDimension(one) ? one : undefined;
}

function assertFew(field: string, period: Period, grain: Query['grain']): void {
  const days = daysOf(period);
  const most = grain === 'hour' ? MOST_HOURLY_DAYS : MOST_HISTORY_DAYS;
  if (days > most)
    throw new BadQuery(field, `a period by ${grain} has at most ${most} days here, this one ${days}`, { days, most });
}
