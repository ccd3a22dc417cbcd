/** What tools say of themselves, held against what they answer. */
import { API, LEVELS, type SeriesForecastAnswer } from '@room/contract';
import { expect, it } from 'vitest';
import { type Route, route } from '../../../server/src/api/route.ts';
import { type Asking, Reader } from '../../../server/src/mcp/reader.ts';
import { toolsOf } from '../../../server/src/mcp/tools.ts';
import { catalogue } from '../../web/room.ts';

const START = Date.parse('2026-11-18T17:00:00Z');
/** As the row tells it: for each level the lows of all steps, then the highs of all steps. */
const FORESEEN: SeriesForecastAnswer = {
  dim: 'agency',
  code: 'A',
  metric: 'submitted',
  grain: 'hour',
  madeAt: START - 1_000,
  knownTo: START - 2_000,
  start: START,
  mean: [100, 200],
  bounds: [90, 190, 110, 210, 80, 180, 120, 220, 70, 170, 130, 230],
};

const row = (path: keyof typeof API, answer: () => SeriesForecastAnswer): Route =>
  route({
    method: 'get',
    path,
    summary: '',
    right: 'view',
    query: API['/v1/forecasts'].query,
    answer: { schema: API['/v1/forecasts'].answer },
    handle: answer,
  });
const tools = (foreseen: SeriesForecastAnswer) =>
  toolsOf(
    new Reader(
      (['/v1/query', '/v1/explain', '/v1/evidence', '/v1/forecasts'] as const).map((path) => row(path, () => foreseen)),
    ),
    catalogue,
  );
const asking = { principal: { rights: new Set(['view', 'analyse']) } } as unknown as Asking;
async function told(name: string, given: Record<string, unknown>, foreseen = FORESEEN): Promise<unknown> {
  const tool = tools(foreseen).find((one) => one.name === name);
  return JSON.parse(JSON.stringify(await tool?.answer(given, asking)));
}

it('a forecast has with each step when it is, what is expected, and between which bounds for each level, in their order', async () => {
  const answered = await told('forecasts', { dim: 'agency', code: 'A' });
  expect(answered).toMatchObject({
    about: { asOf: new Date(FORESEEN.knownTo).toISOString(), levels: LEVELS },
    answer: {
      steps: [
        {
          at: '2026-11-18T17:00:00.000Z',
          expected: 100,
          bounds: [
            [90, 110],
            [80, 120],
            [70, 130],
          ],
        },
        {
          at: '2026-11-18T18:00:00.000Z',
          expected: 200,
          bounds: [
            [190, 210],
            [180, 220],
            [170, 230],
          ],
        },
      ],
    },
  });
  expect(LEVELS).toHaveLength(3);
});

it('steps of days are local days', async () => {
  const answered = await told('forecasts', { grain: 'day' }, { ...FORESEEN, grain: 'day' });
  expect(answered).toMatchObject({ answer: { steps: [{ at: '2026-11-19' }, { at: '2026-11-20' }] } });
});

it('the catalogue lists as it says: what is measured and how many there are, or the members of one dimension', async () => {
  expect(Object.keys((await told('catalogue', {})) as object)).toEqual(['definitions', 'dimensions']);
  expect(await told('catalogue', { dimension: 'province' })).toMatchObject({
    dimension: 'province',
    members: catalogue.provinces.map(({ id, label }) => ({ code: id, label })),
  });
  expect(await told('catalogue', { dimension: 'province' })).not.toHaveProperty('groups');
  expect(await told('catalogue', { dimension: 'service' })).toMatchObject({
    groups: [{ code: 'essential', label: { en: 'Essential services (1 of 53 counted)' }, members: ['s1'] }],
  });
});
