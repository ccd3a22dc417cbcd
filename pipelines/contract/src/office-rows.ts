/** Files of offices as they are: rows of tasks or reported values, which a mapping reads. */
import { z } from 'zod';
import { count } from './schema.ts';

/** Of a file, as it comes. */
export const MOST_ROWS_BYTES = 2_000_000;
const MOST_MAPPING = 200_000;

export const readRowsSchema = z.strictObject({
  rows: z.enum(['tasks', 'reports']),
  mapping: z
    .string()
    .min(1)
    .max(MOST_MAPPING)
    .meta({ description: 'the text of a mapping, as npm run import takes it' }),
  content: z
    .base64()
    .min(1)
    .max(4 * Math.ceil(MOST_ROWS_BYTES / 3))
    .meta({ description: 'the bytes of the CSV file in base64' }),
});

export const rowsReadSchema = z.object({
  rows: z.array(
    z
      .object({ line: count, of: z.looseObject({}) })
      .meta({ description: 'what is to be sent, and of which line of the file' }),
  ),
  faults: z.array(z.object({ line: count, reason: z.string() })),
  ignored: count,
});
export type RowsRead = z.infer<typeof rowsReadSchema>;
