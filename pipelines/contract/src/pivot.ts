/** Two dimensions held against each other: which members stand where, with their totals. Pure. */
import type { AnswerRow, Measure } from './query.ts';

export interface PivotLine {
  code: string;
  /** Of all of it, as the room counts it: of shares no sum of parts would be that. */
  total: number | undefined;
}

export interface Pivot {
  rows: PivotLine[];
  columns: PivotLine[];
  total: number | undefined;
  value: (row: string, column: string) => number | undefined;
}

const codeOf = ({ key }: AnswerRow, n: number): string => key[n] ?? '';

/** Of the answers by both dimensions and by each alone; their lines stand in the order of these. */
export function pivotOf(
  cells: readonly AnswerRow[],
  rows: readonly AnswerRow[],
  columns: readonly AnswerRow[],
  total: AnswerRow,
  measure: Measure,
): Pivot {
  const values = new Map(cells.map((cell) => [`${codeOf(cell, 0)}\n${codeOf(cell, 1)}`, cell.now?.[measure]] as const));
  const lines = (of: readonly AnswerRow[]): PivotLine[] =>
    of.map((row) => ({ code: codeOf(row, 0), total: row.now?.[measure] }));
  return {
    rows: lines(rows),
    columns: lines(columns),
    total: total.now?.[measure],
    value: (row, column) => values.get(`${row}\n${column}`),
  };
}
