/** Operators' HTTP: quarantined events listed, looked at, and replayed once their cause is mended. */
import {
  type Backlog,
  type Catalogue,
  decode,
  HEADERS,
  partitionKey,
  type QuarantineCase,
  type QuarantineList,
  type QuarantineContent as Shown,
  type Submission,
  TOPICS,
} from '@room/contract';
import type { EventLog, NewRecord } from '@room/log';
import type { Quarantine, QuarantineContent } from '@room/warehouse';
import { z } from 'zod';
import type { Remember } from '../access/remember.ts';
import { type Route, route } from '../api/route.ts';
import { shapeOf } from '../api/shape.ts';
import { HttpError } from '../errors.ts';
import { filterOf, listedSchema, replayedSchema } from './filter.ts';

const LIST = 200;
const REPLAY = 1_000;
const MOST_CAUSES = 100;

export interface OperatorOptions {
  quarantine: Quarantine;
  log: Pick<EventLog, 'append'>;
  catalogue: Catalogue;
  /** Hears what was appended past the gateway. */
  tail: { appended: (records: readonly NewRecord[]) => void };
  remember: Remember;
}

const count = z.number().int().nonnegative();
const members = {
  quarantineId: z.string(),
  portal: z.string(),
  source: z.string(),
  id: z.string(),
  topic: z.string(),
  partition: count,
  offset: count,
  receivedAt: z.iso.datetime(),
  code: z.string(),
  reason: z.string(),
  resolvedAt: z.iso.datetime().nullable(),
};
const caseSchema = shapeOf<QuarantineCase>()(members);
const contentSchema = shapeOf<Shown>()({
  ...members,
  headers: z.record(z.string(), z.union([z.string(), z.strictObject({ base64: z.string() })])).readonly(),
  event: z.string().meta({ description: 'its bytes, as UTF-8' }),
  bytesBase64: z.base64(),
});
const listSchema = shapeOf<QuarantineList>()({
  waiting: count.meta({ description: 'of all that may be seen' }),
  matching: count.meta({ description: 'of those that were asked for' }),
  causes: z
    .array(z.strictObject({ code: z.string(), source: z.string(), cases: count }))
    .readonly()
    .meta({ description: 'what waits, by why and whose, most first' }),
  cases: z.array(caseSchema).readonly(),
});

export function operatorRoutes({ quarantine, log, catalogue, tail, remember }: OperatorOptions): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/operator/quarantine',
      summary: `cases in quarantine, newest first, at most ${LIST}`,
      right: 'operate',
      query: listedSchema,
      badInput: 'bad_filter',
      answer: { schema: listSchema },
      handle: async ({ principal: { scope }, query }) => {
        const filter = filterOf(query);
        const [cases, matching, waiting, causes] = await Promise.all([
          quarantine.list(filter, LIST, scope),
          quarantine.count(filter, scope),
          quarantine.waiting(scope),
          quarantine.causes(MOST_CAUSES, scope),
        ]);
        return { waiting, matching, causes, cases };
      },
    }),
    route({
      method: 'get',
      path: '/v1/operator/quarantine/{id}',
      summary: 'one case with its bytes, headers and place in the log',
      right: 'operate',
      params: z.strictObject({ id: z.string() }),
      answer: { schema: contentSchema },
      refuses: { 404: 'no case has this id' },
      handle: async ({ principal: { scope }, params }) => {
        const [found] = await quarantine.contents({ quarantineId: params.id, all: true }, 1, scope);
        if (found === undefined) throw new HttpError(404, 'no_such_case', 'no event in quarantine has this id');
        const { value, ...rest } = found;
        return { ...rest, event: value.toString('utf8'), bytesBase64: value.toString('base64') };
      },
    }),
    route({
      method: 'post',
      path: '/v1/operator/quarantine/replay',
      summary: `sends cases through counting again, at most ${REPLAY}; what fails again is a new case`,
      right: 'operate',
      body: replayedSchema,
      badInput: 'bad_filter',
      answer: { schema: z.strictObject({ replayed: count, more: z.boolean() }) },
      handle: async ({ principal, body }) => {
        const filter = filterOf(body);
        const cases = await quarantine.contents(filter, REPLAY, principal.scope);
        const subject =
          filter.quarantineId ?? [filter.code, filter.source].filter((named) => named !== undefined).join(' ');
        if (cases.length > 0)
          await remember(principal, {
            action: 'quarantine.replayed',
            kind: 'quarantine',
            subject,
            after: { ...filter, cases: cases.length },
          });
        const at = Date.now();
        const records = cases.map((it) => replayed(it, catalogue));
        await log.append(TOPICS.submissions, records);
        tail.appended(records);
        // What fails again is a case of its own.
        await quarantine.resolve(
          cases.map(({ quarantineId }) => quarantineId),
          at,
        );
        return { replayed: cases.length, more: cases.length === REPLAY };
      },
    }),
  ];
}

/** The event as it came, without the verdict on it and without what ingest wrote on it, keyed by what it says of itself. */
function replayed({ value, headers, source, id, quarantineId }: QuarantineContent, catalogue: Catalogue): NewRecord {
  const { verdict, reason, moved, deferred } = HEADERS;
  const ours = new Set<string>([verdict, reason, moved, deferred]);
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !ours.has(name)));
  const texts = Object.fromEntries(
    Object.entries(kept).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
  const outcome = decode({ value, headers: texts, timestamp: Date.now() }, catalogue);
  const said = outcome.ok
    ? { source: outcome.event.source, rootId: rootOf(outcome.event) }
    : { source: outcome.source, rootId: outcome.rootId };
  // Bytes that say nothing are keyed by their case; they will be refused again, with the same reason.
  return {
    key: partitionKey(said.source ?? source, (said.rootId ?? id) || quarantineId),
    value,
    headers: asTheyCame(kept),
  };
}

const asTheyCame = (headers: QuarantineContent['headers']): Record<string, string | Uint8Array> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : Buffer.from(value.base64, 'base64'),
    ]),
  );

const rootOf = (event: Submission | Backlog): string =>
  (event.kind === 'submission' ? event.corrects : undefined) ?? event.id;
