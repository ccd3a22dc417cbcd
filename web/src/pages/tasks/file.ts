/** Tasks as a CSV file has them: each row read, or refused with its reason. Pure. */
import { MOST_TASKS, type SentTask } from '@room/contract';
import { cellsOf } from '../../app/csv.ts';
import type { MessageKey } from '../../i18n/index.ts';

export const MOST_BYTES = 2_000_000;
const NEEDED = ['plan', 'item', 'text', 'due', 'wanted'] as const;
/** Characters of a cell, as the room takes them. */
const LONGEST: Readonly<Record<string, number>> = { plan: 200, item: 40, text: 2_000, wanted: 500, head: 200 };

export interface RowFault {
  /** Counts from 1, without the line of names. */
  row: number;
  field: string;
  key: MessageKey;
}
export interface ReadTasks {
  tasks: SentTask[];
  faults: RowFault[];
  /** Why nothing of it can be read. */
  trouble?: { key: MessageKey; values?: Record<string, string | number> };
}

export function readTasks(text: string): ReadTasks {
  const [names = [], ...rows] = cellsOf(text.replace(/^\uFEFF/, ''));
  const columns = names.map((name) => name.trim().toLowerCase());
  const missing = NEEDED.filter((name) => !columns.includes(name)) as string[];
  if (!columns.includes('agency') && !columns.includes('province')) missing.push('agency');
  const none = { tasks: [], faults: [] };
  if (missing.length > 0)
    return { ...none, trouble: { key: 'tasksFileColumns', values: { names: missing.join(', ') } } };
  if (rows.length === 0) return { ...none, trouble: { key: 'tasksFileEmpty' } };
  if (rows.length > MOST_TASKS) return { ...none, trouble: { key: 'tasksFileLong', values: { n: rows.length } } };
  const read = rows.map((cells, index) => taskOf((name) => cells[columns.indexOf(name)]?.trim() ?? '', index + 1));
  return { tasks: read.map(({ task }) => task), faults: read.flatMap(({ faults }) => faults) };
}

function taskOf(cell: (name: string) => string, row: number): { task: SentTask; faults: RowFault[] } {
  const faults: RowFault[] = [];
  const fault = (field: string, key: MessageKey): number => faults.push({ row, field, key });
  for (const field of NEEDED) if (cell(field) === '') fault(field, 'tasksFaultMissing');
  for (const [field, most] of Object.entries(LONGEST)) if (cell(field).length > most) fault(field, 'tasksFaultLong');
  if (cell('due') !== '' && !isDay(cell('due'))) fault('due', 'tasksFaultDay');
  const [agency, province] = [cell('agency'), cell('province')];
  if ((agency === '') === (province === '')) fault('agency', 'tasksFaultUnits');
  const head = cell('head');
  return {
    task: {
      plan: cell('plan'),
      item: cell('item'),
      unit: agency === '' ? { dim: 'province', code: province } : { dim: 'agency', code: agency },
      text: cell('text'),
      due: cell('due'),
      wanted: cell('wanted'),
      ...(head === '' ? {} : { head }),
    },
    faults,
  };
}

const isDay = (text: string): boolean =>
  /^(199|20\d)\d-\d{2}-\d{2}$/.test(text) &&
  !Number.isNaN(Date.parse(text)) &&
  new Date(text).toISOString().startsWith(text);
