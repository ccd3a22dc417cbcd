/** Operators' HTTP: quarantined events listed, looked at, and replayed once their cause is mended. */
import { type Backlog, type Catalogue, decode, HEADERS, partitionKey, type Submission, TOPICS } from '@room/contract';
import type { EventLog, NewRecord } from '@room/log';
import type { Quarantine, QuarantineContent, QuarantineFilter } from '@room/warehouse';
import express, { Router } from 'express';
import { operatorsOnly } from '../access/operator.ts';
import { HttpError } from '../errors.ts';
import { type Asked, listFilter, replayFilter } from './filter.ts';

const LIST = 200;
const REPLAY = 1_000;

export interface OperatorOptions {
  quarantine: Quarantine;
  log: Pick<EventLog, 'append'>;
  catalogue: Catalogue;
  token: string;
  /** Hears what was appended past the gateway. */
  tail: { appended: (records: readonly NewRecord[]) => void };
}

export function operatorRoutes({ quarantine, log, catalogue, token, tail }: OperatorOptions): Router {
  const router = Router();

  router.use('/v1/operator', operatorsOnly(token));

  router.get('/v1/operator/quarantine', async (request, response) => {
    const cases = await quarantine.list(filterOf(listFilter(request.query)), LIST);
    response.json({ waiting: await quarantine.waiting(), cases });
  });

  router.get('/v1/operator/quarantine/:id', async (request, response) => {
    const [found] = await quarantine.contents({ quarantineId: request.params['id'] ?? '', all: true }, 1);
    if (found === undefined) throw new HttpError(404, 'no_such_case', 'no event in quarantine has this id');
    const { value, ...rest } = found;
    response.json({ ...rest, event: value.toString('utf8'), bytesBase64: value.toString('base64') });
  });

  router.post('/v1/operator/quarantine/replay', express.json(), async (request, response) => {
    const cases = await quarantine.contents(filterOf(replayFilter(request.body)), REPLAY);
    const at = Date.now();
    const records = cases.map((it) => replayed(it, catalogue));
    await log.append(TOPICS.submissions, records);
    tail.appended(records);
    // What fails again is a case of its own.
    await quarantine.resolve(
      cases.map(({ quarantineId }) => quarantineId),
      at,
    );
    response.json({ replayed: cases.length, more: cases.length === REPLAY });
  });
  return router;
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

function filterOf(asked: Asked): QuarantineFilter {
  if ('filter' in asked) return asked.filter;
  throw new HttpError(400, 'bad_filter', `nothing was done: ${asked.wrong}`);
}
