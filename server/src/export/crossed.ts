/** Two dimensions held against each other, as the page shows them: each total is counted, not added up. */
import {
  type AnswerRow,
  type Catalogue,
  type Dimension,
  type Language,
  type Measure,
  type Pivot,
  pivotOf,
  type Query,
  type QueryAnswer,
} from '@room/contract';
import { type Cell, type Column, kindOf, namesIn, nounsIn, type Sheet } from './table.ts';
import { WORDS } from './words.ts';

/** Of a question that is split by two, by these questions beside its own rows, which are all there are. */
export async function crossedBy(
  query: Query,
  measure: Measure,
  { rows, total }: { rows: readonly AnswerRow[]; total: AnswerRow },
  answerTo: (query: Query) => Promise<QueryAnswer>,
): Promise<Pivot | undefined> {
  const [first, second] = query.split;
  if (first === undefined || second === undefined) return undefined;
  const alone = async (dimension: Dimension): Promise<AnswerRow[]> =>
    (await answerTo({ ...wholly(query, measure), split: [dimension] })).rows;
  return pivotOf(rows, await alone(first), await alone(second), total, measure);
}

/** All of the rows of a question, of one measure over the whole of its period. */
export function wholly({ top: _top, ...query }: Query, measure: Measure): Query {
  const { order } = query;
  return {
    ...query,
    grain: 'total',
    compare: 'none',
    measures: [measure],
    sort: measure,
    // What rose or fell is asked of a comparison.
    order: order === 'smallest' ? order : 'largest',
  };
}

interface SheetOptions {
  pivot: Pivot;
  query: Query;
  measure: Measure;
  catalogue: Catalogue;
  language: Language;
}

/** A row for each member of the first dimension, a column for each of the second, and the totals after them. */
export function sheetOf({ pivot, query, measure, catalogue, language }: SheetOptions): Sheet {
  const words = WORDS[language];
  const names = namesIn(catalogue, language);
  const nounOf = nounsIn(catalogue, language);
  const [first = 'agency', second = 'province'] = query.split;
  const nameOf = (dimension: Dimension, code: string): string =>
    code === '' ? words.notByPart : (names.get(dimension)?.get(code) ?? code);
  const kind = kindOf(measure, query);
  // Before and after a merger two units may have one name.
  const called = pivot.columns.map(({ code }) => nameOf(second, code));
  const columns = pivot.columns.map(({ code }, n): Column => {
    const name = called[n] ?? code;
    return { name: called.indexOf(name) === called.lastIndexOf(name) ? name : `${name} (${code})`, kind };
  });
  return {
    columns: [
      { name: `${nounOf(first)}, ${words.code}`, kind: 'text' },
      { name: `${nounOf(first)} × ${nounOf(second)}`, kind: 'text' },
      ...columns,
      { name: words.together, kind },
    ],
    rows: [
      ...pivot.rows.map(({ code, total }): Cell[] => [
        code,
        nameOf(first, code),
        ...pivot.columns.map((column) => pivot.value(code, column.code)),
        total,
      ]),
      ['', words.together, ...pivot.columns.map(({ total }) => total), pivot.total],
    ],
  };
}
