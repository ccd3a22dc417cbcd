/** HTTP of offices' files of tasks and reported values: what each row would be by a mapping. Nothing is taken here. */
import { readRowsSchema, rowsReadSchema } from '@room/contract';
import type { z } from 'zod';
import { type Route, route } from '../api/route.ts';
import { cut, HttpError } from '../errors.ts';

/** Two megabytes in base64, and a mapping. */
const MOST_BYTES = 3_200_000;

export type ReadRows = (
  bytes: Buffer,
  mapping: string,
  kind: z.output<typeof readRowsSchema>['rows'],
) => Promise<z.output<typeof rowsReadSchema>>;

const WANTED = { tasks: 'direct', reports: 'answer' } as const;

export function rowsRoutes(read: ReadRows): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/rows/read',
      summary: 'what the rows of a CSV file would be by a mapping, each row or why it is none; nothing is taken',
      right: 'view',
      body: readRowsSchema,
      mostBytes: MOST_BYTES,
      badInput: 'bad_rows',
      answer: { schema: rowsReadSchema },
      refuses: { 403: 'whoever asks may not send such rows', 422: 'the file or the mapping cannot be read' },
      handle: async ({ principal, body: { rows, mapping, content } }) => {
        if (!principal.rights.has(WANTED[rows]))
          throw new HttpError(403, 'no_right', `these rows are sent by whoever has the right ${WANTED[rows]}`);
        return read(Buffer.from(content, 'base64'), mapping, rows).catch((error: Error) => {
          throw new HttpError(422, 'rows_unread', cut(error.message), undefined, { cause: error });
        });
      },
    }),
  ];
}
