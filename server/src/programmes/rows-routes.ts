/** HTTP of offices' files of tasks and reported values: what each row would be by a mapping. Nothing is taken here. */
import { IMPORT_RIGHTS, readRowsSchema, rowsReadSchema } from '@room/contract';
import type { z } from 'zod';
import { causeOf } from '../access/remember.ts';
import { type Route, route } from '../api/route.ts';
import { cut, HttpError } from '../errors.ts';

/** Two megabytes in base64, and a mapping. */
const MOST_BYTES = 3_200_000;

export type ReadRows = (
  bytes: Buffer,
  mapping: string,
  kind: z.output<typeof readRowsSchema>['rows'],
) => Promise<z.output<typeof rowsReadSchema>>;

/** They are read by the process that serves walls: one after the other for one person, and few in all. */
const MOST_AT_ONCE = 2;
const BUSY_SECONDS = 5;

export function rowsRoutes(read: ReadRows): Route[] {
  const reading = new Set<string>();
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
      refuses: {
        403: 'whoever asks may not send such rows',
        422: 'the file or the mapping cannot be read',
        429: 'a file of the same person is being read; try again after Retry-After',
        503: 'files of others are being read; try again after Retry-After',
      },
      handle: async ({ principal, body: { rows, mapping, content } }) => {
        if (!principal.rights.has(IMPORT_RIGHTS[rows]))
          throw new HttpError(403, 'no_right', `these rows are sent by whoever has the right ${IMPORT_RIGHTS[rows]}`);
        const { who } = causeOf(principal);
        if (reading.has(who))
          throw new HttpError(429, 'too_many_at_once', 'one file at a time is read for one person: wait', BUSY_SECONDS);
        if (reading.size >= MOST_AT_ONCE)
          throw new HttpError(503, 'busy', 'files of others are being read at the moment; try again', BUSY_SECONDS);
        reading.add(who);
        try {
          return await read(Buffer.from(content, 'base64'), mapping, rows);
        } catch (cause) {
          throw new HttpError(422, 'rows_unread', cut((cause as Error).message), undefined, { cause });
        } finally {
          reading.delete(who);
        }
      },
    }),
  ];
}
