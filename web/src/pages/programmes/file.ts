/** Reports as a CSV file has them: cut into rows, and each row read or refused by itself. Pure. */
import { INDICATOR_UNITS, indicatorIdSchema, type SentReport } from '@room/contract';
import { isLink } from '../../app/csv.ts';
import { type ReadRows, type RowFault, readRows } from '../../app/rows-file.ts';
import type { MessageKey } from '../../i18n/index.ts';

export const REPORT_COLUMNS = ['indicator', 'by', 'period', 'unit', 'value', 'evidence', 'link', 'note'] as const;
const NEEDED = ['indicator', 'period', 'unit', 'value'] as const;

/** Characters of a cell, as the room takes them. */
const LONGEST: Readonly<Record<string, number>> = {
  by: 64,
  period: 10,
  evidence: 500,
  link: 500,
  note: 2_000,
  why: 500,
};

export const readReports = (bytes: Uint8Array): ReadRows<SentReport> =>
  readRows(
    bytes,
    (columns) => [
      ...NEEDED.filter((name) => !columns.includes(name)),
      ...(columns.includes('evidence') || columns.includes('link') ? [] : ['evidence']),
    ],
    reportOf,
  );

function reportOf(cell: (name: string) => string, row: number): { row: SentReport; faults: RowFault[] } {
  const [by, link, note, why] = [cell('by'), cell('link'), cell('note'), cell('why')];
  const value = numberOf(cell('value'));
  const revision = cell('revision') === '' ? 0 : Number(cell('revision'));
  const unit = INDICATOR_UNITS.find((known) => known === cell('unit'));
  const faults: RowFault[] = [];
  for (const [field, most] of Object.entries(LONGEST))
    if (cell(field).length > most) faults.push({ row, field, key: 'progRefusedLong' });
  const check = (isSound: boolean, field: string, key: MessageKey): void => {
    if (!isSound) faults.push({ row, field, key });
  };
  check(indicatorIdSchema.safeParse(cell('indicator')).success, 'indicator', 'progRefusedIndicator');
  check(unit !== undefined, 'unit', 'progRefusedUnit');
  check(value !== undefined, 'value', 'progRefusedValue');
  check(cell('evidence') !== '' || isLink(link), 'evidence', 'progRefusedEvidence');
  check(link === '' || isLink(link), 'link', 'progRefusedLink');
  check(Number.isInteger(revision) && revision >= 0 && revision <= 1_000, 'revision', 'progRefusedRevision');
  return {
    row: {
      indicator: cell('indicator'),
      period: cell('period'),
      unit: unit ?? 'count',
      value: value ?? 0,
      evidence: {
        ...(cell('evidence') === '' ? {} : { text: cell('evidence') }),
        ...(link === '' ? {} : { link }),
      },
      revision,
      ...(by === '' ? {} : { by }),
      ...(note === '' ? {} : { note }),
      ...(why === '' ? {} : { why }),
    },
    faults,
  };
}

/** 0.61, or 61% of it; no separators of thousands, which mean another thing in another language. */
function numberOf(text: string): number | undefined {
  if (!/^-?\d+(\.\d+)?%?$/.test(text)) return undefined;
  return text.endsWith('%') ? Number((Number(text.slice(0, -1)) / 100).toPrecision(12)) : Number(text);
}
