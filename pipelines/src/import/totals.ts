/** Rows that sum up others, as reports have at their ends: counted as a dossier they would count everything twice. Pure. */
import { bared, clean } from './text.ts';

const WORDS =
  'total|totals|grand total|sub ?total|sum|overall|tong|tong cong|tong so|cong|cong don|luy ke|gesamt|summe|suma|totale|итого|всего|合計|合计|总计|總計|小計|小计';
const OF = 'ho so|dossiers|records|requests|rows|cases|count';
const TOTAL = new RegExp(`^(?:${WORDS})(?: (?:${OF}))?[\\s\\d:.,=()-]*$`, 'u');

/** True for a text that says "total" and nothing else. */
export const isTotal = (text: string): boolean => text.length <= 60 && TOTAL.test(bared(text));

/** The text by which a row says that it is one of totals: its first that is not empty. */
export function totalOf(cells: readonly string[]): string | undefined {
  const first = cells.map(clean).find((text) => text !== '');
  return first !== undefined && isTotal(first) ? first : undefined;
}
