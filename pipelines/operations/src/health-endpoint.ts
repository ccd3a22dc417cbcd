/** Where a process answers its operators: is it alive, can it do its job, what does it measure. Up from the first moment. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type Cause, isReady } from './cause.ts';
import { measureReadiness, type Registry } from './registry.ts';

export interface HealthEndpointOptions {
  /** What `/healthz` tells beside `ok`. Whatever it says, a process that answers is alive. */
  health: () => Record<string, unknown>;
  /** None but minor ones: the process can do its job. */
  causes: () => readonly Cause[];
}

const STARTING: Cause = {
  code: 'starting',
  reason: 'the process is starting',
  remedy: 'wait; its log says how far it is',
};
const STOPPING: Cause = {
  code: 'stopping',
  reason: 'the process was asked to end',
  remedy: 'none: another one takes over',
};

export class HealthEndpoint {
  readonly #registry: Registry;
  #options: HealthEndpointOptions = { health: () => ({}), causes: () => [STARTING] };

  constructor(registry: Registry) {
    this.#registry = registry;
    measureReadiness(registry, () => this.#causes());
  }

  /** The process has started: from now on these say how it does. */
  open(options: HealthEndpointOptions): void {
    this.#options = options;
  }

  /** The process is ending. */
  close(): void {
    this.#options = { ...this.#options, causes: () => [STOPPING] };
  }

  /** One of each code: parts of one process may say the same of each other. */
  #causes(): Cause[] {
    return [...new Map(this.#options.causes().map((cause) => [cause.code, cause])).values()];
  }

  /** Answers `/healthz` and `/readyz`, which anyone may ask; false where the request is for something else. */
  answers(request: IncomingMessage, response: ServerResponse): boolean {
    const path = pathOf(request);
    if (path !== '/healthz' && path !== '/readyz') return false;
    if (isRefused(request, response)) return true;
    if (path === '/healthz') send(response, 200, { ok: true, ...this.#options.health() });
    else {
      const causes = this.#causes();
      const ready = isReady(causes);
      send(response, ready ? 200 : 503, { ready, causes });
    }
    return true;
  }

  /** For a port that only operators reach: `/metrics` as well. */
  readonly listener: RequestListener = (request, response) => {
    if (this.answers(request, response)) return;
    if (pathOf(request) === '/metrics' && isRefused(request, response)) return;
    if (pathOf(request) === '/metrics') this.sendMetrics(response).catch(() => response.destroy());
    else send(response, 404, { error: { code: 'not_found', reason: 'here are /healthz, /readyz and /metrics' } });
  };

  /** Everything measured, in Prometheus' text format. From memory: a scrape asks neither log nor warehouse. */
  async sendMetrics(response: ServerResponse): Promise<void> {
    const text = await this.#registry.metrics();
    response.writeHead(200, { 'content-type': this.#registry.contentType, ...HEADERS }).end(text);
  }
}

const HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/** As other routes refuse another method. */
function isRefused({ method }: IncomingMessage, response: ServerResponse): boolean {
  if (method === 'GET' || method === 'HEAD') return false;
  response.setHeader('allow', 'GET, HEAD');
  const reason = `${method} is not taken here; this address takes GET and HEAD`;
  send(response, 405, { error: { code: 'method_not_allowed', reason } });
  return true;
}

const pathOf = (request: IncomingMessage): string => (request.url ?? '').split('?')[0] ?? '';

function send(response: ServerResponse, status: number, body: object): void {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...HEADERS })
    .end(JSON.stringify(body));
}
