/** HTTP of files that show what was told: one is brought first, and named by its id in what it shows. */
import { type EvidenceFile, evidenceFileSchema, FILE_TYPES, MOST_FILE_BYTES, removedFileSchema } from '@room/contract';
import { z } from 'zod';
import { nameOf } from '../access/principal.ts';
import { causeOf } from '../access/remember.ts';
import { type Call, type Route, route } from '../api/route.ts';
import { Streamed } from '../api/streamed.ts';
import { HttpError } from '../errors.ts';
import { goOn, letTakeTime } from '../listener.ts';
import { ARRIVES_MS, Arrivals, readFile, sizeOf } from './body.ts';
import { typeOf } from './content.ts';
import type { EvidenceFiles } from './store.ts';

const NO_FILE = 'there is no file of this id that shows something within your scope';

const params = z.strictObject({ id: z.uuid() });

export interface EvidenceFileRoutesOptions {
  files: EvidenceFiles;
  /** Within what may be taken along at once, and noted before it leaves. */
  hand: (
    call: Pick<Call<'view', undefined, undefined, undefined>, 'principal' | 'asker' | 'request'>,
    of: EvidenceFile,
  ) => Promise<void>;
}

export function evidenceFileRoutes({ files, hand }: EvidenceFileRoutesOptions): Route[] {
  const arrivals = new Arrivals();
  return [
    route({
      method: 'post',
      path: '/v1/evidence-files',
      summary:
        'brings a file that shows what will be told: its id is then given as evidence; what nothing is told with within a day goes',
      right: 'answer',
      query: z.strictObject({
        name: z.string().min(1).max(500).meta({ description: 'what it is called; a folder before it is left out' }),
      }),
      reads: {
        'application/octet-stream': {
          description: `the bytes of the file, at most ${MOST_FILE_BYTES / 1e6} MB, with Content-Length`,
        },
      },
      badInput: 'bad_file',
      answer: { schema: evidenceFileSchema },
      refuses: {
        400: 'it is empty, has no name, or ended early',
        408: 'it came too slowly',
        411: 'its Content-Length is missing',
        413: 'it is too large',
        415: 'by its content it is none of the types that are taken',
        422: 'the room has no room for more',
        429: 'one person brings too many or too much; try again after Retry-After',
      },
      handle: async ({ principal, query: { name }, request, response, assertStill }) => {
        // A form's envelope, or a text without its line ends, would be the evidence.
        if (request.is(['multipart/*', 'application/x-www-form-urlencoded']))
          throw new HttpError(
            415,
            'media_type',
            'a form is not read here: send the bytes of the file as they are (curl: --data-binary @FILE, with content-type: application/octet-stream)',
          );
        const cause = causeOf(principal);
        const size = sizeOf(request);
        using _place = arrivals.enter(nameOf(principal) ?? cause.who, size);
        await files.assertRoom(cause.who, size);
        letTakeTime(request, ARRIVES_MS);
        goOn(request, response);
        const { bytes, sha256 } = await readFile(request, size);
        const type = await typeOf(bytes, name);
        // It may have come for minutes.
        await assertStill();
        return files.keep(cause, { name, type, bytes, sha256 });
      },
    }),
    route({
      method: 'get',
      path: '/v1/evidence-files/{id}',
      summary:
        'a file that was brought as evidence, for whoever may see what it shows; always to be saved, never shown in the browser',
      right: 'view',
      params,
      answer: { type: 'application/octet-stream', otherTypes: Object.keys(FILE_TYPES), schema: z.string() },
      refuses: {
        404: NO_FILE,
        410: 'its content was taken away: the reason says by whom and why',
        429: 'too many files were taken along; try again after Retry-After',
        503: 'the database that notes what is taken does not answer, or the room is busy',
      },
      handle: async ({ principal, params: { id }, asker, request, response }) => {
        const found = await files.read(id, principal.scope);
        if (found === undefined) throw new HttpError(404, 'no_such_file', NO_FILE);
        const { file, content } = found;
        if (file.removed !== undefined) throw removedContent(file.removed);
        await hand({ principal, asker, request }, file);
        // Whatever is in it, no browser does anything with it here.
        response.set('content-security-policy', "default-src 'none'; sandbox");
        return new Streamed<string>(file.name, content, { type: file.type, size: file.size });
      },
    }),
    route({
      method: 'post',
      path: '/v1/evidence-files/{id}/remove',
      summary:
        'takes the content of a file away that should not have been given, by whoever brought it or an administrator: its name, size, sum, who, when and why stay',
      right: 'view',
      params,
      body: removedFileSchema,
      badInput: 'bad_file',
      answer: { schema: z.strictObject({ removed: z.literal(true) }) },
      refuses: { 403: 'somebody else brought it', 404: NO_FILE },
      handle: async ({ principal, params: { id }, body: { why } }) => {
        const { scope, rights } = principal;
        // One right does not bring another: whoever brings answers for units, and an administrator need not.
        if (!rights.has('answer') && !rights.has('administer'))
          throw new HttpError(
            403,
            'no_right',
            'this asks for the right to answer, of whoever brought it, or to administer: ask an administrator',
          );
        const cause = { ...causeOf(principal), why };
        if (!(await files.removeContent(cause, id, { scope, isAdministrator: rights.has('administer') })))
          throw new HttpError(404, 'no_such_file', NO_FILE);
        return { removed: true } as const;
      },
    }),
  ];
}

const removedContent = ({ who, at, why }: NonNullable<EvidenceFile['removed']>): HttpError =>
  new HttpError(
    410,
    'file_removed',
    `the content of this file was taken away by ${who} on ${new Date(at).toISOString().slice(0, 10)}: ${why}`,
  );
