/** Names of the periods that reports are of, as people write them. No schema stands here, so that walls may say them without. */
import type { Language } from './language.ts';

const QUARTERS = ['I', 'II', 'III', 'IV'] as const;
const MONTH = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' });

/** Of `2026-11`, `2026-Q3`, `2026-H1`, `2026`, to stand within a sentence; what is the name of none is given back. */
export function periodName(name: string, language: Language): string {
  const [, year, month, quarter, half] = /^(\d{4})(?:-(?:(\d{2})|Q([1-4])|H([12])))?$/.exec(name) ?? [];
  if (year === undefined) return name;
  const isVi = language === 'vi';
  if (month !== undefined)
    return isVi ? `tháng ${Number(month)}/${year}` : MONTH.format(Date.UTC(Number(year), Number(month) - 1, 1));
  if (quarter !== undefined) return isVi ? `quý ${QUARTERS[Number(quarter) - 1]}/${year}` : `Q${quarter} ${year}`;
  if (half === undefined) return isVi ? `năm ${year}` : year;
  return isVi
    ? `6 tháng ${half === '1' ? 'đầu' : 'cuối'} năm ${year}`
    : `${half === '1' ? 'first' : 'second'} half of ${year}`;
}

/** The same to stand by itself. */
export function periodLabel(name: string, language: Language): string {
  const said = periodName(name, language);
  return said.charAt(0).toLocaleUpperCase(language) + said.slice(1);
}
