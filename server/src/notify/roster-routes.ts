/** Administrators' HTTP of who is on duty in which week. */
import { type KeptRoster, keptAs, keptRosterSchema, type Roster, receiverIdSchema, rosterSchema } from '@room/contract';
import type { Document } from '@room/database';
import { z } from 'zod';
import { causeOf } from '../access/remember.ts';
import { type Route, route } from '../api/route.ts';
import { HttpError } from '../errors.ts';
import { assertFree, assertRoster, CONFLICT } from './sound.ts';
import type { Notifying } from './start.ts';

const version = z.int().positive();
const params = z.strictObject({ id: receiverIdSchema });
const whole = { right: 'administer', isWhole: true } as const;
const NO_ROSTER = 'there is no roster of this id';
const REFUSES = { 404: NO_ROSTER, 409: CONFLICT };

export function rosterRoutes({ receivers, rosters }: Pick<Notifying, 'receivers' | 'rosters'>): Route[] {
  const assertThere = async (id: string): Promise<void> => {
    if ((await rosters.get(id)) === undefined) throw new HttpError(404, 'no_such_roster', NO_ROSTER);
  };
  return [
    route({
      ...whole,
      method: 'get',
      path: '/v1/rosters',
      summary: 'who is on duty in which week; routes name rosters as they name receivers',
      answer: { schema: z.strictObject({ rosters: z.array(keptRosterSchema) }) },
      handle: async () => ({ rosters: (await rosters.list()).map(rosterOf) }),
    }),
    route({
      ...whole,
      method: 'post',
      path: '/v1/rosters',
      summary: 'makes a roster',
      body: rosterSchema.extend({ id: receiverIdSchema }),
      badInput: 'bad_roster',
      answer: { schema: keptRosterSchema },
      refuses: { 409: 'there is, or was, a roster or receiver of this id' },
      handle: async ({ principal, body: { id, ...roster } }) => {
        await assertRoster(roster, { receivers });
        await assertFree(id, receivers);
        return rosterOf(await rosters.create(causeOf(principal), id, roster));
      },
    }),
    route({
      ...whole,
      method: 'post',
      path: '/v1/rosters/{id}',
      summary: 'changes a roster; it holds from the next message on',
      params,
      body: rosterSchema.extend({ version }),
      badInput: 'bad_roster',
      answer: { schema: keptRosterSchema },
      refuses: REFUSES,
      handle: async ({ principal, params: { id }, body: { version: edited, ...roster } }) => {
        await assertThere(id);
        await assertRoster(roster, { receivers });
        return rosterOf(await rosters.update(causeOf(principal), id, edited, roster));
      },
    }),
    route({
      ...whole,
      method: 'post',
      path: '/v1/rosters/{id}/remove',
      summary: 'removes a roster; routes that name it tell nobody by it any more',
      params,
      body: z.strictObject({ version }),
      answer: { schema: z.strictObject({}) },
      refuses: REFUSES,
      handle: async ({ principal, params: { id }, body: { version: edited } }) => {
        await assertThere(id);
        await rosters.remove(causeOf(principal), id, edited);
        return {};
      },
    }),
    route({
      ...whole,
      method: 'post',
      path: '/v1/rosters/{id}/undo',
      summary: 'takes the last change of a roster back, a removal too; absent from the answer where it had been made',
      params,
      body: z.strictObject({ version: version.meta({ description: 'that the change made' }) }),
      answer: { schema: z.strictObject({ roster: keptRosterSchema.optional() }) },
      refuses: REFUSES,
      handle: async ({ principal, params: { id }, body: { version: made } }) => {
        const [last] = await rosters.history(id);
        if (last === undefined) throw new HttpError(404, 'no_such_roster', NO_ROSTER);
        if (last.before !== undefined) await assertRoster(keptAs(rosterSchema, last.before), { receivers });
        const { body, ...rest } = await rosters.undo(causeOf(principal, 'undone'), id, made);
        return body === undefined ? {} : { roster: rosterOf({ ...rest, body }) };
      },
    }),
  ];
}

const rosterOf = ({ id, version, body }: Document<Roster>): KeptRoster => ({ ...body, id, version });
