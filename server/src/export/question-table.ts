/** The whole answer of a question, as a file has it: where a page shows the largest only all is there. */
import {
  type AnswerRow,
  type CurvePoint,
  type Query,
  type QueryAnswer,
  querySchema,
  SUBJECT_PAGES,
  subjectOf,
} from '@room/contract';
import { pointsOf, type QueryStore, type Stretch, stretchesOf } from '@room/warehouse';
import { crossedBy, sheetOf } from './crossed.ts';
import { cutInto } from './pieces.ts';
import { type Cell, type LongTable, labelOf, layoutOf, mainOf } from './table.ts';
import type { Taking } from './taking.ts';
import { WORDS } from './words.ts';

/** Points of an answer that are held at once: to read and write as many takes some hundredths of a second. */
const POINTS_AT_ONCE = 3_000;

/**
 * Its head is of one answer about the whole period, which tells the rows apart; a curve follows in stretches of its time, and what is
 * counted meanwhile stands in those that are read later.
 */
export async function questionTable(
  store: Pick<QueryStore, 'answer'>,
  { query: { top: _top, ...query }, scope, isPart, ask, catalogue, language, address, search }: Taking<Query>,
  isCrossed: boolean,
): Promise<LongTable> {
  const answerTo = ({ query: one, known }: Stretch): Promise<QueryAnswer> =>
    ask(`query ${JSON.stringify(one)}, ${JSON.stringify(known)}`, (signal) => store.answer(one, scope, signal, known));
  const whole = await answerTo({ query: { ...query, grain: 'total' }, known: {} });
  const main = mainOf(query);
  const pivot = isCrossed
    ? await crossedBy(query, main, whole, (one) => answerTo({ query: one, known: {} }))
    : undefined;
  const keys = query.split.length === 0 ? [[]] : whole.rows.map(({ key }) => key);
  const [stretch, ...later] = stretchesOf(query, keys.length, POINTS_AT_ONCE);
  // Whatever refuses it does so before anything is sent.
  const first = query.grain === 'total' || stretch === undefined ? whole : await answerTo(stretch);
  const { cellsOf, about, columns } = layoutOf({
    query,
    answer: whole,
    catalogue,
    language,
    address: address(`/explore${search}`),
    isPart,
  });
  const cells = function* (answer: QueryAnswer): Generator<Cell[]> {
    for (const row of padded(keys, answer)) yield* cellsOf(row);
  };
  const pieces = async function* (): AsyncGenerator<Cell[][]> {
    yield* cutInto(cells(first));
    for (const one of later) yield* cutInto(cells(await answerTo(one)));
  };
  const points = query.grain === 'total' ? 1 : pointsOf(query, query.grain).length;
  const subject = subjectOf(main);
  const evidence = address(
    subject === 'dossiers' ? `/explore?${evidenceOf(query, search, whole.watermark)}` : SUBJECT_PAGES[subject],
  );
  return {
    about: [
      ...about,
      [WORDS[language].evidenceOf, evidence],
      ...(pivot === undefined ? [] : [[WORDS[language].crossed, labelOf(main, language)] as [string, string]]),
    ],
    ...(pivot === undefined ? {} : { crossed: sheetOf({ pivot, query, measure: main, catalogue, language }) }),
    columns,
    count: keys.length * points,
    pieces: pieces(),
  };
}

/** A row of each key in the order of `keys`: one of which this answer knows nothing has its points all the same. */
function* padded(keys: readonly string[][], { total, rows }: QueryAnswer): Generator<AnswerRow> {
  const known = new Map((keys[0]?.length === 0 ? [total] : rows).map((row) => [row.key.join('\n'), row]));
  const points = total.points?.map(
    ({ at, beforeAt }): CurvePoint => ({ at, ...(beforeAt === undefined ? {} : { beforeAt }) }),
  );
  for (const key of keys) yield known.get(key.join('\n')) ?? { key, ...(points === undefined ? {} : { points }) };
}

const FIELDS = Object.keys(querySchema.shape);

/** From a number of the file to its evidence: what is in braces says which. */
function evidenceOf({ split, grain }: Query, search: string, watermark: number | undefined): string {
  const given = new URLSearchParams(search);
  for (const name of [...given.keys()]) if (!FIELDS.includes(name) || name === 'split') given.delete(name);
  const [dimension] = split;
  const place = [
    'measure={measure}',
    'side=now',
    ...(dimension === undefined ? [] : [`${dimension}={code}`]),
    ...(grain === 'total' ? [] : ['at={time}']),
    ...(watermark === undefined ? [] : [`asOf=${watermark}`]),
  ];
  return `${given}&evidence=${place.map((part) => part.replaceAll('=', '%3D')).join('%26')}`;
}
