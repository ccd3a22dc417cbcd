/** Portals that post batches, in a process of its own. They behave: a batch is sent again until it is accepted, after Retry-After. */
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { answering } from './child.ts';

export interface Posting {
  url: string;
  /** Portals by source; senders share them in turn. */
  keys: { source: string; key: string }[];
  senders: number;
  /** Events a request. */
  batch: number;
  seconds: number;
  /** Events a second of all senders together; without it each sends its next batch as soon as the last one was taken. */
  rate?: number;
  /** Set before every id, so that no two runs share one. */
  prefix: string;
  /** Instead of the room's address: a peer that takes the same requests. */
  path?: string;
}

export interface Posted {
  /** Events answered by 202. */
  accepted: number;
  /** Requests by status. */
  statuses: Record<string, number>;
  /** Seconds asked for by Retry-After, the largest. */
  retryAfter: number;
  /** Time from request to answer of what was accepted, milliseconds. */
  delays: Float64Array;
  /** Until the last batch was accepted, seconds. */
  took: number;
  /** Of the batches that were accepted: all ids are `prefix-sender-batch-event`. */
  batches: { sender: number; batches: number }[];
}

const TROUBLE_WAIT_MS = 1_000;

interface Answer {
  status: number;
  retryAfter: number | undefined;
  body: string;
}

/** The same dossier but for its id: a portal's own work is not measured. */
function bodyOf(source: string, ids: readonly string[], occurredAt: string): string {
  const tail = `,"source":${JSON.stringify(source)},"type":"submission.counted","data":{"procedure":"DV01","agency":"MPS","province":"01","channel":2,"status":1,"count":1,"occurredAt":"${occurredAt}"}}`;
  const events = ids.map((id) => `{"specversion":"1.0","id":"${id}"${tail}`);
  return events.length === 1 ? (events[0] ?? '') : `[${events.join(',')}]`;
}

async function post(agent: Agent, url: string, key: string, isBatch: boolean, body: string): Promise<Answer> {
  const outgoing = request(url, {
    agent,
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': isBatch ? 'application/cloudevents-batch+json' : 'application/cloudevents+json',
      'content-length': Buffer.byteLength(body),
    },
  });
  outgoing.end(body);
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  incoming.setEncoding('utf8');
  let text = '';
  for await (const piece of incoming) text += piece as string;
  const asked = incoming.headers['retry-after'];
  return {
    status: incoming.statusCode ?? 0,
    retryAfter: asked === undefined ? undefined : Number(asked) * 1_000,
    body: text,
  };
}

export const handlers = {
  post: async (given: Posting): Promise<Posted> => {
    const { url, keys, senders, batch, seconds, rate, prefix, path = '/v1/events' } = given;
    const agent = new Agent({ keepAlive: true, maxSockets: senders });
    const statuses: Posted['statuses'] = {};
    const delays: number[] = [];
    let accepted = 0;
    let retryAfter = 0;
    const began = performance.now();
    const until = began + seconds * 1_000;
    const every = rate === undefined ? 0 : (1_000 * batch * senders) / rate;

    /** Resolves when the batch was accepted. */
    const deliver = async (source: string, key: string, ids: readonly string[]): Promise<void> => {
      const body = bodyOf(source, ids, new Date().toISOString());
      for (;;) {
        const asked = performance.now();
        const answer = await post(agent, `${url}${path}`, key, ids.length > 1, body).catch(() => undefined);
        const status = answer === undefined ? 'no answer' : String(answer.status);
        statuses[status] = (statuses[status] ?? 0) + 1;
        if (answer?.status === 202) {
          if (/"result":"(duplicate|quarantined)"/.test(answer.body) && statuses['no answer'] === undefined)
            throw new Error(`a new event was not accepted: ${answer.body.slice(0, 300)}`);
          delays.push(performance.now() - asked);
          accepted += ids.length;
          return;
        }
        if (answer !== undefined && answer.status !== 429 && answer.status !== 503)
          throw new Error(`the answer was ${answer.status}: ${answer.body.slice(0, 300)}`);
        const wait = answer?.retryAfter ?? TROUBLE_WAIT_MS;
        retryAfter = Math.max(retryAfter, wait / 1_000);
        await sleep(wait);
      }
    };

    const run = async (sender: number): Promise<number> => {
      const { source, key } = keys[sender % keys.length] ?? { source: '', key: '' };
      // Portals do not send in step.
      let next = began + (every * sender) / senders;
      let batches = 0;
      for (;;) {
        const now = performance.now();
        if (rate !== undefined) {
          // A portal that was made to wait has its turns behind it: it goes on with the next one.
          if (next < now) next += Math.ceil((now - next) / every) * every;
          if (next >= until) return batches;
          await sleep(next - now);
        } else if (now >= until) return batches;
        await deliver(
          source,
          key,
          Array.from({ length: batch }, (_, event) => `${prefix}-${sender}-${batches}-${event}`),
        );
        batches++;
      }
    };
    const counts = await Promise.all(Array.from({ length: senders }, (_, sender) => run(sender)));
    agent.destroy();
    return {
      accepted,
      statuses,
      retryAfter,
      delays: Float64Array.from(delays).sort(),
      took: (performance.now() - began) / 1_000,
      batches: counts.map((batches, sender) => ({ sender, batches })),
    };
  },
};

answering(handlers);
