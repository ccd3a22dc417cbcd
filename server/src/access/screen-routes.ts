/** Wall displays: how one asks to be let in and renews what it holds, and what administrators do with them. */
import { randomUUID } from 'node:crypto';
import {
  type Catalogue,
  type PairedScreen,
  type Pairing,
  pairingCodeOf,
  plainIfAny,
  type Screen,
  scopeOf,
  screenSchema,
  type WaitingScreen,
} from '@room/contract';
import type { Document, ScreenRow } from '@room/database';
import { z } from 'zod';
import { type Route, route } from '../api/route.ts';
import { shapeOf } from '../api/shape.ts';
import { HttpError } from '../errors.ts';
import { cookiesOf, setCookie } from './cookies.ts';
import type { Door } from './door.ts';
import { addressOf } from './origins.ts';
import { causeOf } from './remember.ts';
import { THERE_MS } from './screens.ts';

const version = z.int().positive();
const pairedSchema = shapeOf<PairedScreen>()({
  id: z.string(),
  version,
  ...screenSchema.shape,
  paired: shapeOf<PairedScreen['paired']>()({ by: z.string(), at: z.number(), from: z.string() }),
  seen: shapeOf<NonNullable<PairedScreen['seen']>>()({ at: z.number(), from: z.string() }).optional(),
  isConnected: z.boolean(),
  isTwice: z.boolean(),
}).meta({ id: 'Screen' });
const waitingSchema = shapeOf<WaitingScreen>()({
  code: z.string(),
  from: z.string(),
  askedAt: z.number(),
  expiresAt: z.number(),
}).meta({ id: 'WaitingScreen' });
const pairingSchema: z.ZodType<Pairing> = z
  .discriminatedUnion('isPaired', [
    z.strictObject({ isPaired: z.literal(true) }),
    z.strictObject({ isPaired: z.literal(false), code: z.string(), expiresInMs: z.number() }),
  ])
  .meta({ id: 'Pairing' });
const params = z.strictObject({ id: z.uuid() });
const why = plainIfAny(500);
const GONE = 'there is no such screen, or it was revoked';
const CONFLICT = 'somebody else changed it since';

export function screenRoutes({ screens, isSecure }: Pick<Door, 'screens' | 'isSecure'>, catalogue: Catalogue): Route[] {
  const { documents, table } = screens;
  const pairedOf = (
    { id, version, body }: Document<Screen>,
    row: ScreenRow | undefined,
    twice: ReadonlySet<string>,
  ): PairedScreen => {
    if (row === undefined) throw noScreen();
    const { paired_by: by, paired_at, paired_from, seen_at, seen_from } = row;
    const isHere = screens.isConnected(id);
    const seenAt = isHere ? Date.now() : seen_at === null ? undefined : Date.parse(seen_at);
    return {
      id,
      version,
      ...body,
      paired: { by, at: Date.parse(paired_at), from: paired_from },
      ...(seenAt === undefined ? {} : { seen: { at: seenAt, from: seen_from ?? paired_from } }),
      isConnected: isHere || (seenAt !== undefined && Date.now() - seenAt < THERE_MS),
      isTwice: twice.has(id),
    };
  };
  const paired = async (screen: Document<Screen>): Promise<PairedScreen> =>
    pairedOf(screen, (await table.all()).get(screen.id), await screens.heldTwice());
  const assertScope = ({ scope }: Screen): void => {
    try {
      scopeOf(scope, catalogue);
    } catch (error) {
      throw new HttpError(400, 'bad_request', `scope: ${(error as Error).message}`);
    }
  };
  return [
    route({
      method: 'post',
      path: '/v1/screen/code',
      summary: 'the code that a wall display shows until an administrator approves it; whether that was done',
      right: 'public',
      body: z.strictObject({}),
      answer: { schema: pairingSchema },
      refuses: { 429: 'too many displays wait; ask again after Retry-After' },
      handle: async ({ request, response }) => {
        const { screen } = cookiesOf(request.headers, isSecure);
        const { pairing, held } = await screens.ask(screen, addressOf(request.ip));
        if (held !== undefined) setCookie(response, 'screen', held, isSecure);
        return pairing;
      },
    }),
    route({
      method: 'post',
      path: '/v1/screen/renew',
      summary: 'renews what a wall display holds, where it is time; each asks now and then',
      right: 'public',
      body: z.strictObject({}),
      answer: { schema: z.strictObject({ isPaired: z.boolean() }) },
      handle: async ({ request, response }) => {
        const { screen } = cookiesOf(request.headers, isSecure);
        const { isPaired, held } = await screens.renew(screen);
        if (held !== undefined) setCookie(response, 'screen', held, isSecure);
        return { isPaired };
      },
    }),
    route({
      method: 'get',
      path: '/v1/screens',
      summary: 'wall displays: those that were let in, and those that wait',
      right: 'administer',
      isWhole: true,
      answer: {
        schema: z.strictObject({ screens: z.array(pairedSchema), waiting: z.array(waitingSchema) }),
      },
      handle: async () => {
        const [known, rows, twice, waiting] = await Promise.all([
          documents.list(),
          table.all(),
          screens.heldTwice(),
          table.waiting(new Date().toISOString()),
        ]);
        return {
          screens: known.map((screen) => pairedOf(screen, rows.get(screen.id), twice)),
          waiting: waiting.map(({ code, asked_from: from, asked_at, expires_at }) => ({
            code,
            from,
            askedAt: Date.parse(asked_at),
            expiresAt: Date.parse(expires_at),
          })),
        };
      },
    }),
    route({
      method: 'post',
      path: '/v1/screens',
      summary: 'lets in the display that shows this code',
      right: 'administer',
      isWhole: true,
      body: screenSchema.extend({ code: z.string().max(20) }),
      answer: { schema: pairedSchema },
      refuses: { 404: 'no display shows this code, or not any more' },
      handle: async ({ principal, body: { code, ...screen } }) => {
        assertScope(screen);
        const made = await screens.pair(causeOf(principal), pairingCodeOf(code), randomUUID(), screen);
        if (made === undefined)
          throw new HttpError(404, 'no_such_code', 'no display shows this code any more; look at what it shows now');
        return paired(made);
      },
    }),
    route({
      method: 'post',
      path: '/v1/screens/{id}',
      summary: 'changes the name, or whose numbers it shows in full, which an open wall does at once',
      right: 'administer',
      isWhole: true,
      params,
      body: screenSchema.extend({ version, why }),
      answer: { schema: pairedSchema },
      refuses: { 404: GONE, 409: CONFLICT },
      handle: async ({ principal, params: { id }, body: { version: edits, why: reason, ...screen } }) => {
        assertScope(screen);
        await found(id);
        return paired(await documents.update(causeOf(principal, reason), id, edits, screen));
      },
    }),
    route({
      method: 'post',
      path: '/v1/screens/{id}/revoke',
      summary: 'lets it in no more: an open wall ends at once and shows a code; for a day this can be taken back',
      right: 'administer',
      isWhole: true,
      params,
      body: z.strictObject({ version, why }),
      answer: { schema: z.strictObject({ version }) },
      refuses: { 404: GONE, 409: CONFLICT },
      handle: async ({ principal, params: { id }, body: { version: edits, why: reason } }) => {
        await found(id);
        await documents.remove(causeOf(principal, reason), id, edits);
        return { version: edits + 1 };
      },
    }),
    route({
      method: 'post',
      path: '/v1/screens/{id}/undo',
      summary: 'takes the last change back, as that it was revoked',
      right: 'administer',
      isWhole: true,
      params,
      body: z.strictObject({ version: z.int().min(2) }),
      answer: { schema: pairedSchema },
      refuses: { 404: GONE, 409: CONFLICT },
      handle: async ({ principal, params: { id }, body }) => {
        if (!(await table.all()).has(id)) throw noScreen();
        const { body: screen, ...restored } = await documents.undo(causeOf(principal, 'undone'), id, body.version);
        if (screen === undefined) throw noScreen();
        return paired({ ...restored, body: screen });
      },
    }),
  ];

  async function found(id: string): Promise<void> {
    if ((await documents.get(id)) === undefined) throw noScreen();
  }
}

const noScreen = (): HttpError => new HttpError(404, 'no_such_screen', GONE);
