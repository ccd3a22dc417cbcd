/**
 * Files that show what was told: a report, a photograph, a table. One is sent first, and then named by its id in what it shows, with
 * which it is kept as it was then: its sum says for good which bytes they were.
 */
import { z } from 'zod';
import { absentOr, count, instant, plainText } from './schema.ts';

export const MOST_FILE_BYTES = 10_000_000;
/** Characters of a name, as it is kept. */
export const LONGEST_FILE_NAME = 120;

/** By media type, how its names end. What else there may be in a file is not taken. */
export const FILE_TYPES = {
  'application/pdf': ['pdf'],
  'image/png': ['png'],
  'image/jpeg': ['jpg', 'jpeg'],
  'image/webp': ['webp'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['docx'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['xlsx'],
  'text/csv': ['csv'],
  'text/plain': ['txt'],
} as const;
export type FileType = keyof typeof FILE_TYPES;
const TYPES = Object.keys(FILE_TYPES) as [FileType, ...FileType[]];

export const evidenceFileSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    type: z.enum(TYPES).meta({ description: 'as its content tells' }),
    size: count.meta({ description: 'bytes' }),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    who: z.string().meta({ description: 'who brought it' }),
    at: instant,
    removed: absentOr(
      z.object({ who: z.string(), at: instant, why: z.string() }).meta({
        description:
          'its content was taken away, as it should not have been given; what it was called, its size and sum stay',
      }),
    ),
  })
  .meta({ id: 'EvidenceFile' });
export type EvidenceFile = z.infer<typeof evidenceFileSchema>;

/** Why its content is taken away, for good. */
export const removedFileSchema = z.strictObject({ why: plainText(500) });

/** As it is named where something is told. */
export const fileIdSchema = absentOr(
  z.uuid().meta({ description: 'id of a file that was sent to /v1/evidence-files before' }),
);
