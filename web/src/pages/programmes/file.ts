/** Reports as a CSV file has them: cut into rows, and each row read or refused by itself. Pure. */
import { INDICATOR_UNITS, type SentReport } from '@room/contract';
import { cellsOf, isLink } from '../../app/csv.ts';
import type { MessageKey } from '../../i18n/index.ts';

export const MOST_ROWS = 1_000;
export const MOST_BYTES = 2_000_000;
const NEEDED = ['indicator', 'period', 'unit', 'value', 'evidence'] as const;

export interface RowFault {
  /** Counts from 1, without the line of names. */
  row: number;
  field: string;
  key: MessageKey;
}
export interface ReadFile {
  reports: SentReport[];
  faults: RowFault[];
  /** Why nothing of it can be read. */
  trouble?: { key: MessageKey; values?: Record<string, string | number> };
}

export function readReports(text: string): ReadFile {
  const [names = [], ...rows] = cellsOf(text.replace(/^\uFEFF/, ''));
  const columns = names.map((name) => name.trim().toLowerCase());
  const missing = NEEDED.filter((name) => !columns.includes(name));
  const none = { reports: [], faults: [] };
  if (missing.length > 0)
    return { ...none, trouble: { key: 'progFileColumns', values: { names: missing.join(', ') } } };
  if (rows.length === 0) return { ...none, trouble: { key: 'progFileEmpty' } };
  if (rows.length > MOST_ROWS) return { ...none, trouble: { key: 'progFileLong', values: { n: rows.length } } };
  const read = rows.map((cells, index) => reportOf((name) => cells[columns.indexOf(name)]?.trim() ?? '', index + 1));
  return { reports: read.map(({ report }) => report), faults: read.flatMap(({ faults }) => faults) };
}

function reportOf(cell: (name: string) => string, row: number): { report: SentReport; faults: RowFault[] } {
  const [by, link, note, why] = [cell('by'), cell('link'), cell('note'), cell('why')];
  const value = numberOf(cell('value'));
  const revision = cell('revision') === '' ? 0 : Number(cell('revision'));
  const unit = INDICATOR_UNITS.find((known) => known === cell('unit'));
  const faults: RowFault[] = [];
  const check = (isSound: boolean, field: string, key: MessageKey): void => {
    if (!isSound) faults.push({ row, field, key });
  };
  check(value !== undefined, 'value', 'progRefusedValue');
  check(cell('evidence') !== '', 'evidence', 'progRefusedEvidence');
  check(link === '' || isLink(link), 'link', 'progRefusedLink');
  check(Number.isInteger(revision) && revision >= 0 && revision <= 1_000, 'revision', 'progRefusedRevision');
  return {
    report: {
      indicator: cell('indicator'),
      period: cell('period'),
      // One that is none is refused by the room, which knows what it should be.
      unit: unit ?? (cell('unit') as SentReport['unit']),
      value: value ?? 0,
      evidence: { text: cell('evidence'), ...(link === '' ? {} : { link }) },
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
