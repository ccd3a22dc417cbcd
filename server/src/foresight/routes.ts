/** What was foreseen, and how often such forecasts held: open to whoever may see the wall. */
import { type Catalogue, DIMENSIONS, dimensionsThat, METRICS } from '@room/contract';
import type { ForesightStore, Grain, SeriesName } from '@room/warehouse';
import { type Request, Router } from 'express';
import { HttpError } from '../errors.ts';
import { Busy, type Questions } from '../questions.ts';

const GRAINS: readonly Grain[] = ['hour', 'day'];

export interface ForesightRoutesOptions {
  store: Pick<ForesightStore, 'newest' | 'forecast'>;
  catalogue: Catalogue;
  questions: Questions;
}

export function foresightRoutes({ store, catalogue, questions }: ForesightRoutesOptions): Router {
  const router = Router();
  const codes: Readonly<Record<string, ReadonlySet<string>>> = {
    all: new Set(['']),
    ...Object.fromEntries(
      dimensionsThat(({ foreseen }) => foreseen !== undefined).map((dim) => [
        dim,
        new Set(DIMENSIONS[dim].members(catalogue).map(({ code }) => code)),
      ]),
    ),
  };

  router.get('/v1/calibration', async (request, response) => {
    const newest = await asQuestion(questions, request, 'calibration', (signal) => store.newest(signal));
    response.set('cache-control', 'no-store').json(newest?.calibration ?? []);
  });

  router.get('/v1/forecasts', async (request, response) => {
    const { grain, ...series } = asked(request, codes);
    const key = `forecast ${JSON.stringify([series, grain])}`;
    const found = await asQuestion(questions, request, key, (signal) =>
      store.forecast(series, grain, undefined, signal),
    );
    if (found === undefined)
      throw new HttpError(
        404,
        'no_forecast',
        `nothing was foreseen for ${series.dim} ${series.code} by ${grain} yet: its history is too short, or it is not shown on any screen`,
      );
    response.set('cache-control', 'no-store').json(found);
  });
  return router;
}

function asked(
  { query }: Request,
  codes: Readonly<Record<string, ReadonlySet<string>>>,
): SeriesName & { grain: Grain } {
  const given = (name: string, byDefault: string): string => {
    const value = query[name] ?? byDefault;
    if (typeof value !== 'string') throw bad(`${name} is given once`);
    return value;
  };
  const dim = given('dim', 'all');
  const known = Object.hasOwn(codes, dim) ? codes[dim] : undefined;
  if (known === undefined) throw bad(`dim is one of ${Object.keys(codes).join(', ')}`);
  const code = given('code', '');
  if (!known.has(code))
    throw bad(
      dim === 'all' ? 'the nation has no code; leave it out' : `the catalogue has no such ${dim}; code is its id`,
    );
  const metric = METRICS.find((name) => name === given('metric', 'submitted'));
  if (metric === undefined) throw bad(`metric is one of ${METRICS.join(', ')}`);
  const grain = GRAINS.find((name) => name === given('grain', 'hour'));
  if (grain === undefined) throw bad(`grain is one of ${GRAINS.join(', ')}`);
  return { dim, code, metric, grain };
}

const bad = (reason: string): HttpError => new HttpError(400, 'bad_request', reason);

async function asQuestion<T>(
  questions: Questions,
  { socket, res: response }: Request,
  key: string,
  read: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const gone = new AbortController();
  response?.once('close', () => gone.abort());
  try {
    return await questions.ask(key, read, { owner: socket, signal: gone.signal });
  } catch (cause) {
    if (cause instanceof Busy)
      throw new HttpError(503, 'busy', 'many questions wait at the moment; ask again in a second', 1, { cause });
    throw new HttpError(503, 'warehouse', 'the warehouse did not answer; ask again in a few seconds', 5, { cause });
  }
}
