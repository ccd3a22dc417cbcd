/**
 * What happened that explains a curve: a decree, an outage, a campaign, a holiday; of the whole, or of one unit or service. Days and
 * times are local.
 */
import { z } from 'zod';
import type { Catalogue } from './catalogue.ts';
import { absentOr, plainLines } from './schema.ts';
import { owns, type Scope } from './scope.ts';

export const ANNOTATION_KINDS = ['decree', 'outage', 'campaign', 'holiday'] as const;
export type AnnotationKind = (typeof ANNOTATION_KINDS)[number];

/** Of what it is told; dimensions whose members one may see in full. */
export const ANNOTATED = ['agency', 'province', 'service'] as const;
const LONGEST = 280;
const LONGEST_LINK = 500;

const words = absentOr(plainLines(LONGEST));
/** A local day, or a minute of one. */
const WHEN = /^(\d{4}-\d{2}-\d{2})(?:T([01]\d|2[0-3]):[0-5]\d)?$/;
const when = z.string().refine((text) => z.iso.date().safeParse(WHEN.exec(text)?.[1]).success, {
  error: 'not a day as 2026-11-19, or a minute as 2026-11-19T08:22',
});

/** As it is edited. */
export const annotationSchema = z
  .strictObject({
    kind: z.enum(ANNOTATION_KINDS),
    text: z
      .strictObject({ vi: words, en: words })
      .refine(({ vi, en }) => vi !== undefined || en !== undefined, { error: 'in one language at least' }),
    of: z.discriminatedUnion('dim', [
      z.strictObject({ dim: z.literal('all') }),
      z.strictObject({ dim: z.enum(ANNOTATED), code: z.string().min(1).max(64) }),
    ]),
    from: when.meta({ description: 'as 2026-11-19, or 2026-11-19T08:22' }),
    to: when.meta({ description: 'its last day or minute' }),
    source: absentOr(
      z
        .url({ protocol: /^https?$/, error: 'not an address as https://example.org/decree' })
        .max(LONGEST_LINK)
        .meta({ description: 'where it can be read' }),
    ),
  })
  .refine(({ from, to }) => from <= to || from.slice(0, 10) === to, { path: ['to'], error: 'ends before it begins' })
  .meta({ id: 'Annotation' });
export type Annotation = z.infer<typeof annotationSchema>;

/** Whether it is told to this scope; what is of the whole is told to everybody. */
export const isTold = ({ of }: Pick<Annotation, 'of'>, scope: Scope): boolean =>
  of.dim === 'all' || owns(scope, of.dim, of.code);

/** What of the catalogue it names and the catalogue does not have. */
export function unknownIn(
  { of }: Pick<Annotation, 'of'>,
  catalogue: Pick<Catalogue, 'agencies' | 'provinces' | 'services'>,
) {
  if (of.dim === 'all') return undefined;
  const known =
    of.dim === 'service'
      ? catalogue.services.some(({ code }) => code === of.code)
      : (of.dim === 'agency' ? catalogue.agencies : catalogue.provinces).some(({ id }) => id === of.code);
  return known ? undefined : `the catalogue has no ${of.dim} ${of.code}`;
}
