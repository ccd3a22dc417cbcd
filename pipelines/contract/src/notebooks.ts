/** Questions with words to them, in an order: what a meeting is led through. */
import { z } from 'zod';
import { queryAnswerSchema } from './query.ts';
import { absentOr, instant } from './schema.ts';
import { keptName, questionSchema, shareSchema } from './views.ts';

const MOST_PAGES = 40;
const LONGEST_TEXT = 4_000;

const notebookPageSchema = z
  .strictObject({
    title: z.string().trim().max(120),
    text: z.string().max(LONGEST_TEXT),
    question: questionSchema,
    frozen: absentOr(z.uuid()).meta({
      description: 'the answer that it shows, as it was when it was frozen; as it is now without it',
    }),
  })
  .meta({ id: 'NotebookPage' });
export type NotebookPage = z.infer<typeof notebookPageSchema>;

export const notebookSchema = z
  .strictObject({ name: keptName, share: shareSchema, pages: z.array(notebookPageSchema).max(MOST_PAGES) })
  .meta({ id: 'Notebook' });
export type Notebook = z.infer<typeof notebookSchema>;

/** An answer as it was given to somebody; told to those who may see all of it. */
export const frozenSchema = z
  .object({
    id: z.string(),
    who: z.string(),
    at: instant,
    question: questionSchema,
    answer: queryAnswerSchema,
  })
  .meta({ id: 'FrozenAnswer' });
export type Frozen = z.infer<typeof frozenSchema>;
