/**
 * Essential services: those that a government decided to bring online first, as data of the catalogue, beside what is counted of them
 * and what units say of their deployment. One that two ministries share is one.
 */
import { z } from 'zod';
import { type Catalogue, labelSchema } from './catalogue.ts';
import type { MemberGroup } from './groups.ts';
import { evidenceKeptSchema, evidenceSentSchema } from './indicators.ts';
import { absentOr, askedDay, count, instant, day as localDay, number } from './schema.ts';

const serviceIdSchema = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/);
const listSchema = z.strictObject({
  label: labelSchema,
  isSure: z.boolean().meta({ description: 'whether what stands in it is known to be essential' }),
});
export const essentialServicesSchema = z.strictObject({
  of: z.int().positive().meta({ description: 'as many as were decided, named here or not' }),
  asOf: localDay,
  title: labelSchema,
  short: absentOr(labelSchema).meta({ description: 'what they are called where a question or a rule names them' }),
  aliases: absentOr(z.array(z.string().min(1).max(64)).max(16)).meta({
    description: 'what people call them besides, in a question',
  }),
  source: labelSchema,
  earliest: absentOr(z.strictObject({ on: localDay, source: labelSchema })).meta({
    description: 'no service can have been offered online before that day, and why',
  }),
  indicator: absentOr(z.string()).meta({
    description: 'id of the indicator that is reported of how many are deployed',
  }),
  lists: z.record(z.string(), listSchema),
  services: z.record(
    serviceIdSchema,
    z.strictObject({
      label: labelSchema,
      list: z.string(),
      agencies: z.array(z.string()).min(1).max(10),
      counted: absentOr(z.string()).meta({ description: 'code of the service that its dossiers are counted by' }),
    }),
  ),
});
export type EssentialServices = z.infer<typeof essentialServicesSchema>;

/** The field that names what the catalogue or the file has not, and why. */
export function unknownInEssential({ services, lists }: EssentialServices, catalogue: Catalogue): string | undefined {
  for (const [id, { list, agencies, counted }] of Object.entries(services)) {
    if (lists[list] === undefined) return `services.${id}.list: there is no list ${list}`;
    const agency = agencies.find((each) => !catalogue.agencies.some((known) => known.id === each));
    if (agency !== undefined) return `services.${id}.agencies: the catalogue has no agency ${agency}`;
    if (counted !== undefined && !catalogue.services.some(({ code }) => code === counted))
      return `services.${id}.counted: the catalogue has no service ${counted}`;
  }
  return undefined;
}

/** By which questions and rules name them all. */
export const ESSENTIAL = 'essential';

/** Those that are counted, as one name; a service that several entries are counted by is one. */
export function essentialGroup({ title, short = title, aliases, of, services }: EssentialServices): MemberGroup {
  const agencies: Record<string, string[]> = {};
  for (const { counted, agencies: own } of Object.values(services))
    if (counted !== undefined) agencies[counted] = [...new Set([...(agencies[counted] ?? []), ...own])];
  return {
    dimension: 'service',
    name: ESSENTIAL,
    label: short,
    ...(aliases === undefined ? {} : { aliases }),
    codes: Object.keys(agencies),
    agencies,
    of,
  };
}

const said = { isDeployed: z.boolean(), since: absentOr(askedDay) };
type Said = { isDeployed: boolean; since?: string | undefined };
const hasDay = ({ isDeployed, since }: Said): boolean => isDeployed || since === undefined;
const NO_DAY = { path: ['since'], message: 'what is not deployed has no first day' };

/** What a unit says of it, as it is kept: since when it is offered to everybody, or that it is not. */
export const deploymentSchema = z.strictObject({ ...said, evidence: evidenceKeptSchema }).refine(hasDay, NO_DAY);
export type Deployment = z.infer<typeof deploymentSchema>;
/** `version`: the one that was seen, 0 for the first. */
export const sentDeploymentSchema = z.strictObject({
  version: z.int().min(0).max(1_000_000),
  body: z.strictObject({ ...said, evidence: evidenceSentSchema }).refine(hasDay, NO_DAY),
});
export type SentDeployment = z.infer<typeof sentDeploymentSchema>['body'];

export const boardAskedSchema = z
  .strictObject({
    from: absentOr(askedDay).meta({ description: 'first local day; 28 days to yesterday without from and to' }),
    to: absentOr(askedDay).meta({ description: 'last local day' }),
    agency: absentOr(z.string().max(64)).meta({ description: 'services of this ministry, shared ones too' }),
    province: absentOr(z.string().max(64)).meta({ description: 'what was filed in this province' }),
  })
  .refine(({ from, to }) => (from === undefined) === (to === undefined) && (from ?? '') <= (to ?? ''), {
    path: ['to'],
    message: 'from and to stand together, from not after to',
  });

/** `unused`: reported to the room in full, and nobody filed one. `unknown`: nothing says so. */
export const USES = ['used', 'unused', 'unmeasured', 'unknown'] as const;
export type ServiceUse = (typeof USES)[number];

/** Nearly all that is usually reported was: what is not there then is nothing. */
const COVERED = 0.95;

/** Of what is counted under a code: `submitted` of days of which so much of what should be was reported. */
export function useOf(submitted: number, coverage: number | undefined): Exclude<ServiceUse, 'unmeasured'> {
  if (submitted > 0) return 'used';
  return coverage !== undefined && coverage >= COVERED ? 'unused' : 'unknown';
}

const countsSchema = z
  .object({ submitted: count, submittedOnline: count, onTime: count, late: count })
  .meta({ id: 'ServiceCounts' });
export type ServiceCounts = z.infer<typeof countsSchema>;

const boardServiceSchema = z
  .object({
    id: z.string(),
    label: labelSchema,
    list: z.string(),
    agencies: z.array(z.string()),
    counted: absentOr(z.string()),
    use: z.enum(USES),
    now: absentOr(countsSchema),
    before: absentOr(countsSchema).meta({ description: 'as many days before' }),
    satisfaction: absentOr(number).meta({ description: 'where it is reported; absent, it is not measured' }),
    deployed: absentOr(z.object({ version: count, who: z.string(), at: instant, ...deploymentSchema.shape })).meta({
      description: 'as its ministry reported it; absent, nobody did',
    }),
    mayReport: z.boolean(),
  })
  .meta({ id: 'BoardService' });
export type BoardService = z.infer<typeof boardServiceSchema>;

const boardSumsSchema = z
  .object({
    code: z.string(),
    services: count,
    deployed: count,
    notDeployed: count,
    used: count,
    unused: count,
    unknown: count.meta({ description: 'of whom nothing says whether anybody used them' }),
    unmeasured: count.meta({ description: 'that are not counted by themselves' }),
    untold: count.meta({ description: 'of which nobody said whether they are deployed' }),
    counts: countsSchema,
  })
  .meta({ id: 'BoardSums' });
export type BoardSums = z.infer<typeof boardSumsSchema>;

export const servicesBoardSchema = z.object({
  title: labelSchema,
  source: labelSchema,
  listedAsOf: localDay,
  indicator: essentialServicesSchema.shape.indicator,
  earliest: essentialServicesSchema.shape.earliest,
  lists: essentialServicesSchema.shape.lists,
  of: count,
  unnamed: count.meta({
    description: 'of them, so many that the catalogue has no name of, counting those of no sure list as named',
  }),
  from: localDay,
  to: localDay,
  asOf: absentOr(instant),
  coverage: absentOr(number),
  simulated: z.boolean(),
  /** Each service once, shared or not. */
  all: boardSumsSchema.omit({ code: true }),
  services: z.array(boardServiceSchema),
  /** A shared service stands with each of its ministries. */
  byAgency: z.array(boardSumsSchema),
  byProvince: z.array(
    z.object({
      code: z.string(),
      used: count,
      unused: absentOr(count).meta({ description: 'absent where reports are missing, which may be its own' }),
      counts: countsSchema,
    }),
  ),
});
export type ServicesBoard = z.infer<typeof servicesBoardSchema>;
