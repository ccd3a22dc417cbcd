/** The contract of events as JSON Schema: what the gateway decides, as far as a schema can say it. */
import { z } from 'zod';
import type { Catalogue } from './catalogue.ts';
import { LINK_PARTIES, sourcesOf } from './links.ts';
import {
  backlogEventSchema,
  EARLIEST_YEAR,
  encodedEventSchema,
  linkDataSchema,
  linkEventSchema,
  MAX_AHEAD_MS,
  MAX_END_AHEAD_MS,
  submissionDataSchema,
  submissionEventSchema,
} from './submission.ts';

export type EventCodes = Pick<
  Catalogue,
  'sources' | 'services' | 'agencies' | 'provinces' | 'channels' | 'statuses' | 'databases' | 'telecoms' | 'reporters'
>;

/** A code may have had several owners; which one it has depends on the day. */
const codesOf = <C extends string | number>(all: readonly { code: C }[]): z.ZodType<C, C> =>
  all.length === 0 ? z.never() : z.literal([...new Set(all.map(({ code }) => code))]);

interface Codes {
  source: z.ZodType<string, string>;
  /** Of links. */
  reporter: z.ZodType<string, string>;
  database: z.ZodType<string, string>;
  telecom: z.ZodType<string, string>;
  procedure: z.ZodType<string, string>;
  agency: z.ZodType<string, string>;
  province: z.ZodType<string, string>;
  channel: z.ZodType<number, number>;
  status: z.ZodType<number, number>;
}

const { procedure, agency, province, channel, status } = submissionDataSchema.shape;
const { source: name } = submissionEventSchema.shape;
const ANY: Codes = {
  source: name,
  reporter: name,
  database: linkDataSchema.shape.database,
  telecom: agency,
  procedure,
  agency,
  province,
  channel,
  status,
};

const knownOf = (codes: EventCodes): Codes => ({
  source: z.literal(codes.sources.map(({ id }) => id)),
  reporter: z.literal(sourcesOf(codes)),
  database: codesOf(codes.databases),
  telecom: codesOf(codes.telecoms),
  procedure: codesOf(codes.services),
  agency: codesOf(codes.agencies),
  province: codesOf(codes.provinces),
  channel: codesOf(codes.channels),
  status: codesOf(codes.statuses),
});

/**
 * JSON Schema (2020-12) of one event with the codes of a catalogue, for portals to check against before they send; without codes, for
 * whoever is not told them, any text or number of their shape. What the gateway
 * accepts always fits. What fits is still refused where an instant is no date of the calendar, too early or in the future; an interval
 * ends before it begins or lies within two days; a code is not valid on the day; more is overdue than open, or fails than was asked; a last success belies its interval; a link is none of the catalogue's, or another source's; Base64 holds no
 * event's data; the event is too large or too deep, corrects itself or what cannot be corrected, or came with another portal's key.
 */
export function eventJsonSchema(codes?: EventCodes): Record<string, unknown> {
  const { source, reporter, database, telecom, procedure, agency, province, channel, status } =
    codes === undefined ? ANY : knownOf(codes);
  const finishing = codes?.statuses.filter(({ finishes }) => finishes).map(({ code }) => code);
  const submission = submissionDataSchema.safeExtend({ procedure, agency, province, channel, status }).meta({
    oneOf: [{ required: ['occurredAt'] }, { required: ['interval'] }],
    if: { properties: { count: { exclusiveMaximum: 0 } }, required: ['count'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { required: ['corrects'] },
    ...(finishing && {
      dependentSchemas: {
        onTime: { properties: { status: finishing.length === 0 ? false : { enum: finishing } } },
      },
    }),
  });
  const backlog = backlogEventSchema.shape.data.extend({ procedure, agency, province: province.optional() });
  const link = linkDataSchema
    .safeExtend({
      database,
      agency: agency.optional(),
      province: province.optional(),
      telecom: telecom.optional(),
    })
    .meta({ oneOf: LINK_PARTIES.map((party) => ({ required: [party] })) });
  return z.toJSONSchema(
    z
      .union([
        submissionEventSchema.extend({ source, data: submission }),
        backlogEventSchema.extend({ source, data: backlog }),
        linkEventSchema.extend({ source: reporter, data: link }),
        encodedEventSchema.extend({ source: reporter }),
      ])
      .meta({
        description: `one event; refused besides where an instant is before ${EARLIEST_YEAR}, or more than ${MAX_AHEAD_MS / 60_000} minutes (the end of an interval: ${MAX_END_AHEAD_MS / 3_600_000} hours) after it was received`,
      }),
    { io: 'input' },
  );
}
