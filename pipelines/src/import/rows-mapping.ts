/** A mapping of rows that people would write into the room: tasks of a plan, or reported values. README.md beside this file has it field by field. Pure. */
import { z } from 'zod';
import { conditionSchema, type Field, fieldSchema, parseAs, readingFields } from './mapping.ts';

const given = fieldSchema.optional();

const taskFields = z
  .strictObject({
    plan: fieldSchema,
    item: fieldSchema,
    /** `agency:MPS` or `province:34-01`, of a column that has both. */
    unit: given,
    agency: given,
    province: given,
    text: fieldSchema,
    due: fieldSchema,
    wanted: fieldSchema,
    head: given,
    givenOn: given,
  })
  .refine(({ unit, agency, province }) => (unit === undefined) !== (agency === undefined && province === undefined), {
    path: ['unit'],
    message: 'give unit, or agency and province, whichever the file has',
  });
const reportFields = z.strictObject({
  indicator: fieldSchema,
  by: given,
  period: fieldSchema,
  unit: fieldSchema,
  value: fieldSchema,
  /** Words, a link, or both. */
  evidence: given,
  link: given,
  note: given,
  revision: given,
  why: given,
});

// Days have no zone, and numbers and days are the most that a row has.
const { dateFormat, ...reading } = readingFields;
const shared = { ...reading, dateFormat: dateFormat.default(['iso']), ignore: z.array(conditionSchema).default([]) };
export const rowsMappingSchema = z.discriminatedUnion('rows', [
  z.strictObject({ rows: z.literal('tasks'), ...shared, fields: taskFields }),
  z.strictObject({ rows: z.literal('reports'), ...shared, fields: reportFields }),
]);
export type RowsMapping = z.infer<typeof rowsMappingSchema>;

/** Whether a mapping is one of these, whatever else is wrong with it. */
export function isRowsMapping(text: string): boolean {
  try {
    const json: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    return typeof json === 'object' && json !== null && 'rows' in json;
  } catch {
    return false;
  }
}

export const parseRowsMapping = (text: string, file: string): RowsMapping => parseAs(rowsMappingSchema, text, file);

/** Columns that it names. */
export const namesOf = ({ fields, ignore }: RowsMapping): string[] => [
  ...new Set([
    ...Object.values(fields).flatMap((rule: Field | undefined) => (typeof rule === 'object' ? rule.column : [])),
    ...ignore.map(({ column }) => column),
  ]),
];
