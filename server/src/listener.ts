/** The HTTP server from the first moment to the last: answers while the room starts, and finishes what is under way when it ends. */
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';

export interface ListenerOptions {
  /** Answers what is asked of the process itself, whether or not the room has started; false for anything else. */
  answers: (...exchange: Parameters<RequestListener>) => boolean;
}

/** A sender that does not finish its body by then has no answer, and sends it again. */
const FINISH_MS = 2_000;
const LOOK_MS = 50;

export class Listener implements AsyncDisposable {
  readonly http: Server;
  // A browser whose request hangs would try again only after half a minute.
  #serve: RequestListener = unavailable('starting', 'the room is starting; try again in a second');
  readonly #underWay = new Set<ServerResponse>();

  constructor({ answers }: ListenerOptions) {
    this.http = createServer((request, response) => {
      this.#underWay.add(response);
      response.once('close', () => this.#underWay.delete(response));
      if (!answers(request, response)) this.#serve(request, response);
    });
  }

  /** The room has started: from now on this serves. */
  open(serve: RequestListener): void {
    this.#serve = serve;
  }

  /** Takes no further request, and resolves once those under way are answered. Sockets of walls are not its business. */
  async drain(): Promise<void> {
    this.#serve = unavailable('stopping', 'the room is stopping; try again in a few seconds');
    this.http.close();
    for (const response of this.#underWay) if (!response.headersSent) response.setHeader('connection', 'close');
    const until = performance.now() + FINISH_MS;
    do {
      this.http.closeIdleConnections();
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    } while (this.#underWay.size > 0 && performance.now() < until);
    this.http.closeAllConnections();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => void this.http.close(() => resolve()));
    this.http.closeAllConnections();
    await closed;
  }
}

const unavailable =
  (code: string, reason: string): RequestListener =>
  (_request, response) =>
    response
      .writeHead(503, { 'content-type': 'application/json', 'retry-after': '1', connection: 'close' })
      .end(JSON.stringify({ error: { code, reason } }));
