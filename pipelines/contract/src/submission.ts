/**
 * The wire contract between portals and the room: CloudEvents 1.0 with three event types.
 * Identity is (source, id); a correction is a new event that names the one it corrects.
 */
import { z } from 'zod';
import { INSTANT_PATTERN, isInstant } from './instant.ts';
import { JSON_MEDIA_TYPE } from './media-type.ts';

export const SUBMISSION_COUNTED = 'submission.counted';
export const BACKLOG_REPORTED = 'backlog.reported';
export const LINK_REPORTED = 'link.reported';
/** Every type of event, by the names that portals send. */
export const EVENT_TYPES = [SUBMISSION_COUNTED, BACKLOG_REPORTED, LINK_REPORTED] as const;

/** How far after its receipt an event may have happened: clocks differ by minutes; local time that is written as UTC is hours ahead. */
export const MAX_AHEAD_MS = 3_600_000;
/** And an interval may end: what is counted of a day so far may be told of the whole day. */
export const MAX_END_AHEAD_MS = 86_400_000;
/** Nothing that happened before this year is counted. */
export const EARLIEST_YEAR = 2015;

/** RFC 3339 with an offset, as the contract asks; a local time without one is refused. */
const instant = z
  .string()
  .refine(isInstant, { message: 'not an instant of RFC 3339 with an offset, as 2026-11-19T10:42:07+07:00' })
  .meta({
    pattern: INSTANT_PATTERN,
    description: `from ${EARLIEST_YEAR} to at most ${MAX_AHEAD_MS / 60_000} minutes after the room receives it`,
  });
export const MAX_CODE_LENGTH = 64;
export const MAX_NAME_LENGTH = 200;
export const MAX_COUNT = 1_000_000_000;

const code = z.string().min(1).max(MAX_CODE_LENGTH);
const count = z.number().int().min(-MAX_COUNT).max(MAX_COUNT);
const level = z.number().int().min(0).max(MAX_COUNT);

/** Names an event or a portal: any text but half a surrogate pair, which JSON can carry and no store keeps. */
export function isName(value: unknown): boolean {
  if (typeof value !== 'string' || value.length === 0 || value.length > 2 * MAX_NAME_LENGTH) return false;
  let characters = 0;
  for (let at = 0; at < value.length; at++, characters++) {
    const unit = value.charCodeAt(at);
    if (unit < 0xd800 || unit >= 0xe000) continue;
    const next = value.charCodeAt(++at);
    if (unit >= 0xdc00 || !(next >= 0xdc00 && next < 0xe000)) return false;
  }
  return characters <= MAX_NAME_LENGTH;
}

const name = z
  .string()
  .refine(isName, { message: `not a text of 1 to ${MAX_NAME_LENGTH} characters in well-formed Unicode` })
  .meta({ minLength: 1, maxLength: MAX_NAME_LENGTH });

const interval = z.strictObject({ start: instant, end: instant });

/** A number of dossiers of one kind that reached one status at a time or within an interval. */
export const submissionDataSchema = z
  .strictObject({
    /** Administrative procedure code. */
    procedure: code,
    /** Responsible agency. */
    agency: code,
    province: code,
    /** 1 in person, 2 online, 3 post, or as the catalogue says. */
    channel: z.number().int(),
    /** Dossier status reached (the exchange's codes 1-10). */
    status: z.number().int(),
    /** Whether a finished dossier was on time; only with a status that ends processing. */
    onTime: z.boolean().optional(),
    /** Dossiers counted: 1 for a single one, 0 for "nothing happened in this interval", negative only in a correction. */
    count,
    occurredAt: instant.optional(),
    interval: interval.optional(),
    /** Id (of the same source) of the event that this one corrects. */
    corrects: name.optional(),
  })
  .refine((data) => (data.occurredAt === undefined) !== (data.interval === undefined), {
    message: 'give exactly one of occurredAt and interval',
    path: ['occurredAt'],
  });
export type SubmissionData = z.infer<typeof submissionDataSchema>;

/** Open and overdue dossiers of an agency and procedure, or of a province's part of them, at an instant: a level, not a flow. */
export const backlogDataSchema = z.strictObject({
  procedure: code,
  agency: code,
  /** Without it the level is of everything that the agency has of the procedure. */
  province: code.optional(),
  at: instant,
  open: level,
  overdue: level,
});
export type BacklogData = z.infer<typeof backlogDataSchema>;

const failed = level.optional();

/**
 * What passed over the link of a party to a national database within an interval: requests, and those that failed. A later report of
 * the same link and the same start of an interval takes the place of the earlier one.
 */
export const linkDataSchema = z
  .strictObject({
    /** Code of the national database. */
    database: code,
    /** The connected party: exactly one of these. */
    agency: code.optional(),
    province: code.optional(),
    telecom: code.optional(),
    interval,
    requests: level,
    /** Of the requests; a kind that is not given had none. */
    errors: z.strictObject({ timeout: failed, unavailable: failed, refused: failed, invalid: failed }).optional(),
    /** When a request last succeeded; within the interval where one did in it, and needed then. */
    lastSuccessAt: instant.optional(),
  })
  .refine((data) => [data.agency, data.province, data.telecom].filter((party) => party !== undefined).length === 1, {
    message: 'give exactly one of agency, province and telecom',
    path: ['agency'],
  });
export type LinkData = z.infer<typeof linkDataSchema>;

/** An attribute that is null is absent. */
const attributes = {
  specversion: z.literal('1.0'),
  id: name,
  source: name,
  time: z.unknown().optional().meta({ description: 'when the event was made, by RFC 3339; not read' }),
  subject: z.string().nullish(),
  datacontenttype: z.string().regex(JSON_MEDIA_TYPE, { message: 'not a media type of JSON' }).nullish(),
  dataschema: z.string().nullish(),
  /** Extension attribute: the event was generated, not observed. Whatever it touches is marked on every screen. */
  simulated: z.boolean().nullish(),
};
const envelope = { ...attributes, data_base64: z.null().optional() };

/** Extension attributes beyond these are allowed by CloudEvents; they are read over, and a gateway drops them before the log. */
export const submissionEventSchema = z.object({
  ...envelope,
  type: z.literal(SUBMISSION_COUNTED),
  data: submissionDataSchema,
});
export type SubmissionEvent = z.infer<typeof submissionEventSchema>;
export const backlogEventSchema = z.object({
  ...envelope,
  type: z.literal(BACKLOG_REPORTED),
  data: backlogDataSchema,
});
export const linkEventSchema = z.object({
  ...envelope,
  type: z.literal(LINK_REPORTED),
  data: linkDataSchema,
});
export type LinkEvent = z.infer<typeof linkEventSchema>;
export const eventSchema = z.discriminatedUnion('type', [submissionEventSchema, backlogEventSchema, linkEventSchema]);
export type PortalEvent = z.infer<typeof eventSchema>;

const MEMBERS = new Set(Object.keys(submissionEventSchema.shape));
/** In binary mode the value and the content type stand for these. */
const NO_HEADER = new Set(['data', 'data_base64', 'datacontenttype']);

/** Whether the contract knows this member of an event in structured mode. */
export const isKnownMember = (name: string): boolean => MEMBERS.has(name);

/** Whether the contract knows the attribute that a header of an event in binary mode names. */
export const isKnownHeader = (name: string): boolean => MEMBERS.has(name) && !NO_HEADER.has(name);

/** An event whose data are the Base64 of their JSON. */
export const encodedEventSchema = z.object({
  ...attributes,
  type: z.enum(EVENT_TYPES),
  data: z.null().optional(),
  data_base64: z.base64(),
});

export const MAX_BATCH_EVENTS = 1_000;
export const MAX_BATCH_BYTES = 1024 * 1024;

/** Log topics. Records of `submissions` are keyed by source and root id. */
export const TOPICS = { submissions: 'submissions', changes: 'changes', pulse: 'pulse' } as const;

/** Consumer group of ingest: what it has not committed is pending. */
export const INGEST_GROUP = 'ingest';

const HOUR = 3_600_000;

/**
 * Every topic of the room; those of its own talk are short-lived. `partitions` and `keep` (milliseconds) are of the
 * submissions topic.
 */
export const roomTopics = (
  partitions: number,
  keep: number,
): { name: string; partitions: number; retention: number; group?: string }[] => [
  { name: TOPICS.submissions, partitions, retention: keep, group: INGEST_GROUP },
  { name: TOPICS.changes, partitions: 1, retention: HOUR },
  { name: TOPICS.pulse, partitions: 1, retention: HOUR },
];

/**
 * Record headers that the gateway sets: the portal that was authenticated, when the event was received (milliseconds since
 * 1970 UTC, decimal), and its verdict where it refused the event; and those that ingest sets on a record which it appends again:
 * where it stood first, and what it waits for. On what an operator sends through counting again stands which replay it is of, and the
 * case that it was.
 */
export const HEADERS = {
  portal: 'portal',
  received: 'received-at',
  /** All numbers of the room that the portal sent it to are made up. */
  trial: 'trial',
  verdict: 'verdict',
  reason: 'verdict-reason',
  moved: 'moved',
  deferred: 'deferred',
  replay: 'replay',
} as const;

/** Key that brings an event, its repeats and its corrections into one partition. */
export const partitionKey = (source: string, rootId: string): string => `${source}\n${rootId}`;
