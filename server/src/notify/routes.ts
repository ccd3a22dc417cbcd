/** Administrators' HTTP of who is told of alerts: receivers, routes, silences, and what could not be delivered. */
import { randomBytes, randomUUID } from 'node:crypto';
import {
  type Catalogue,
  CHANNELS,
  type KeptSilence,
  keptReceiverSchema,
  keptRoutingSchema,
  keptSilenceSchema,
  type Receiver,
  receiverIdSchema,
  receiverSchema,
  routingSchema,
  type Silence,
  silenceSchema,
  waitingDeliverySchema,
} from '@room/contract';
import { type Database, type Document, type OutboxRow, revive } from '@room/database';
import { z } from 'zod';
import { causeOf } from '../access/remember.ts';
import { type Route, route } from '../api/route.ts';
import { HttpError } from '../errors.ts';
import { type Letter, ROUTING } from './notifier.ts';
import { assertFree, assertReceiver, assertRouting, CONFLICT, NO_RECEIVER, receiverOf } from './sound.ts';
import { type Notifying, RECEIVER } from './start.ts';

const version = z.int().positive();
const params = z.strictObject({ id: receiverIdSchema });
const MOST_LISTED = 500;
const TEST_MS = 20_000;
const secretAnswer = z.strictObject({
  secret: z.string().meta({ description: 'by what its messages are signed; it is not shown again' }),
});

export interface NotifyRoutesOptions extends Notifying {
  database: Pick<Database, 'write'>;
  catalogue: Catalogue;
}

export function notifyRoutes(options: NotifyRoutesOptions): Route[] {
  const { receivers, routing, silences, notices, bring, url, database, catalogue } = options;
  const found = async (id: string): Promise<Document<Receiver>> => {
    const receiver = await receivers.get(id);
    if (receiver === undefined) throw new HttpError(404, 'no_such_receiver', NO_RECEIVER);
    return receiver;
  };
  const whole = { right: 'administer', isWhole: true } as const;
  return [
    route({
      ...whole,
      method: 'get',
      path: '/v1/receivers',
      summary: 'who may be told of alerts',
      answer: { schema: z.strictObject({ receivers: z.array(keptReceiverSchema) }) },
      handle: async () => ({ receivers: (await receivers.list()).map(receiverOf) }),
    }),
    route({
      ...whole,
      method: 'post',
      path: '/v1/receivers',
      summary: 'makes a receiver; routes decide of what they are told',
      body: receiverSchema.extend({ id: receiverIdSchema }),
      badInput: 'bad_receiver',
      answer: { schema: keptReceiverSchema },
      refuses: { 409: 'there is, or was, a receiver of this id' },
      handle: async ({ principal, body: { id, ...receiver } }) => {
        assertReceiver(receiver, catalogue);
        await assertFree(id, options.rosters);
        return receiverOf(await receivers.create(causeOf(principal), id, receiver));
      },
    }),
    route({
      ...whole,
      method: 'post',
      path: '/v1/receivers/{id}',
      summary: 'changes a receiver',
      params,
      body: receiverSchema.extend({ version }),
      badInput: 'bad_receiver',
      answer: { schema: keptReceiverSchema },
      refuses: { 404: NO_RECEIVER, 409: CONFLICT },
      handle: async ({ principal, params: { id }, body: { version: edited, ...receiver } }) => {
        await found(id);
        assertReceiver(receiver, catalogue);
        return receiverOf(await receivers.update(causeOf(principal), id, edited, receiver));
      },
    }),
    route({
      ...whole,
      method: 'post',
      path: '/v1/receivers/{id}/remove',
      summary: 'removes a receiver; what waits for them is not told any more',
      params,
      body: z.strictObject({ version }),
      answer: { schema: z.strictObject({}) },
      refuses: { 404: NO_RECEIVER, 409: CONFLICT },
      handle: async ({ principal, params: { id }, body: { version: edited } }) => {
        await found(id);
        await receivers.remove(causeOf(principal), id, edited);
        return {};
      },
    }),
    route({
      ...whole,
      method: 'post',
      path: '/v1/receivers/{id}/secret',
      summary: 'makes the secret that messages to a webhook are signed by; one that it had signs nothing any more',
      params,
      body: z.strictObject({}),
      answer: { schema: secretAnswer },
      refuses: { 404: NO_RECEIVER },
      handle: async ({ principal, params: { id } }) => {
        await found(id);
        const secret = randomBytes(32).toString('base64url');
        await database.write(causeOf(principal), async (edit) => {
          await notices.setSecret(edit, id, secret);
          edit.record({ action: 'receiver.secret_made', kind: RECEIVER, subject: id });
        });
        return { secret };
      },
    }),
    route({
      ...whole,
      method: 'post',
      path: '/v1/receivers/{id}/test',
      summary: 'sends a test message, and tells what the receiver answered',
      params,
      body: z.strictObject({}),
      answer: { schema: z.strictObject({ said: z.string() }) },
      refuses: { 404: NO_RECEIVER, 502: 'the receiver does not have it, and why' },
      handle: async ({ principal, params: { id } }) => {
        const { body: receiver } = await found(id);
        const subject =
          receiver.language === 'vi' ? 'Tin thử từ phòng điều hành' : 'Test message of the operations room';
        const texts = { subject, text: `${subject}\n${url}\n`, short: `${subject} ${url}` };
        const outgoing = { key: randomUUID(), receiver: id, texts, notices: [] };
        const tested = await bring(receiver, outgoing, AbortSignal.timeout(TEST_MS)).then(
          (said) => ({ ok: true, said }),
          (error: Error) => ({ ok: false, said: error.message }),
        );
        await database.write(causeOf(principal), async (edit) =>
          edit.record({ action: 'receiver.tested', kind: RECEIVER, subject: id, after: tested }),
        );
        if (!tested.ok) throw new HttpError(502, 'not_delivered', `the receiver does not have it: ${tested.said}`);
        return { said: tested.said };
      },
    }),
    route({
      ...whole,
      method: 'get',
      path: '/v1/routing',
      summary: 'by what alerts find their receivers',
      answer: { schema: keptRoutingSchema },
      handle: async () => {
        const kept = await routing.get(ROUTING);
        if (kept !== undefined) return { ...kept.body, version: kept.version };
        // Taken back to before the first: what is written next takes the place of that.
        const [last] = await routing.history(ROUTING);
        return { routes: [], version: last?.version ?? 0 };
      },
    }),
    route({
      ...whole,
      method: 'post',
      path: '/v1/routing',
      summary: 'writes the routes anew, as a whole',
      body: routingSchema.extend({ version: z.int().min(0) }),
      badInput: 'bad_routing',
      answer: { schema: keptRoutingSchema },
      refuses: { 409: CONFLICT },
      handle: async ({ principal, body: { version: edited, ...body } }) => {
        await assertRouting(body, options);
        const kept = await (edited === 0
          ? routing.create(causeOf(principal), ROUTING, body)
          : routing.update(causeOf(principal), ROUTING, edited, body));
        return { ...kept.body, version: kept.version };
      },
    }),
    route({
      ...whole,
      method: 'get',
      path: '/v1/silences',
      summary: 'of what nobody is told for a while',
      answer: { schema: z.strictObject({ silences: z.array(keptSilenceSchema) }) },
      handle: async () => ({ silences: (await silences.list()).map(silenceOf) }),
    }),
    route({
      ...whole,
      method: 'post',
      path: '/v1/silences',
      summary: 'has nobody told of what it names until its end; alerts themselves go on',
      body: silenceSchema,
      badInput: 'bad_silence',
      answer: { schema: keptSilenceSchema },
      handle: async ({ principal, body }) => {
        if (body.until <= Date.now()) throw new HttpError(400, 'bad_silence', 'until: is over already');
        return silenceOf(await silences.create(causeOf(principal, body.reason), randomUUID(), body));
      },
    }),
    route({
      ...whole,
      method: 'post',
      path: '/v1/silences/{id}/end',
      summary: 'ends a silence now',
      params: z.strictObject({ id: z.uuid() }),
      body: z.strictObject({ version }),
      answer: { schema: z.strictObject({}) },
      refuses: { 404: 'there is no silence of this id', 409: CONFLICT },
      handle: async ({ principal, params: { id }, body: { version: edited } }) => {
        if ((await silences.get(id)) === undefined)
          throw new HttpError(404, 'no_such_silence', 'there is no silence of this id');
        await silences.remove(causeOf(principal), id, edited);
        return {};
      },
    }),
    route({
      ...whole,
      method: 'get',
      path: '/v1/deliveries',
      summary: 'messages that were not delivered, those that were given up first',
      answer: { schema: z.strictObject({ deliveries: z.array(waitingDeliverySchema) }) },
      handle: async () => ({ deliveries: (await notices.outgoing(CHANNELS, MOST_LISTED)).map(deliveryOf) }),
    }),
    route({
      ...whole,
      method: 'post',
      path: '/v1/deliveries/{id}/again',
      summary: 'sends a message again that was given up',
      params: z.strictObject({ id: z.uuid() }),
      body: z.strictObject({}),
      answer: { schema: z.strictObject({}) },
      refuses: { 404: 'no message of this id was given up' },
      handle: async ({ principal, params: { id } }) => {
        const isRevived = await database.write(causeOf(principal), async (edit) => {
          const done = await revive(edit.query, id);
          if (done) edit.record({ action: 'delivery.sent_again', kind: 'delivery', subject: id });
          return done;
        });
        if (!isRevived) throw new HttpError(404, 'no_such_delivery', 'no message of this id was given up');
        return {};
      },
    }),
  ];
}

const silenceOf = ({ id, version, who, at, body }: Document<Silence>): KeptSilence => ({
  ...body,
  id,
  version,
  who,
  at: Date.parse(at),
});

function deliveryOf({ id, channel, body, created_at, due_at, attempts, is_dead, error }: OutboxRow) {
  const { receiver, notices } = JSON.parse(body) as Letter;
  return {
    id,
    channel,
    receiver,
    alerts: [...new Set(notices.map((notice) => notice.id))],
    createdAt: Date.parse(created_at),
    dueAt: Date.parse(due_at),
    attempts,
    isDead: is_dead !== 0,
    ...(error === null ? {} : { error }),
  };
}
