/** The table of routes as an OpenAPI 3.1 document. */
import { setImmediate as turn } from 'node:timers/promises';
import {
  OpenAPIRegistry,
  OpenApiGeneratorV31,
  type ResponseConfig,
  type RouteConfig,
} from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import type { RouteRight } from '../access/principal.ts';
import { Encoded } from './encoded.ts';
import { type Route, route } from './route.ts';

const JSON_TYPE = 'application/json';

type OpenApi = ReturnType<OpenApiGeneratorV31['generateDocument']>;
type SecurityScheme = Parameters<OpenAPIRegistry['registerComponent']>[2];

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
const session = {
  name: 'session',
  scheme: { type: 'apiKey', in: 'cookie', name: 'room-session', description: 'of a person who signed in at /sign-in' },
} as const;
const PORTAL_KEY = 'portalKey';
const READING_TOKEN: { name: string; scheme: SecurityScheme } = {
  name: 'readingToken',
  scheme: { type: 'http', scheme: 'bearer', description: 'of a person’s program, which they make at /account' },
};
const SCHEMES: { [R in RouteRight]?: { name: string; scheme: SecurityScheme } } = {
  submit: {
    name: PORTAL_KEY,
    scheme: { type: 'http', scheme: 'bearer', description: 'the key of a portal, made by `npm run portal-key`' },
  },
  operate: { name: 'operatorToken', scheme: { type: 'http', scheme: 'bearer', description: "the operator's token" } },
  answer: session,
  direct: session,
  administer: session,
  self: session,
};

/** `routes`, and the one that describes them all, itself included. */
export function withDocument(routes: readonly Route[]): Route[] {
  let document: Promise<Encoded<{ openapi: string }>> | undefined;
  const described: Route[] = [
    ...routes,
    route({
      method: 'get',
      path: '/v1/openapi.json',
      summary: 'this document',
      right: 'public',
      answer: { isKept: true, schema: z.looseObject({ openapi: z.string() }) },
      handle: () => {
        document ??= documentOf(described).then((made) => Encoded.value<{ openapi: string }>(made));
        return document;
      },
    }),
  ];
  return described;
}

/** One route in a turn of the event loop: together they take most of a second, and whoever asks first is anybody. */
export async function documentOf(routes: readonly Route[]): Promise<OpenApi> {
  const parts: OpenApi[] = [];
  for (const each of routes) {
    parts.push(partOf(each));
    await turn();
  }
  const [first] = parts;
  if (first === undefined) throw new Error('there is no route to be described');
  const paths: NonNullable<OpenApi['paths']> = {};
  for (const part of parts)
    for (const [path, methods] of Object.entries(part.paths ?? {})) paths[path] = { ...paths[path], ...methods };
  const schemas = Object.fromEntries(parts.flatMap(({ components }) => Object.entries(components?.schemas ?? {})));
  return { ...first, paths, components: { ...first.components, schemas } };
}

function partOf(row: Route): OpenApi {
  const registry = new OpenAPIRegistry();
  for (const { name, scheme } of new Set([...Object.values(SCHEMES), READING_TOKEN]))
    registry.registerComponent('securitySchemes', name, scheme);
  registry.registerPath(pathOf(row));
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

function pathOf(row: Route): RouteConfig {
  const { method, path, summary, right, imports, params, query, body, reads, answer, refuses } = row;
  const scheme = SCHEMES[right];
  const content = reads === undefined ? body && { [JSON_TYPE]: { schema: body } } : mapped(reads);
  const { status = 200, type = JSON_TYPE, otherTypes = [], schema } = answer;
  const types = [type, ...otherTypes].map((each) => each.replace(/;.*/, ''));
  const refused: Record<number, string> = {
    ...((query ?? body ?? params) ? { 400: 'the input is not what the route takes; the reason names it' } : {}),
    ...(body === undefined ? {} : { 415: 'the body is of another type than JSON' }),
    ...refusalsOf(row, scheme?.name),
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
    security: [
      ...securityOf(right, scheme?.name),
      // Of one that was made for such rows.
      ...(imports === undefined ? [] : [{ [READING_TOKEN.name]: [] }]),
    ],
    request: {
      ...(params && { params }),
      ...(query && { query }),
      ...(content && { body: { content, required: reads !== undefined } }),
    },
    responses: {
      [status]: { description: summary, content: Object.fromEntries(types.map((each) => [each, { schema }])) },
      ...(answer.isKept === true || answer.isTagged === true
        ? { 304: { description: 'it still is what If-None-Match names' } }
        : {}),
      ...Object.fromEntries(Object.entries(refused).map(([code, when]) => [code, refusal(when)])),
    },
  };
}

/** Where a room shows it to whoever reaches it nothing is asked for; elsewhere a person or a program of theirs shows who they are. */
function securityOf(right: RouteRight, scheme: string | undefined): Record<string, string[]>[] {
  if (right === 'public') return [];
  if (scheme !== undefined) return [{ [scheme]: [] }];
  const readers = [{}, { [session.name]: [] }, { [READING_TOKEN.name]: [] }];
  return right === 'codes' ? [...readers, { [PORTAL_KEY]: [] }] : readers;
}

/** What whoever asks is told where they may not, whatever they ask. */
function refusalsOf({ method, right, isWhole }: Route, scheme: string | undefined): Record<number, string> {
  const signedIn = 'nobody who has the right is signed in';
  const who =
    right === 'codes'
      ? `no valid ${PORTAL_KEY}, and ${signedIn}`
      : scheme === undefined
        ? signedIn
        : `no valid ${scheme}`;
  if (right === 'submit') return { 401: who };
  const why = [
    ...(right === 'self' ? ['by somebody who has no account'] : []),
    ...(right === 'public' || right === 'self'
      ? []
      : [right === 'codes' ? 'by somebody without any right' : `without the right to ${right}`]),
    ...(isWhole === true ? ['by whoever may see a part of the room only'] : []),
    ...(method === 'get' ? [] : ["by a page that is not the room's own"]),
  ];
  return {
    401: right === 'public' ? 'a reading token was shown that is none, or not any more' : who,
    ...(why.length === 0 ? {} : { 403: `asked ${why.join(', or ')}` }),
    421: "the Host is not the room's",
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
