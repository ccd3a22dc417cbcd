/** People's HTTP of links to national databases: how those of a scope are doing, one over time, and all as a file. */
import {
  API,
  addDays,
  type Catalogue,
  type Link,
  linksAskedSchema,
  linksOf,
  linkTrendSchema,
  localDay,
  MOST_LINK_DAYS,
  owns,
  type Scope,
  startOfDay,
} from '@room/contract';
import type { LinkStore } from '@room/warehouse';
import { z } from 'zod';
import { type Route, route } from '../api/route.ts';
import { assertBegun } from '../begun.ts';
import { HttpError } from '../errors.ts';
import { type Asker, asQuestion, type Questions } from '../questions.ts';
import { type GiveTable, TAKEN } from '../table-file.ts';
import { grainOf, type LinkDays, pointsOfLink, standingOf, standingsOfLinks } from './standings.ts';
import { tableOfLinks } from './table.ts';

const DAYS = 7;
const TOO_MUCH = `from: more than ${MOST_LINK_DAYS} days before to`;
const NO_LINK = 'the catalogue has no such link, or it is none of your scope';
/** Links report each few minutes, and every wall asks the same. */
const SHARED_MS = 5_000;

export interface LinkRoutesOptions {
  store: Pick<LinkStore, 'latest' | 'days' | 'hours'>;
  catalogue: Catalogue;
  questions: Questions;
  give: GiveTable;
}

export function linkRoutes({ store, catalogue, questions, give }: LinkRoutesOptions): Route[] {
  const { timeZone } = catalogue;
  const daysOf = ({ from, to }: z.output<typeof linksAskedSchema>): LinkDays => {
    const at = Date.now();
    assertBegun('from', from, timeZone);
    const last = to ?? localDay(at, timeZone);
    const first = from ?? addDays(last, 1 - DAYS);
    if (first > last) throw new HttpError(400, 'bad_request', 'from: not after to');
    if (first < addDays(last, 1 - MOST_LINK_DAYS)) throw new HttpError(422, 'too_much', TOO_MUCH);
    return { from: first, to: last, at };
  };
  const theirs = (scope: Scope): Link[] =>
    [...linksOf(catalogue).values()].filter((link) => owns(scope, 'link', link.id));
  /** The same is read for everybody, and told of a scope. */
  const read = ({ from, to }: LinkDays, asker: Asker) =>
    asQuestion(
      questions,
      asker,
      `links ${from} ${to}`,
      async (signal) => ({ latest: await store.latest(signal), days: await store.days(from, to, signal) }),
      SHARED_MS,
    );
  const all = async (asked: LinkDays, scope: Scope, asker: Asker) => {
    const { latest, days } = await read(asked, asker);
    return standingsOfLinks(theirs(scope), latest, days, asked, catalogue);
  };
  return [
    route({
      method: 'get',
      path: '/v1/links',
      summary: 'links of your scope to national databases: state now, and over some days what passed and failed',
      right: 'view',
      isOnWalls: true,
      query: API['/v1/links'].query,
      answer: { schema: API['/v1/links'].answer },
      refuses: { 422: TOO_MUCH },
      handle: ({ principal: { scope }, query, asker }) => all(daysOf(query), scope, asker),
    }),
    route({
      method: 'get',
      path: '/v1/links.csv',
      summary: 'the same as CSV',
      right: 'view',
      query: linksAskedSchema.extend({ lang: z.enum(['vi', 'en']).default('vi') }),
      answer: { type: 'text/csv; charset=utf-8', schema: z.string() },
      refuses: { 422: TOO_MUCH, ...TAKEN },
      handle: (call) => {
        const { principal, query, asker } = call;
        return give(call, 'links', async () =>
          tableOfLinks(await all(daysOf(query), principal.scope, asker), query.lang, catalogue),
        );
      },
    }),
    route({
      method: 'get',
      path: '/v1/links/{id}',
      summary: 'one link over time, by hour or by day; what nobody reported is absent',
      right: 'view',
      params: z.strictObject({ id: z.string().max(129).meta({ description: 'as population.34-01' }) }),
      query: linksAskedSchema,
      answer: { schema: linkTrendSchema },
      refuses: { 404: NO_LINK, 422: TOO_MUCH },
      handle: async ({ principal: { scope }, params: { id }, query, asker }) => {
        const link = theirs(scope).find((each) => each.id === id);
        if (link === undefined) throw new HttpError(404, 'no_such_link', NO_LINK);
        const asked = daysOf(query);
        const { latest, days } = await read(asked, asker);
        const own = days.get(id) ?? new Map();
        const grain = grainOf(asked);
        const of = { database: link.database.id, party: link.party.id };
        const [from, to] = [startOfDay(asked.from, timeZone), startOfDay(addDays(asked.to, 1), timeZone)];
        const hours =
          grain === 'day'
            ? new Map()
            : await asQuestion(
                questions,
                asker,
                `link ${id} ${from} ${to}`,
                (signal) => store.hours(of, from, to, signal),
                SHARED_MS,
              );
        return {
          ...standingOf(link, latest.get(id), own, asked, catalogue),
          from: asked.from,
          to: asked.to,
          grain,
          points: pointsOfLink(asked, own, hours, timeZone),
        };
      },
    }),
  ];
}
