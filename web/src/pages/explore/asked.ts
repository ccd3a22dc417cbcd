/** What the page of questions shows, by its address: a question of the contract, with what stands where nothing is asked for. Pure. */
import {
  DIMENSIONS,
  type Dimension,
  fixedOn,
  type Grain,
  type Grouped,
  grainOf,
  groupNamed,
  isProgrammeDimension,
  MEASURES,
  type Measure,
  measuresAbout,
  PROGRAMME_DIMENSIONS,
  type Queries,
  type Query as Question,
  type QuestionFields,
  querySchema,
  STANDING,
  type Subject,
  subjectOf,
  ungrouped,
} from '@room/contract';
import { oneOf, type Query } from '../../app/addresses.ts';

export const NAMES = Object.keys(DIMENSIONS) as Dimension[];

/** The fields of a question as the address and the API have them. */
export type Fields = Queries['/v1/query'];

export interface Asked {
  fields: Fields;
  question: Question;
  /** What is charted and ranked by. */
  measure: Measure;
  /** As the address says it, with days that move where they do: what is kept of it. */
  texts: QuestionFields;
}

export { grainOf } from '@room/contract';

export const FIELDS = Object.keys(querySchema.shape);

/** The question of an address; why it is none, as the schema says it. `today` is a local day. */
export function askedIn(query: Query, today: string): Asked | { fault: string } {
  const given = Object.fromEntries(
    FIELDS.flatMap((name) => {
      const value = oneOf(query, name);
      return value === undefined || name === 'measures' ? [] : [[name, value]];
    }),
  );
  const sort = rankedBy(given['sort'], oneOf(query, 'measures'));
  const texts: QuestionFields = { ...STANDING, ...given, ...(sort === undefined ? {} : { sort }) };
  const measures = measuresAbout(sort === undefined ? 'dossiers' : subjectOf(sort));
  const fields: Record<string, string | undefined> = { ...fixedOn(texts, today), measures: measures.join(',') };
  const { success, data, error } = querySchema.safeParse(fields);
  if (!success) return { fault: error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ') };
  fields['grain'] ??= grainOf(data, data.sort);
  // The schema took them.
  return {
    fields: fields as Fields,
    question: { ...data, grain: fields['grain'] as Grain },
    measure: data.sort ?? 'submitted',
    texts,
  };
}

/** What is charted where the address says it; an address of a program may name what is measured alone, of which the page shows all. */
function rankedBy(sort: string | undefined, measures: string | undefined): Measure | undefined {
  const known = (text: string | undefined): Measure | undefined => MEASURES.find((measure) => measure === text);
  if (sort !== undefined) return known(sort);
  const first = known(measures?.split(',')[0]);
  return first === undefined || subjectOf(first) === 'dossiers' ? undefined : first;
}

/** The change of a question that turns it to what is counted otherwise: what that does not know is taken out. */
export function turnedTo(subject: Subject, question: Question): Record<string, string | undefined> {
  const [sort] = measuresAbout(subject);
  if (subject === 'dossiers') return { sort: undefined, order: undefined, measures: undefined };
  const [only = question.split.find(isProgrammeDimension)] = PROGRAMME_DIMENSIONS.filter(
    (name) => question[name] !== undefined,
  );
  const others = NAMES.filter((name) => name !== only).map((name) => [name, undefined]);
  return {
    sort,
    order: undefined,
    measures: undefined,
    per: undefined,
    heat: undefined,
    ...Object.fromEntries(others),
    ...(question.compare === 'day-types' ? { compare: undefined } : {}),
    // By the day, as tasks are known: a curve is cut as it can be read.
    grain: undefined,
    split: question.split.find((name) => name === only),
  };
}

/** The address of `query` with `change` in its question; undefined takes a field out. */
export function withChange(query: Query, change: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept = Object.entries(query).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : []));
  const all = { ...Object.fromEntries(kept), ...change } as Record<string, string | undefined>;
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''),
  );
}

/** The codes of a dimension's filter with this one added, or taken out where it is among them: then a group that holds it is the rest of it. */
export function toggled(
  question: Question,
  dimension: Dimension,
  code: string,
  catalogue: Grouped,
): string | undefined {
  const named = question[dimension] ?? [];
  const codes = named.includes(code) ? named : ungrouped(dimension, named, catalogue);
  // What a group holds is not named beside it: the two would read as more than they are.
  const held = groupNamed(dimension, code, catalogue)?.codes ?? [];
  const all = codes.includes(code)
    ? codes.filter((one) => one !== code)
    : [...named.filter((one) => !held.includes(one)), code];
  return all.length === 0 ? undefined : all.join(',');
}
