/** A way to a port of this machine that can swallow what goes through, both ways, without a word: new connections too. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export class Passage implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isSwallowing = false;

  private constructor(target: number) {
    this.#server = createServer((near) => {
      const far = connect(target, '127.0.0.1');
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from);
        from.on('error', () => to.destroy());
        from.once('close', () => {
          this.#sockets.delete(from);
          to.destroy();
        });
        from.on('data', (bytes) => {
          if (!this.#isSwallowing) to.write(bytes);
        });
      }
    });
  }

  static async to(target: number): Promise<Passage> {
    const passage = new Passage(target);
    passage.#server.listen(0, '127.0.0.1');
    await once(passage.#server, 'listening');
    return passage;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  swallow(): void {
    this.#isSwallowing = true;
  }

  /** What was swallowed stays lost, with the connections that it belonged to. */
  pass(): void {
    this.#isSwallowing = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
