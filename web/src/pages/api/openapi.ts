/** What the room's OpenAPI document says of its reading addresses, and what is asked by it. Pure. */
import type { Session } from '@room/contract';

type Schema = Readonly<Record<string, unknown>>;

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
}

interface Described {
  operationId: string;
  summary: string;
  'x-right': string;
  parameters?: readonly Parameter[];
  responses: Readonly<Record<string, { description: string; content?: Readonly<Record<string, { schema?: Schema }>> }>>;
}

export interface ApiDocument {
  paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  components?: { schemas?: Readonly<Record<string, Schema>> };
}

export interface Field {
  name: string;
  isInPath: boolean;
  isNeeded: boolean;
  description: string | undefined;
  /** Where only these can be said. */
  choices: readonly string[] | undefined;
}

export interface Reading {
  id: string;
  path: string;
  summary: string;
  right: string;
  fields: readonly Field[];
  /** Of the answer, with what it refers to. */
  schema: Schema | undefined;
  refusals: readonly { status: string; when: string }[];
}

const choicesOf = (schema: Schema | undefined): string[] | undefined => {
  const listed = schema?.['enum'];
  return Array.isArray(listed) ? listed.map(String) : undefined;
};

const fieldOf = ({ name, in: place, required, description, schema }: Parameter): Field => ({
  name,
  isInPath: place === 'path',
  isNeeded: required === true,
  description: description ?? (schema?.['description'] as string | undefined),
  choices: choicesOf(schema),
});

/** Everything that is read by GET, in the order of the addresses. */
export function readingsIn({ paths }: ApiDocument): Reading[] {
  return Object.entries(paths)
    .flatMap(([path, { get }]) => {
      if (get === undefined) return [];
      const [good] = Object.entries(get.responses).filter(([status]) => status.startsWith('2'));
      const [content] = Object.values(good?.[1].content ?? {});
      return [
        {
          id: get.operationId,
          path,
          summary: get.summary,
          right: get['x-right'],
          fields: (get.parameters ?? []).filter((one) => one.in === 'path' || one.in === 'query').map(fieldOf),
          schema: content?.schema,
          refusals: Object.entries(get.responses).flatMap(([status, { description }]) =>
            status >= '400' ? [{ status, when: description }] : [],
          ),
        },
      ];
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Whether somebody with these rights is answered; what one's scope leaves of the answer the server says. */
export const mayRead = ({ right }: Reading, session: Pick<Session, 'rights' | 'kind'> | undefined): boolean =>
  right === 'public' ||
  (right === 'codes' && (session?.rights.length ?? 0) > 0) ||
  (right === 'self' && session?.kind === 'person') ||
  session?.rights.some((one) => one === right) === true;

/** Names of schemas that a schema refers to, each once, it and those that they refer to. */
export function schemasOf(schema: Schema | undefined, { components }: ApiDocument): Record<string, Schema> {
  const found: Record<string, Schema> = {};
  const look = (text: string): void => {
    for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      const named = components?.schemas?.[name];
      if (named === undefined || Object.hasOwn(found, name)) continue;
      found[name] = named;
      look(JSON.stringify(named));
    }
  };
  look(JSON.stringify(schema ?? {}));
  return found;
}

/** The address that is asked; undefined while something that it needs is not said. */
export function addressFor({ path, fields }: Reading, said: Readonly<Record<string, string>>): string | undefined {
  if (fields.some(({ name, isNeeded }) => isNeeded && (said[name] ?? '') === '')) return undefined;
  const whole = fields
    .filter(({ isInPath }) => isInPath)
    .reduce((address, { name }) => address.replace(`{${name}}`, encodeURIComponent(said[name] ?? '')), path);
  const query = new URLSearchParams(
    fields.flatMap(({ name, isInPath }) => {
      const value = said[name] ?? '';
      return isInPath || value === '' ? [] : [[name, value] as [string, string]];
    }),
  ).toString();
  return query === '' ? whole : `${whole}?${query}`;
}

/** For a POSIX shell, which has the token in a variable: a secret stands in no command. */
export const curlOf = (origin: string, address: string): string =>
  `curl '${`${origin}${address}`.replaceAll("'", '%27')}' \\\n  -H "authorization: Bearer $TOKEN"`;
