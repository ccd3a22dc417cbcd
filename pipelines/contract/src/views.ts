/**
 * Questions that somebody keeps, for themselves or for others. What is kept is the question alone, by the schema of an address: whoever
 * opens it is answered within their own scope.
 */
import { z } from 'zod';
import { type Query, querySchema } from './query.ts';
import { dayMeant, isRelative } from './relative.ts';
import { plainText } from './schema.ts';
import { owns, type Scope } from './scope.ts';

/** Fields of a question, as an address has them. */
export const QUESTION_FIELDS = Object.keys(querySchema.shape) as (keyof Query)[];

/** Any day will do: whether a text is a question does not hang on the day. */
const SOME_DAY = '2026-01-01';
const LONGEST_FIELD = 20_000;

const field = z.string().max(LONGEST_FIELD);
/** What an address asks, its fields as texts; its days may move with the running one (`day-28`, `month-1`). */
export const questionSchema = z
  .record(z.string(), field)
  .superRefine((fields, { addIssue }) => {
    const { success, error } = querySchema.safeParse(fixedOn(fields, SOME_DAY));
    if (success) return;
    for (const { path, message } of error.issues) addIssue({ code: 'custom', path, message });
  })
  .meta({
    id: 'Question',
    description: 'fields of /v1/query as texts; from and to may be relative, as day-28 or month-1',
  });
export type QuestionFields = z.infer<typeof questionSchema>;

/** The same question with the days that are meant on a local day. */
export const fixedOn = (fields: Readonly<QuestionFields>, today: string): Record<string, string> => ({
  ...fields,
  ...(fields['from'] === undefined ? {} : { from: dayMeant(fields['from'], 'from', today) }),
  ...(fields['to'] === undefined ? {} : { to: dayMeant(fields['to'], 'to', today) }),
});

export const isMoving = ({ from = '', to = '' }: Readonly<QuestionFields>): boolean =>
  isRelative(from) || isRelative(to);

/** For whom something is beside its owner: nobody, those who see a unit's numbers in full, or everybody who may ask. */
export const shareSchema = z.discriminatedUnion('with', [
  z.strictObject({ with: z.literal('nobody') }),
  z.strictObject({
    with: z.literal('unit'),
    dim: z.enum(['agency', 'province']),
    code: z.string().min(1).max(64).meta({ description: "the unit's id" }),
  }),
  z.strictObject({ with: z.literal('everybody') }),
]);
export type Share = z.infer<typeof shareSchema>;

export const isSharedWith = (share: Share, scope: Scope): boolean =>
  share.with === 'everybody' || (share.with === 'unit' && owns(scope, share.dim, share.code));

export const keptName = plainText(120);

export const viewSchema = z
  .strictObject({ name: keptName, question: questionSchema, share: shareSchema })
  .meta({ id: 'View' });
export type View = z.infer<typeof viewSchema>;
