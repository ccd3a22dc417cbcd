/** Whole numbers as people write them, by a stated format. Pure. */
import { z } from 'zod';

/** An example of the format: how it groups thousands and sets the decimals apart. */
export const numberFormatSchema = z.enum(['1234.5', '1234,5', '1,234.5', '1.234,5', '1 234,5', "1'234.5"]);
export type NumberFormat = z.infer<typeof numberFormatSchema>;

const DIGITS = /^-?\d{1,10}$/;

export const decimalOf = (format: NumberFormat | undefined): '.' | ',' => (format?.at(-2) === ',' ? ',' : '.');

/** No number of thousands begins with a zero: `0.613` is none in the format `1.234,5`. Reads a whole number, or undefined where the text is none; without a format only digits are one. */
export function wholeNumberReader(format: NumberFormat | undefined): (text: string) => number | undefined {
  if (format === undefined) return (text) => (DIGITS.test(text) ? Number(text) : undefined);
  const decimal = decimalOf(format);
  const group = /^\d(\D)\d{3}/.exec(format)?.[1] ?? '';
  const separator = group === '' ? '' : `|-?[1-9]\\d{0,2}(?:[${group}]\\d{3})+`;
  const pattern = new RegExp(`^(-?\\d{1,10}${separator})(?:[${decimal}]0+)?$`);
  return (written) => {
    // The Swiss write a raised comma by a character of its own.
    const text = group === "'" ? written.replaceAll('\u2019', group) : written;
    const whole = pattern.exec(text)?.[1];
    const digits = group === '' ? whole : whole?.replaceAll(group, '');
    return digits !== undefined && DIGITS.test(digits) ? Number(digits) : undefined;
  };
}

/** True where `part`, which stands at `at` in `cell`, is a piece of a longer number. */
export function cutsNumber(cell: string, part: string, at: number): boolean {
  const before = cell.slice(0, at);
  const after = cell.slice(at + part.length);
  const goesOn = /\d$/.test(part) && /^(?:\d|[.,]\d|[' ]\d{3}(?!\d))/.test(after);
  const cameBefore =
    /^\d/.test(part) && (/\d[.,]?$/.test(before) || (/\d[' ]$/.test(before) && /^\d{3}(?!\d)/.test(part)));
  return goesOn || cameBefore;
}

/** Of what people write; what is longer is how a program keeps it. */
const MOST_DECIMALS = 12;
const MOST_DIGITS = 15;

/** Reads a number with or without decimals, `61,3 %` as 0.613; undefined where the text is none. Without a format, `1234.5`. */
export function numberReader(format: NumberFormat = '1234.5'): (text: string) => number | undefined {
  const decimal = decimalOf(format);
  const group = /^\d(\D)\d{3}/.exec(format)?.[1] ?? '';
  const separator = group === '' ? '' : `|-?[1-9]\\d{0,2}(?:[${group}]\\d{3})+`;
  const pattern = new RegExp(`^(-?\\d{1,13}${separator})(?:[${decimal}](\\d{1,20}))? ?(%?)$`);
  return (written) => {
    const [, whole, part = '0', percent] = pattern.exec(written.replaceAll('\u2019', "'")) ?? [];
    if (whole === undefined) return undefined;
    const read = Number(`${group === '' ? whole : whole.replaceAll(group, '')}.${part}`);
    // Programs write 21.846999999999998 for 21.847.
    const number = part.length > MOST_DECIMALS ? Number(read.toPrecision(MOST_DIGITS)) : read;
    // 61.3 per cent is 0.613, not a hair beside it.
    return percent === '%' ? Number((number / 100).toPrecision(12)) : number;
  };
}
