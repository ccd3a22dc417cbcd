/** Tasks as a CSV file has them: each row read, or refused with its reason. Pure. */
import type { SentTask } from '@room/contract';
import { type ReadRows, type RowFault, readRows } from '../../app/rows-file.ts';
import type { MessageKey } from '../../i18n/index.ts';

export const TASK_COLUMNS = ['plan', 'item', 'agency', 'province', 'text', 'due', 'wanted', 'head', 'givenOn'] as const;
const NEEDED = ['plan', 'item', 'text', 'due', 'wanted'] as const;
/** Characters of a cell, as the room takes them. */
const LONGEST: Readonly<Record<string, number>> = { plan: 200, item: 40, text: 2_000, wanted: 500, head: 200 };

export const readTasks = (bytes: Uint8Array): ReadRows<SentTask> =>
  readRows(
    bytes,
    (columns) => [
      ...NEEDED.filter((name) => !columns.includes(name)),
      ...(columns.includes('agency') || columns.includes('province') ? [] : ['agency']),
    ],
    taskOf,
  );

function taskOf(cell: (name: string) => string, row: number): { row: SentTask; faults: RowFault[] } {
  const faults: RowFault[] = [];
  const fault = (field: string, key: MessageKey): number => faults.push({ row, field, key });
  for (const field of NEEDED) if (cell(field) === '') fault(field, 'tasksFaultMissing');
  for (const [field, most] of Object.entries(LONGEST)) if (cell(field).length > most) fault(field, 'tasksFaultLong');
  for (const field of ['due', 'givenOn']) if (cell(field) !== '' && !isDay(cell(field))) fault(field, 'tasksFaultDay');
  const [agency, province] = [cell('agency'), cell('province')];
  if ((agency === '') === (province === '')) fault('agency', 'tasksFaultUnits');
  const [head, givenOn] = [cell('head'), cell('givenOn')];
  return {
    row: {
      plan: cell('plan'),
      item: cell('item'),
      unit: agency === '' ? { dim: 'province', code: province } : { dim: 'agency', code: agency },
      text: cell('text'),
      due: cell('due'),
      wanted: cell('wanted'),
      ...(head === '' ? {} : { head }),
      ...(givenOn === '' ? {} : { givenOn }),
    },
    faults,
  };
}

const isDay = (text: string): boolean =>
  /^(199|20\d)\d-\d{2}-\d{2}$/.test(text) &&
  !Number.isNaN(Date.parse(text)) &&
  new Date(text).toISOString().startsWith(text);
