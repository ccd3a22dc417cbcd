/** Two dimensions held against each other: which members stand where, and what a cell's shade is of. Pure. */
import { isDerived, type Measure, type Pivot } from '@room/contract';

/** What the shade and the number of a cell are: its value, or its share of its row, or of its column. */
export const HEATS = ['value', 'row', 'column'] as const;
export type PivotHeat = (typeof HEATS)[number];

export const heatIn = (text: string | undefined, measure: Measure): PivotHeat =>
  // Of a share, and of points, there are no shares.
  isDerived(measure) ? 'value' : (HEATS.find((heat) => heat === text) ?? 'value');

/** What is shown of a cell by this heat; undefined is not known. */
export function shownOf(
  heat: PivotHeat,
  value: number | undefined,
  row: number | undefined,
  column: number | undefined,
): number | undefined {
  if (heat === 'value' || value === undefined) return value;
  const whole = heat === 'row' ? row : column;
  return whole === undefined || whole <= 0 ? undefined : value / whole;
}

/** Between which values shades are told apart; totals are none of them. */
export function spanOf(pivot: Pivot, heat: PivotHeat): { least: number; most: number } {
  const all = pivot.rows.flatMap((row) =>
    pivot.columns.flatMap((column) => shownOf(heat, pivot.value(row.code, column.code), row.total, column.total) ?? []),
  );
  return { least: all.length === 0 ? 0 : Math.min(...all), most: Math.max(0, ...all) };
}

/** Places of the grid: its lines, and after them the total. */
export interface PlaceInGrid {
  row: number;
  column: number;
}

/** Where a key leads, in a grid of so many rows and columns with their totals; undefined where it does nothing. */
export function movedBy(
  { key, ctrlKey }: Pick<KeyboardEvent, 'key' | 'ctrlKey'>,
  { row, column }: PlaceInGrid,
  rows: number,
  columns: number,
): PlaceInGrid | undefined {
  const moves: Readonly<Record<string, PlaceInGrid>> = {
    ArrowLeft: { row, column: column - 1 },
    ArrowRight: { row, column: column + 1 },
    ArrowUp: { row: row - 1, column },
    ArrowDown: { row: row + 1, column },
    Home: { row: ctrlKey ? 0 : row, column: 0 },
    End: { row: ctrlKey ? rows : row, column: columns },
  };
  const to = moves[key];
  return to && { row: Math.min(rows, Math.max(0, to.row)), column: Math.min(columns, Math.max(0, to.column)) };
}
