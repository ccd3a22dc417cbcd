/**
 * The catalogue: everything that names a country, an office or a code. It is data, one folder a deployment;
 * nothing in code knows a unit by name. Dates are local calendar days (`YYYY-MM-DD`) in the catalogue's time zone.
 */
import { z } from 'zod';
import { isRatio, METRICS, RATIOS } from './sums.ts';
import { thresholdsSchema } from './thresholds.ts';

export const labelSchema = z.strictObject({ vi: z.string().min(1), en: z.string().min(1) });
export type Label = z.infer<typeof labelSchema>;

const day = z.iso.date();
const code = z.string().min(1).max(64);
const validity = { validFrom: day.optional(), validTo: day.optional() };

/** A unit is one owner of a code during its dates of validity: the same code may name another unit before or after. */
const unitSchema = z.strictObject({
  /** Stable and unique over all time; stored with every event. Letters, digits and `-` only: it goes into SQL as a literal. */
  id: z.string().regex(/^[A-Za-z0-9-]{1,64}$/),
  code,
  label: labelSchema,
  short: labelSchema.optional(),
  /** What people call it besides, in a question: `TPHCM`, `Sài Gòn`. */
  aliases: z.array(z.string().min(1).max(64)).max(16).optional(),
  ...validity,
  /** Ids of the units that took over when this one ended. */
  successors: z.array(z.string()).optional(),
});
export type Unit = z.infer<typeof unitSchema>;

const provinceSchema = unitSchema.extend({
  region: labelSchema.optional(),
  mapCode: code.optional(),
  /** People who live there, on the catalogue's `peopleAsOf`. */
  people: z.number().int().positive().optional(),
});
export type Province = z.infer<typeof provinceSchema>;

const serviceSchema = z.strictObject({
  code: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
  label: labelSchema,
  short: labelSchema.optional(),
  /** Id of the agency that owns the procedure today. */
  agency: z.string(),
  /** Leading services are ranked on the wall; the rest only counts. */
  leading: z.boolean(),
  ...validity,
});
export type Service = z.infer<typeof serviceSchema>;

const sourceSchema = z.strictObject({
  /** CloudEvents `source` of the portal. */
  id: z.string().regex(/^[A-Za-z0-9:/._~-]{1,200}$/),
  label: labelSchema,
  /** Unit whose numbers are unknown while this portal is silent. */
  unit: z.string().optional(),
  /** Seconds without a report after which the portal is late, and after which it is silent. */
  lateAfter: z.number().int().positive(),
  silentAfter: z.number().int().positive(),
});
export type Source = z.infer<typeof sourceSchema>;

/** A shared store of the state that others ask over links. */
const databaseSchema = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9-]{1,64}$/),
  code,
  label: labelSchema,
  short: labelSchema.optional(),
  /** Id of the agency that keeps it: it sees all of its links. */
  agency: z.string(),
  /** What established it, and where that is published. */
  source: labelSchema,
});
export type Database = z.infer<typeof databaseSchema>;

/** Who reports links and nothing else: no submission is waited for from it. */
const reporterSchema = z.strictObject({ id: sourceSchema.shape.id, label: labelSchema, unit: z.string() });

/** Ids of the connected parties of a database. Each link is reported by the source of its party. */
const linksSchema = z.strictObject({
  database: z.string(),
  agencies: z.array(z.string()).default([]),
  provinces: z.array(z.string()).default([]),
  telecoms: z.array(z.string()).default([]),
  /** Seconds without a report after which a link is silent. */
  silentAfter: z.number().int().positive(),
});

const smallCode = z.number().int().min(1).max(255);
const channelSchema = z.strictObject({ code: smallCode, label: labelSchema, online: z.boolean() });
const statusSchema = z.strictObject({
  code: smallCode,
  label: labelSchema,
  /** A dossier enters with this status: it counts as submitted. */
  entry: z.boolean(),
  /** Processing ends with this status: `onTime` may be given. */
  finishes: z.boolean(),
});

const calendarSchema = z.strictObject({
  /** ISO weekdays (1 Monday .. 7 Sunday) of weekly rest. */
  weeklyRest: z.array(z.number().int().min(1).max(7)),
  daysOff: z.array(z.strictObject({ date: day, label: labelSchema, kind: z.string() })),
  /** Days of weekly rest that are worked (in exchange for a day off). */
  worked: z.array(day),
  /** Day of the lunar new year by Gregorian year, where the country keeps one. */
  newYear: z.record(z.string(), day).optional(),
  /** The years for which the calendar is complete. */
  from: day,
  to: day,
});
export type WorkingCalendar = z.infer<typeof calendarSchema>;

/** A published national target: dated data, never a constant of the code. */
const targetSchema = z
  .strictObject({
    id: z.string().regex(/^[A-Za-z0-9-]{1,64}$/),
    label: labelSchema,
    /** For a wall: what is to be reached, without how much and by when. */
    short: labelSchema.optional(),
    /** What is to be reached: a count of dossiers, or a share of them. */
    metric: z.enum([...METRICS, ...RATIOS]),
    value: z.number().positive(),
    /** Local days, both inclusive: what counts towards it. */
    from: day,
    by: day,
    /** Who published it, and where. */
    source: labelSchema,
  })
  .refine(({ from, by }) => from <= by, { path: ['by'], message: 'must not be before `from`' })
  .refine(({ metric, value }) => !isRatio(metric) || value <= 1, {
    path: ['value'],
    message: 'a share is from 0 to 1',
  });
export type Target = z.infer<typeof targetSchema>;

/** A named set of members of a dimension. */
const groupSchema = z.strictObject({
  dimension: z.literal('service'),
  /** Stands where a code may: no member has it as its code. */
  name: z.string().regex(/^[a-z][a-z-]{0,39}$/),
  label: labelSchema,
  /** What people call it besides, in a question. */
  aliases: z.array(z.string().min(1).max(64)).max(16).optional(),
  /** Those that are counted, each once. */
  codes: z.array(code),
  /** By code, ids of all agencies whose it is, where the list says so. */
  agencies: z.record(z.string(), z.array(z.string())).optional(),
  /** As many as belong to it, counted or not. */
  of: z.int().positive(),
});

/** What the room counts of the index by which units are scored. */
const scoringSchema = z.strictObject({
  /** By its number and kind, as `766/QĐ-TTg`. */
  decision: z.string().min(1),
  /** Of the whole index, counted or not. */
  points: z.number().positive(),
  components: z
    .array(
      z.strictObject({
        id: z.string(),
        label: labelSchema,
        points: z.number().positive(),
        /** The share from which on all points are given; 1 without it. */
        fullFrom: z.number().positive().max(1).optional(),
        ratio: z.enum(RATIOS),
      }),
    )
    .min(1),
});

const insetSchema = z.strictObject({
  id: z.string(),
  label: labelSchema,
  /** Unit whose state the inset shows. */
  unit: z.string(),
  /** west, south, east, north in degrees. */
  bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]),
});

export const catalogueSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  title: labelSchema,
  timeZone: z.string(),
  agencyNoun: labelSchema,
  provinceNoun: labelSchema,
  channels: z.array(channelSchema).min(1),
  statuses: z.array(statusSchema).min(1),
  agencies: z.array(unitSchema).min(1),
  provinces: z.array(provinceSchema).min(1),
  services: z.array(serviceSchema).min(1),
  sources: z.array(sourceSchema).min(1),
  databases: z.array(databaseSchema).default([]),
  telecoms: z.array(unitSchema).default([]),
  reporters: z.array(reporterSchema).default([]),
  links: z.array(linksSchema).default([]),
  calendar: calendarSchema,
  /** The day of the provinces' numbers of people. */
  peopleAsOf: day.optional(),
  targets: z.array(targetSchema).optional(),
  /** Made of the lists that stand beside `catalogue.json`: none is read from it. */
  groups: z.array(groupSchema).optional(),
  /** The same of `index.json`. */
  scoring: scoringSchema.optional(),
  thresholds: thresholdsSchema.prefault({}),
  map: z.strictObject({ attribution: labelSchema, licence: z.string(), insets: z.array(insetSchema) }).optional(),
  provenance: z.array(z.strictObject({ what: labelSchema, source: labelSchema, licence: labelSchema })),
});
export type Catalogue = z.infer<typeof catalogueSchema>;
