/**
 * The wire contract between portals and the room: CloudEvents 1.0 with two event types.
 * Identity is (source, id); a correction is a new event that names the one it corrects.
 */
import { z } from 'zod';

export const SUBMISSION_COUNTED = 'submission.counted';
export const BACKLOG_REPORTED = 'backlog.reported';

/** RFC 3339 with an offset, as the contract asks; a local time without one is refused. */
const instant = z.iso.datetime({ offset: true });
export const MAX_CODE_LENGTH = 64;
export const MAX_NAME_LENGTH = 200;
export const MAX_COUNT = 1_000_000_000;

const code = z.string().min(1).max(MAX_CODE_LENGTH);
const count = z.number().int().min(-MAX_COUNT).max(MAX_COUNT);
const level = z.number().int().min(0).max(MAX_COUNT);

/** Names an event or a portal: any text but half a surrogate pair, which JSON can carry and no store keeps. */
const name = z
  .string()
  .min(1)
  .max(MAX_NAME_LENGTH)
  .refine((text) => !/\p{Surrogate}/u.test(text), { message: 'not well-formed Unicode' });

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

/** Open and overdue dossiers of an agency and procedure at an instant: a level, not a flow. */
export const backlogDataSchema = z.strictObject({
  procedure: code,
  agency: code,
  at: instant,
  open: level,
  overdue: level,
});
export type BacklogData = z.infer<typeof backlogDataSchema>;

const envelope = {
  specversion: z.literal('1.0'),
  id: name,
  source: name,
  time: instant.optional(),
  subject: z.string().optional(),
  datacontenttype: z.literal('application/json').optional(),
  dataschema: z.string().optional(),
  /** Extension attribute: the event was generated, not observed. Whatever it touches is marked on every screen. */
  simulated: z.boolean().optional(),
};

/** Extension attributes beyond these are allowed by CloudEvents; they are read over and not carried along. */
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
export const eventSchema = z.discriminatedUnion('type', [submissionEventSchema, backlogEventSchema]);
export type PortalEvent = z.infer<typeof eventSchema>;

/** JSON Schema (2020-12) of one event, for portals to check against before they send. */
export const eventJsonSchema = (): unknown => z.toJSONSchema(eventSchema, { io: 'input' });

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
 * Record headers that the gateway sets: the portal that was authenticated, and its verdict where it refused the event; and those
 * that ingest sets on a record which it appends again: where it stood first, and what it waits for.
 */
export const HEADERS = {
  portal: 'portal',
  verdict: 'verdict',
  reason: 'verdict-reason',
  moved: 'moved',
  deferred: 'deferred',
} as const;

/** Key that brings an event, its repeats and its corrections into one partition. */
export const partitionKey = (source: string, rootId: string): string => `${source}\n${rootId}`;
