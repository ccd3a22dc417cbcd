/**
 * Who is told of alerts: receivers, the routes that lead to them by what an alert is about, and silences. Nobody is told of what is
 * outside of their scope, whatever a route says.
 */
import { z } from 'zod';
import { versionSchema } from './kept.ts';
import { personIdSchema } from './people.ts';
import { absentOr, count, instant, plainText } from './schema.ts';
import { scopeGrantSchema } from './scope.ts';

/** Also part of its address. */
export const receiverIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'small letters, digits and -, at most 40');

export const clockSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time as 07:30');
const toSchema = z.discriminatedUnion('channel', [
  z.strictObject({
    channel: z.literal('mail'),
    person: personIdSchema.meta({ description: 'an account; they are told what their own scope has' }),
    address: absentOr(z.email()).meta({ description: 'the account itself without it, where it is an address' }),
  }),
  z.strictObject({
    channel: z.literal('webhook'),
    url: z.url({ protocol: /^https?$/ }).max(2_000),
    scope: scopeGrantSchema.meta({ description: 'what it may be told' }),
  }),
  z.strictObject({
    channel: z.literal('telegram'),
    chat: z
      .string()
      .regex(/^(-?[1-9]\d{0,15}|@[A-Za-z]\w{4,31})$/, 'a chat by its number, as -1001234567890, or a channel as @name')
      .meta({ description: 'where the bot of TELEGRAM_TOKEN writes' }),
    scope: scopeGrantSchema.meta({ description: 'what it may be told' }),
  }),
]);
export type Channel = z.infer<typeof toSchema>['channel'];
export const CHANNELS = toSchema.options.map((option) => option.shape.channel.value);

export const receiverSchema = z.strictObject({
  name: plainText(200),
  language: z.enum(['vi', 'en']).default('vi'),
  to: toSchema,
  working: absentOr(z.strictObject({ from: clockSchema, to: clockSchema })).meta({
    description: 'told at these hours of working days alone, of what is critical at any time; always without it',
  }),
});
export type Receiver = z.infer<typeof receiverSchema>;

export const keptReceiverSchema = receiverSchema
  .extend({ id: receiverIdSchema, version: z.int().positive() })
  .meta({ id: 'Receiver' });
export type KeptReceiver = z.infer<typeof keptReceiverSchema>;

export const receiverVersionsSchema = z.object({ versions: z.array(versionSchema(receiverSchema)) });

/** By label, values of which one is to be there: `agency`, `province`, `service`, `source`, `severity`, `rule`, or one of a rule's own. */
const matchSchema = z.record(z.string().regex(/^[a-z][a-z0-9_-]{0,39}$/), z.array(z.string().max(200)).min(1).max(200));
export type Match = z.infer<typeof matchSchema>;

const receivers = z.array(receiverIdSchema).min(1).max(50);
const minutes = z.int().min(1).max(10_080);
const alertRouteSchema = z.strictObject({
  match: matchSchema.meta({ description: 'every alert where it is empty' }),
  receivers,
  groupBy: z.array(z.string().max(40)).max(10).default([]).meta({
    description: 'alerts of the same values go together',
  }),
  waitSeconds: z.int().min(0).max(3_600).default(0).meta({ description: 'for others of its group' }),
  goesOn: z.boolean().default(false).meta({ description: 'the routes after it are looked at too' }),
  escalation: z
    .array(z.strictObject({ afterMinutes: minutes, receivers }))
    .max(5)
    .default([])
    .meta({ description: 'who is told where nobody acknowledged in time' }),
});
export const routingSchema = z.strictObject({
  /** The first that fits decides, unless it goes on. */
  routes: z.array(alertRouteSchema).max(500),
});
export type Routing = z.infer<typeof routingSchema>;
export type AlertRoute = Routing['routes'][number];
export const keptRoutingSchema = routingSchema
  .extend({ version: count.meta({ description: '0 before it was written first' }) })
  .meta({ id: 'Routing' });
export type KeptRouting = z.infer<typeof keptRoutingSchema>;

export const routingVersionsSchema = z.object({ versions: z.array(versionSchema(routingSchema)) });

const mutedBySchema = matchSchema.refine((match) => Object.keys(match).length > 0, 'name at least one label');
export const silenceTriedSchema = z.strictObject({ match: mutedBySchema });
export const silenceSchema = z.strictObject({
  match: mutedBySchema,
  until: instant,
  reason: plainText(500),
});
export type Silence = z.infer<typeof silenceSchema>;
export const keptSilenceSchema = silenceSchema
  .extend({ id: z.uuid(), version: z.int().positive(), who: z.string(), at: instant })
  .meta({ id: 'Silence' });
export type KeptSilence = z.infer<typeof keptSilenceSchema>;

export const waitingDeliverySchema = z
  .object({
    id: z.string(),
    channel: z.string(),
    receiver: z.string(),
    alerts: z.array(z.string()),
    createdAt: instant,
    dueAt: instant,
    attempts: count,
    isDead: z.boolean(),
    error: absentOr(z.string()),
  })
  .meta({ id: 'WaitingDelivery' });
/** What was not delivered yet, or was given up. */
export type WaitingDelivery = z.infer<typeof waitingDeliverySchema>;
