/** Posts batches of events to a room's gateway: waits where the room asks to wait, stops where waiting cannot help. */
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Catalogue, catalogueSchema } from '@room/contract';
import { z } from 'zod';

const compress = promisify(gzip);
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;
const LONGEST_ASKED_WAIT = 300_000;

const resultSchema = z.object({
  id: z.string().nullable(),
  result: z.enum(['accepted', 'duplicate', 'quarantined']),
  code: z.string().optional(),
  reason: z.string().optional(),
});
const answerSchema = z.object({ results: z.array(resultSchema), simulated: z.boolean().optional() });
export type Result = z.infer<typeof resultSchema>;

/** Going on is useless; the message says what to do. */
export class Hopeless extends Error {}

/** The user asked to stop while a batch was waiting to be sent again. */
export class Stopped extends Error {}

export interface GatewayClient {
  url: string;
  key: string;
  /** Aborted: what is under way ends, nothing is tried again. */
  stop: AbortSignal;
  note(text: string): void;
}

/** Results in the order of `events`, which are texts of one JSON object each. */
export async function postBatch(gateway: GatewayClient, events: readonly string[]): Promise<Result[]> {
  const body = new Uint8Array(await compress(`[${events.join(',')}]`, { level: 1 }));
  for (let wait = FIRST_WAIT; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    const attempt = await post(gateway, body, events.length);
    if ('results' in attempt) {
      if (attempt.isTrial && !trials.has(gateway.url)) {
        trials.add(gateway.url);
        gateway.note(`${gateway.url} is a trial, whose numbers are made up: what is sent there counts in no real room`);
      }
      return attempt.results;
    }
    if (gateway.stop.aborted) throw new Stopped();
    const delay = attempt.retryAfter ?? wait;
    gateway.note(`${attempt.trouble}; trying again in ${Math.ceil(delay / 1_000)} s (Ctrl-C to stop)`);
    await sleep(delay, undefined, { signal: gateway.stop }).catch(() => {
      throw new Stopped();
    });
  }
}

/** The catalogue of the room at `url`; a room with accounts gives it to a portal's key. */
export async function fetchCatalogue(url: string, key: string | undefined): Promise<Catalogue> {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const answer = await fetch(`${url}/v1/catalogue`, { redirect: 'manual', headers }).catch((error: Error) => {
    throw new Hopeless(`${url} cannot be reached (${said(error)}): is the room running? --catalogue DIR needs none`);
  });
  if (answer.status === 401)
    throw new Hopeless(
      key === undefined
        ? `${url} gives its catalogue to a portal's key: add --key-file KEY, or take the catalogue's folder with --catalogue DIR`
        : `${url} does not know this key: check --key-file, or take the catalogue's folder with --catalogue DIR`,
    );
  const parsed = catalogueSchema.safeParse(await answer.json().catch(() => undefined));
  if (!answer.ok || !parsed.success)
    throw new Hopeless(`${url}/v1/catalogue answered ${answer.status} and no catalogue\n${remedy(404)}`);
  return parsed.data;
}

const said = (error: Error): string => (error.cause instanceof Error ? error.cause.message : error.message);

/** Those that have said so. */
const trials = new Set<string>();

type Attempt = { results: Result[]; isTrial: boolean } | { trouble: string; retryAfter?: number };

async function post(gateway: GatewayClient, body: Uint8Array<ArrayBuffer>, count: number): Promise<Attempt> {
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(`${gateway.url}/v1/events`, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        authorization: `Bearer ${gateway.key}`,
        'content-type': 'application/cloudevents-batch+json',
        'content-encoding': 'gzip',
      },
      body,
    });
    text = await answer.text();
  } catch (error) {
    return { trouble: `${gateway.url} cannot be reached (${said(error as Error)})` };
  }
  if (answer.status === 202) return resultsOf(text, count);
  const reply = text.replaceAll(/\s+/g, ' ').slice(0, 300);
  // 408: the room was held up, or the line; the same bytes count once.
  if (answer.status === 408 || answer.status === 429 || answer.status >= 500) {
    const retryAfter = waitAsked(answer.headers.get('retry-after'));
    return {
      trouble: `${gateway.url} answered ${answer.status} ${reply}`,
      ...(retryAfter === undefined ? {} : { retryAfter }),
    };
  }
  throw new Hopeless(`${gateway.url} answered ${answer.status}: ${reply}\n${remedy(answer.status)}`);
}

function resultsOf(text: string, count: number): { results: Result[]; isTrial: boolean } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  const parsed = answerSchema.safeParse(json);
  if (!parsed.success || parsed.data.results.length !== count)
    throw new Hopeless(`the answer to a batch is not that of a gateway: ${text.slice(0, 300)}\n${remedy(404)}`);
  return { results: parsed.data.results, isTrial: parsed.data.simulated === true };
}

function waitAsked(header: string | null): number | undefined {
  if (header === null) return undefined;
  const asked = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(asked) ? undefined : Math.min(Math.max(asked, 0), LONGEST_ASKED_WAIT);
}

function remedy(status: number): string {
  if (status === 401) return 'The key is not known to the room: check --key or --key-file, or issue a new key.';
  if (status === 403) return 'The key belongs to another portal: its source must be the `source` of the mapping.';
  if (status === 400 || status === 413 || status === 415)
    return 'The room does not understand the batch: is the import as new as the room?';
  return 'Check --url: it is the address of the room itself, without a path, for example http://127.0.0.1:3000.';
}
