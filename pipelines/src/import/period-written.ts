/** Names of periods as offices write them, to the room's: `tháng 11/2026`, `quý III/2026`, `6 tháng đầu năm 2026`, `năm 2026`. Pure. */
import { bared } from './text.ts';

const YEAR = '(?:nam )?(\\d{4})';
const BETWEEN = ' ?[/.,-]? ?';
const MONTH = new RegExp(`^(?:thang |t)?(\\d{1,2})${BETWEEN}${YEAR}$`);
const QUARTER = new RegExp(`^(?:quy |q)(iv|i{1,3}|[1-4])${BETWEEN}${YEAR}$`);
const HALF = new RegExp(`^(?:6|sau) thang (dau|cuoi)(?: nam)?${BETWEEN}(\\d{4})$`);
const WHOLE = /^(?:nam )?(\d{4})$/;
const ROMAN: Readonly<Record<string, string>> = { i: '1', ii: '2', iii: '3', iv: '4' };

/** What is the name of none is given back: the room says how it is written. */
export function periodNamed(written: string): string {
  const text = bared(written);
  const [, month, ofMonth] = MONTH.exec(text) ?? [];
  if (month !== undefined) return `${ofMonth}-${month.padStart(2, '0')}`;
  const [, quarter = '', ofQuarter] = QUARTER.exec(text) ?? [];
  if (ofQuarter !== undefined) return `${ofQuarter}-Q${ROMAN[quarter] ?? quarter}`;
  const [, half, ofHalf] = HALF.exec(text) ?? [];
  if (half !== undefined) return `${ofHalf}-H${half === 'dau' ? '1' : '2'}`;
  return WHOLE.exec(text)?.[1] ?? written;
}
