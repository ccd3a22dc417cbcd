/** A wall without a screen: joins the running day, applies every delta, and remembers what it showed at each number. */
import { createHash } from 'node:crypto';
import { apply, type ClientToServer, type Delta, type ServerToClient, type WallState } from '@room/contract';
import { io, type Socket } from 'socket.io-client';
import { judge, type Position } from '../../web/src/stores/sequence.ts';

const TRY_AGAIN_MS = 500;

export class Viewer implements Disposable {
  readonly #socket: Socket<ServerToClient, ClientToServer>;
  #at: (Position & { state: WallState }) | undefined;
  #joining = false;
  #retry: NodeJS.Timeout | undefined;
  /** Fingerprints of the states by their number. */
  readonly shown = new Map<string, string>();
  /** Of them, those that came as deltas. */
  deltas = 0;

  constructor(url: string) {
    this.#socket = io(url, { transports: ['websocket'], forceNew: true, reconnectionDelayMax: 1_000 });
    this.#socket.on('connect', () => {
      this.#joining = false;
      this.#join();
    });
    this.#socket.on('delta', (delta) => this.#take(delta));
  }

  get state(): WallState | undefined {
    return this.#at?.state;
  }

  #join(): void {
    if (this.#joining || !this.#socket.connected) return;
    this.#joining = true;
    this.#socket.emit('join', 'now', (answer) => {
      this.#joining = false;
      if (answer.ok) this.#show(answer.snapshot);
      else this.#retry = setTimeout(() => this.#join(), TRY_AGAIN_MS);
    });
  }

  #take(delta: Delta): void {
    if (this.#joining || delta.room !== 'now') return;
    const verdict = judge(this.#at, delta);
    if (verdict === 'gap') this.#join();
    if (verdict !== 'apply' || this.#at === undefined) return;
    this.deltas++;
    this.#show({ epoch: delta.epoch, seq: delta.seq, state: apply(this.#at.state, delta.patch) });
  }

  #show(at: Position & { state: WallState }): void {
    this.#at = at;
    this.shown.set(numberOf(at), fingerprint(at.state));
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#retry);
    this.#socket.disconnect();
  }
}

export const numberOf = ({ epoch, seq }: Position): string => `${epoch} ${seq}`;

/** Equal for equal states, in whatever order their parts came. */
export const fingerprint = (state: WallState): string =>
  createHash('sha256')
    .update(
      JSON.stringify(state, (_, inner: unknown) =>
        typeof inner === 'object' && inner !== null && !Array.isArray(inner)
          ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
          : inner,
      ),
    )
    .digest('hex');
