/** What the page of the API makes of the room's own document. */
import { describe, expect, it } from 'vitest';
import { API } from '../../../../pipelines/contract/src/index.ts';
import { documentOf } from '../../../../server/src/api/document.ts';
import { type Route, route } from '../../../../server/src/api/route.ts';
import {
  type ApiDocument,
  addressFor,
  curlOf,
  mayRead,
  readingsIn,
  schemasOf,
} from '../../../../web/src/pages/api/openapi.ts';

const rows = [
  route({
    method: 'get',
    path: '/v1/query',
    summary: 'what was counted',
    right: 'analyse',
    query: API['/v1/query'].query,
    answer: { schema: API['/v1/query'].answer },
    handle: () => {
      throw new Error('nobody asks');
    },
  }),
] as unknown as Route[];
const made = (await documentOf(rows)) as unknown as ApiDocument;
const alertRow = {
  operationId: 'getAlerts',
  summary: 'one alert',
  'x-right': 'view',
  parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
  responses: { 200: { description: 'it' } },
};
const document: ApiDocument = {
  ...made,
  paths: { '/v1/told': { post: alertRow }, ...made.paths, '/v1/alerts/{id}': { get: alertRow } },
};
const [alert, query] = readingsIn(document);
if (alert === undefined || query === undefined) throw new Error('no readings');

it('lists what reads, and nothing that changes anything', () => {
  expect(readingsIn(document).map(({ path }) => path)).toEqual(['/v1/alerts/{id}', '/v1/query']);
});

it('knows what each takes, what of it is needed, and what may be said there', () => {
  const field = (name: string) => query.fields.find((each) => each.name === name);
  expect(field('from')).toMatchObject({ isNeeded: true, isInPath: false, description: 'first local day' });
  expect(field('grain')).toMatchObject({ isNeeded: false, choices: ['total', 'hour', 'day', 'month'] });
  expect(alert.fields).toMatchObject([{ name: 'id', isInPath: true, isNeeded: true }]);
});

it('has the schema of the answer with all that it refers to', () => {
  expect(Object.keys(schemasOf(query.schema, document))).toEqual(expect.arrayContaining(['QueryAnswer', 'Values']));
});

describe('an address', () => {
  it('is there once everything that is needed is said, and escapes it', () => {
    expect(addressFor(query, { from: '2026-11-01' })).toBeUndefined();
    expect(addressFor(query, { from: '2026-11-01', to: '2026-11-02', split: '', sort: 'a&b' })).toMatch(
      /^\/v1\/query\?(?=.*from=2026-11-01)(?=.*to=2026-11-02)(?=.*sort=a%26b)(?!.*split)/,
    );
    expect(addressFor(alert, { id: 'a/b?' })).toBe('/v1/alerts/a%2Fb%3F');
  });

  it('as a command it ends no quote, and has the token in a variable', () => {
    const command = curlOf('https://room', "/v1/query?from='; rm");
    expect(command).toBe(`curl 'https://room/v1/query?from=%27; rm' \\\n  -H "authorization: Bearer $TOKEN"`);
  });
});

it('who may be answered is known by their rights', () => {
  const may = (of: typeof alert, rights: readonly ('view' | 'analyse')[]) => mayRead(of, { rights, kind: 'person' });
  expect([may(alert, ['view']), may(query, ['view']), may(query, ['view', 'analyse'])]).toEqual([true, false, true]);
  expect(mayRead(alert, undefined)).toBe(false);
  expect(mayRead({ ...alert, right: 'public' }, undefined)).toBe(true);
});
