/** The document that describes the room is made for whoever asks first, who may be anybody: others go on meanwhile. */
import { keptSilenceSchema } from '@room/contract';
import { expect, it } from 'vitest';
import { documentOf } from '../../../server/src/api/document.ts';
import { route } from '../../../server/src/api/route.ts';

const of = (method: 'get' | 'post', path: `/v1/${string}`) =>
  route({
    method,
    path,
    summary: path,
    right: 'view',
    answer: { schema: keptSilenceSchema },
    handle: () => Promise.reject(new Error('nobody asks it')),
  });

it('is made one route in a turn of the event loop, and says of each what all together say', async () => {
  let turns = 0;
  let isOver = false;
  const look = (): void => {
    turns++;
    if (!isOver) setImmediate(look);
  };
  setImmediate(look);
  const document = (await documentOf([of('get', '/v1/a'), of('post', '/v1/a'), of('get', '/v1/b')])) as unknown as {
    paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
    components: { schemas: object; securitySchemes: object };
  };
  isOver = true;
  expect(turns).toBeGreaterThanOrEqual(3);
  expect(Object.entries(document.paths).map(([path, methods]) => [path, Object.keys(methods)])).toEqual([
    ['/v1/a', ['get', 'post']],
    ['/v1/b', ['get']],
  ]);
  expect(Object.keys(document.components.schemas)).toEqual(expect.arrayContaining(['Error', 'Silence']));
  expect(document.paths['/v1/b']?.['get']?.responses['200']).toMatchObject({
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Silence' } } },
  });
});
