/** Operators' HTTP: quarantined events listed, looked at, and replayed once their cause is mended. */
import { HEADERS, partitionKey, TOPICS } from '@room/contract';
import type { EventLog } from '@room/log';
import type { Quarantine, QuarantineContent, QuarantineFilter } from '@room/warehouse';
import express, { Router } from 'express';
import { operatorsOnly } from '../access/operator.ts';
import { HttpError } from '../errors.ts';

const LIST = 200;
const REPLAY = 1_000;

export function operatorRoutes(quarantine: Quarantine, log: Pick<EventLog, 'append'>, token: string): Router {
  const router = Router();

  router.use('/v1/operator', operatorsOnly(token));

  router.get('/v1/operator/quarantine', async (request, response) => {
    const cases = await quarantine.list(filterOf(request.query), LIST);
    response.json({ waiting: await quarantine.waiting(), cases });
  });

  router.get('/v1/operator/quarantine/:id', async (request, response) => {
    const [found] = await quarantine.contents({ quarantineId: request.params['id'] ?? '', all: true }, 1);
    if (found === undefined) throw new HttpError(404, 'no_such_case', 'no event in quarantine has this id');
    const { value, ...rest } = found;
    response.json({ ...rest, event: value.toString('utf8'), bytesBase64: value.toString('base64') });
  });

  router.post('/v1/operator/quarantine/replay', express.json(), async (request, response) => {
    const filter = filterOf((request.body ?? {}) as Record<string, unknown>);
    if (Object.keys(filter).length === 0)
      throw new HttpError(400, 'no_filter', 'say what to replay: quarantineId, source or code');
    const cases = await quarantine.contents(filter, REPLAY);
    const at = Date.now();
    await log.append(TOPICS.submissions, cases.map(replayed));
    // Older than any new verdict on the same bytes, which the log stamps at or after `at`: a case that fails again stays open.
    await quarantine.resolve(
      cases.map(({ quarantineId }) => quarantineId),
      at - 1,
    );
    response.json({ replayed: cases.length, more: cases.length === REPLAY });
  });
  return router;
}

/** The event as it came, without the verdict on it. */
function replayed({ value, headers, source, id, quarantineId }: QuarantineContent) {
  const { [HEADERS.verdict]: _verdict, [HEADERS.reason]: _reason, ...kept } = headers;
  let root = id || quarantineId;
  try {
    const { data } = JSON.parse(value.toString()) as { data?: { corrects?: unknown } };
    if (typeof data?.corrects === 'string') root = data.corrects;
  } catch {
    // Bytes that are no JSON are keyed by their case; they will be refused again, with the same reason.
  }
  return { key: partitionKey(source, root), value, headers: asTheyCame(kept) };
}

const asTheyCame = (headers: QuarantineContent['headers']): Record<string, string | Uint8Array> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : Buffer.from(value.base64, 'base64'),
    ]),
  );

function filterOf(query: Record<string, unknown>): QuarantineFilter {
  const filter: QuarantineFilter = {};
  for (const name of ['source', 'code', 'quarantineId'] as const) {
    const value = query[name];
    if (typeof value === 'string' && value !== '') filter[name] = value;
  }
  if (query['all'] === 'true') filter.all = true;
  return filter;
}
