/** The table of routes as an OpenAPI 3.1 document. */
import {
  OpenAPIRegistry,
  OpenApiGeneratorV31,
  type ResponseConfig,
  type RouteConfig,
} from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import type { Right } from '../access/access.ts';
import { Encoded } from './encoded.ts';
import { type Route, route } from './route.ts';

const JSON_TYPE = 'application/json';

const errorSchema = z
  .strictObject({
    error: z.strictObject({
      code: z.string().meta({ description: 'for programs' }),
      reason: z.string().meta({ description: 'for people, with the remedy' }),
      numbers: z
        .record(z.string(), z.number())
        .optional()
        .meta({ description: 'what the reason says in numbers, where it is worded in other languages' }),
    }),
  })
  .meta({ id: 'Error' });

/** How whoever has a right shows it; without one nothing is asked for. */
const SCHEMES: { [R in Right]?: { name: string; description: string } } = {
  submit: { name: 'portalKey', description: 'the key of a portal, made by `npm run portal-key`' },
  operate: { name: 'operatorToken', description: "the operator's token" },
};

/** `routes`, and the one that describes them all, itself included. */
export function withDocument(routes: readonly Route[]): Route[] {
  let bytes: Encoded<{ openapi: string }> | undefined;
  const described: Route[] = [
    ...routes,
    route({
      method: 'get',
      path: '/v1/openapi.json',
      summary: 'this document',
      right: 'public',
      answer: { isKept: true, schema: z.looseObject({ openapi: z.string() }) },
      handle: () => {
        bytes ??= Encoded.value(documentOf(described));
        return bytes;
      },
    }),
  ];
  return described;
}

export function documentOf(routes: readonly Route[]): { openapi: string } {
  const registry = new OpenAPIRegistry();
  for (const { name, description } of Object.values(SCHEMES))
    registry.registerComponent('securitySchemes', name, { type: 'http', scheme: 'bearer', description });
  for (const each of routes) registry.registerPath(pathOf(each));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Operations room',
      version: '1',
      description:
        'Instants are milliseconds since 1970 UTC or texts of RFC 3339; a value that is not known is absent.',
    },
    servers: [{ url: '/' }],
  });
}

function pathOf({ method, path, summary, right, params, query, body, reads, answer, refuses }: Route): RouteConfig {
  const scheme = SCHEMES[right];
  const content = reads === undefined ? body && { [JSON_TYPE]: { schema: body } } : mapped(reads);
  const { status = 200, type = JSON_TYPE, schema } = answer;
  const refused: Record<number, string> = {
    ...((query ?? body ?? params) ? { 400: 'the input is not what the route takes; the reason names it' } : {}),
    ...(scheme === undefined ? { 421: "the Host is not the room's" } : { 401: `no valid ${scheme.name}` }),
    500: 'something failed inside the room',
    503: 'the room starts or ends, or is busy; ask again after Retry-After',
    ...refuses,
  };
  return {
    method,
    path,
    summary,
    operationId: idOf(method, path),
    'x-right': right,
    security: scheme === undefined ? [] : [{ [scheme.name]: [] }],
    request: {
      ...(params && { params }),
      ...(query && { query }),
      ...(content && { body: { content, required: reads !== undefined } }),
    },
    responses: {
      [status]: { description: summary, content: { [type.replace(/;.*/, '')]: { schema } } },
      ...Object.fromEntries(Object.entries(refused).map(([code, when]) => [code, refusal(when)])),
    },
  };
}

/** As a name in code: `getOperatorBackupName`. */
const idOf = (method: string, path: string): string =>
  [
    method,
    ...(path.replace(/^\/v1/, '').match(/[a-z]+/gi) ?? []).map((word) => word.charAt(0).toUpperCase() + word.slice(1)),
  ].join('');

const refusal = (description: string): ResponseConfig => ({
  description,
  content: { [JSON_TYPE]: { schema: errorSchema } },
});

const mapped = (schemas: Readonly<Record<string, object>>): Record<string, { schema: object }> =>
  Object.fromEntries(Object.entries(schemas).map(([type, schema]) => [type, { schema }]));
