/**
 * What rings, since when, and what became of it. Instants are milliseconds since 1970 UTC; counts are dossiers, shares 0..1. A value
 * that is not known is absent.
 */
import { z } from 'zod';
import { DIMENSIONS, type Dimension } from './dimensions.ts';
import { explainedBySchema } from './explain.ts';
import { DOSSIER_MEASURES } from './query.ts';
import { ruleSchema } from './rules.ts';
import { absentOr, count, day, instant, number, plainLines } from './schema.ts';
import { questionSchema } from './views.ts';

/** What an instance of a rule is. `unknown`: its data stopped, which is no recovery. */
export const INSTANCE_STATES = ['normal', 'pending', 'firing', 'recovering', 'unknown'] as const;
export type InstanceState = (typeof INSTANCE_STATES)[number];

/**
 * How an alert ended: the numbers recovered; a correction undid the crossing; data that had stopped came back; or its rule or unit
 * is no more.
 */
export const ALERT_OUTCOMES = ['recovered', 'corrected', 'data-back', 'withdrawn'] as const;
export type AlertOutcome = (typeof ALERT_OUTCOMES)[number];

export const readingSchema = z
  .object({
    at: instant,
    value: absentOr(number),
    /** The limit that counts, of the usual range its edge with what lies beyond. */
    limit: absentOr(number),
    /** From where on it has recovered. */
    recover: absentOr(number),
    usual: absentOr(z.object({ low: number, median: number, high: number })),
    /** What it was held against, where that is not the limit itself: an earlier stretch, or what was expected. */
    before: absentOr(number),
    /** Of a change or an anomaly, whose value is how far it went: what is there now. */
    observed: absentOr(number),
    /** Of a share, what it is a share of. */
    whole: absentOr(count),
    /** The stretch that was measured. */
    from: absentOr(instant),
    to: absentOr(instant),
    /**
     * Why nothing is known: a portal's id, `coverage` where too little is reported, `room` where no numbers are computed, `forecast`
     * where none is made, `earlier` where nobody reported what it is held against, `link` where it is silent itself,
     * `few` where data came that are too few to tell.
     */
    missing: absentOr(z.string()),
  })
  .meta({ id: 'Reading' });
/** The numbers that a rule was decided by. */
export type Reading = z.infer<typeof readingSchema>;

const text = plainLines(2_000);
/** What somebody says to an alert: why, what is done, and by when it is to have recovered. */
export const answerSchema = z.strictObject({
  cause: text,
  measure: text,
  until: day.meta({ description: 'last local day' }),
  owner: absentOr(z.string().trim().max(200)),
});
export type AlertAnswer = z.infer<typeof answerSchema>;

const dims = Object.keys(DIMENSIONS) as Dimension[];
const member = {
  rule: z.string(),
  dim: z.enum(['all', ...dims, 'link']),
  code: z.string(),
  /** The rule as it stood when it rang. */
  body: ruleSchema,
};
export const alertSchema = z
  .object({
    id: z.string(),
    ...member,
    ruleVersion: count,
    state: z.enum(['firing', 'recovering', 'unknown', 'ended']),
    /** Of this state. */
    since: instant,
    beganAt: instant,
    endedAt: absentOr(instant),
    outcome: absentOr(z.enum(ALERT_OUTCOMES)),
    /** When it began, and now. */
    opened: readingSchema,
    latest: readingSchema,
    acknowledged: absentOr(z.object({ who: z.string(), at: instant })),
    /** Counts answers; 0: none yet. */
    answerVersion: count,
    answer: absentOr(answerSchema.extend({ who: z.string(), at: instant })),
    /** Instances that are not known because of what this one says: they do not ring by themselves. */
    covers: count,
  })
  .meta({ id: 'Alert' });
export type Alert = z.infer<typeof alertSchema>;

const pendingSchema = z
  .object({ ...member, since: instant, ringsAt: instant, latest: readingSchema })
  .meta({ id: 'PendingAlert' });
/** The condition holds, but not for long enough yet. */
export type PendingAlert = z.infer<typeof pendingSchema>;

export const alertsSchema = z.object({
  /** When the rules were looked at last; absent while nobody does. */
  evaluatedAt: absentOr(instant),
  /** The newest first. */
  alerts: z.array(alertSchema),
  pending: z.array(pendingSchema),
});
export type Alerts = z.infer<typeof alertsSchema>;

export const alertsAskedSchema = z.strictObject({
  which: z.enum(['open', 'ended']).default('open').meta({ description: 'all that are open, or those that ended last' }),
});

const toldSchema = z
  .object({
    receiver: z.string(),
    roster: absentOr(z.string()).meta({ description: 'by which it was their turn' }),
    channel: absentOr(z.string()),
    message: absentOr(z.string()).meta({ description: 'its idempotency key' }),
    attempt: absentOr(count),
    said: absentOr(z.string()).meta({ description: 'what the receiver answered, or why it has it not' }),
    why: absentOr(z.string()).meta({
      description: 'why nobody was told: silenced, follows, outside-scope, receiver-gone, nobody-on-duty',
    }),
  })
  .meta({ id: 'Told' });
/** Who was told, over which channel, with what answer. */
export type AlertTold = z.infer<typeof toldSchema>;

/** Whom an alert is of, and why it rings. */
const aboutSchema = z.object({ id: z.string(), ...member }).meta({ id: 'AlertAbout' });
export type AlertAbout = z.infer<typeof aboutSchema>;

export const alertEntrySchema = z
  .object({
    sequence: count.meta({ description: 'of the audit, whose chain of hashes holds it' }),
    at: instant,
    who: z.string(),
    action: z.string().meta({ description: 'as alert.fired, alert.acknowledged' }),
    reading: absentOr(readingSchema),
    answer: absentOr(answerSchema),
    outcome: absentOr(z.enum(ALERT_OUTCOMES)),
    told: absentOr(toldSchema),
    directive: absentOr(z.string()).meta({ description: 'of what was ordered because of it: its id' }),
    hash: z.string(),
  })
  .meta({ id: 'AlertEntry' });
/** One line of what became of an alert. */
export type AlertEntry = z.infer<typeof alertEntrySchema>;

export const alertTimelineSchema = z.object({ alert: alertSchema, entries: z.array(alertEntrySchema) });
export type AlertTimeline = z.infer<typeof alertTimelineSchema>;

export const ledgerAskedSchema = z.strictObject({
  which: z.enum(['all', 'told']).default('all').meta({ description: 'all that became of alerts, or who was told' }),
  before: absentOr(z.string().regex(/^[1-9]\d{0,14}$/, 'an entry of the audit')).meta({
    description: 'entries before this one of the audit',
  }),
});
export const ledgerSchema = z.object({
  /** The newest first. */
  entries: z.array(alertEntrySchema.extend({ alert: aboutSchema }).meta({ id: 'LedgerEntry' })),
  next: absentOr(count).meta({ description: 'to go on before; absent at the beginning' }),
});
/** What became of all alerts of a scope. */
export type AlertLedger = z.infer<typeof ledgerSchema>;

export const mutedSchema = z
  .object({
    /** Open ones, the newest first; a hundred at most. */
    alerts: z.array(aboutSchema),
    open: count,
    ended: count.meta({ description: 'of those that ended last' }),
    looked: count.meta({ description: 'of so many that ended last' }),
  })
  .meta({ id: 'MutedAlerts' });
/** Of what nobody would be told. */
export type MutedAlerts = z.infer<typeof mutedSchema>;

const question = questionSchema.meta({ description: 'as /v1/query and the page of questions take it' });
const curvePointSchema = z
  .object({
    at: z.string().meta({ description: 'its local day, or hour as 2026-11-19T07' }),
    value: absentOr(number),
    low: absentOr(number).meta({ description: 'of what was usual on like days before the alert, four fifths' }),
    high: absentOr(number),
  })
  .meta({ id: 'AlertPoint' });
export const alertCurveSchema = z
  .object({
    question,
    measure: z.enum(DOSSIER_MEASURES),
    grain: z.enum(['day', 'hour']),
    points: z.array(curvePointSchema),
    limit: absentOr(number).meta({ description: 'where it is of what a point is of' }),
  })
  .meta({ id: 'AlertCurve' });
/** The number of an alert before and during it. */
export type AlertCurve = z.infer<typeof alertCurveSchema>;

export const alertDriversSchema = z
  .object({
    question,
    measure: z.enum(DOSSIER_MEASURES),
    now: absentOr(number),
    before: absentOr(number),
    change: absentOr(number),
    by: z.array(explainedBySchema),
  })
  .meta({ id: 'AlertDrivers' });
/** Who made the change between the day an alert began on and the same day of the week before. */
export type AlertDrivers = z.infer<typeof alertDriversSchema>;
export type DrivenBy = AlertDrivers['by'][number];

export const alertEarlierSchema = z
  .object({
    /** Of the same rule and unit, the newest first. */
    same: z.array(alertSchema),
    /** Of the same rule and other units: those that were answered and are over. */
    answered: z.array(alertSchema),
  })
  .meta({ id: 'EarlierAlerts' });
export type EarlierAlerts = z.infer<typeof alertEarlierSchema>;
