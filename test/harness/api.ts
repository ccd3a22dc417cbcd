/** The room's own description of its API, and whether an answer is what it promises. */
import Ajv2020 from 'ajv/dist/2020.js';
import type { Room } from './room.ts';

export interface Parameter {
  in: 'query' | 'path';
  name: string;
  schema: { enum?: string[]; format?: string; maxLength?: number };
}

export interface Operation {
  method: 'get' | 'post';
  path: string;
  'x-right': string;
  security: Record<string, unknown[]>[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: { properties?: Record<string, unknown> } }> };
  responses: Record<string, { content: Record<string, unknown> }>;
}

export interface Api {
  document: Record<string, unknown>;
  operations: Operation[];
  /** What is wrong with an answer by the document; undefined where nothing is. */
  wrong(operation: Pick<Operation, 'method' | 'path'>, response: Response): Promise<string | undefined>;
}

const FORMATS = {
  date: /^\d{4}-\d{2}-\d{2}$/,
  'date-time': /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/,
  base64: /^[A-Za-z0-9+/]*={0,2}$/,
};

const pointer = (...steps: string[]): string =>
  `document#/${steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;

/** The same, where an object has what is described and nothing else, unless its description says otherwise: what is added is described. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const parts = Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, closed(part)]));
  const isObject = parts['type'] === 'object' && parts['properties'] !== undefined;
  return isObject ? { additionalProperties: false, ...parts } : parts;
}

export async function apiOf(room: Pick<Room, 'url'>): Promise<Api> {
  const document = (await (await fetch(`${room.url}/v1/openapi.json`)).json()) as Record<string, unknown>;
  const paths = document['paths'] as Record<string, Record<string, Omit<Operation, 'method' | 'path'>>>;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method, path }) as Operation),
  );
  const ajv = new Ajv2020({ strict: false, formats: FORMATS }).addSchema(closed(document) as object, 'document');
  return {
    document,
    operations,
    wrong: async ({ method, path }, response) => {
      const told = operations.find((it) => it.method === method && it.path === path);
      const { status } = response;
      const type = (response.headers.get('content-type') ?? '').replace(/;.*/, '');
      const text = await response.text();
      if (told?.responses[status]?.content[type] === undefined)
        return `${method} ${path} answers ${status} ${type}, of which the document knows nothing: ${text.slice(0, 200)}`;
      const schema = pointer('paths', path, method, 'responses', String(status), 'content', type, 'schema');
      const isJson = type.endsWith('json');
      if (ajv.validate({ $ref: schema }, isJson ? JSON.parse(text) : text)) return undefined;
      return `${method} ${path} ${status}: ${ajv.errorsText()}`;
    },
  };
}
