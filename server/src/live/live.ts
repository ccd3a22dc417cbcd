/** The walls' side of a server: follows the pulse, keeps rooms, and serves sockets. */
import type { IncomingMessage, Server } from 'node:http';
import { type Catalogue, type JoinAnswer, type Json, type Scope, type Snapshot, TOPICS } from '@room/contract';
import type { EventLog } from '@room/log';
import { type Reads, WallQueries } from '@room/warehouse';
import type { Actor } from '../access/principal.ts';
import type { Asker, Questions } from '../questions.ts';
import { Feed } from './feed.ts';
import type { Audience, LiveObserver } from './observer.ts';
import { Rooms } from './rooms.ts';
import { Sockets } from './sockets.ts';
import type { Watching } from './watching.ts';

export interface LiveOptions {
  http: Server;
  /** Version of the wall that this server carries. */
  build: string;
  catalogue: Catalogue;
  /** For past periods. */
  reads: Reads;
  questions: Questions;
  watching: Pick<Watching, 'seen' | 'heard' | 'isSettled'>;
  /** Who asks for a socket; rejects with the reason where it is refused. */
  admit: (request: IncomingMessage) => Promise<Actor>;
  /** Resolves when it is the turn of whoever asks for a socket. */
  turn: (request: IncomingMessage) => Promise<void>;
  /** Who somebody is by now whose socket was opened with this request. */
  admitAgain: (request: IncomingMessage, before: Actor) => Promise<Actor>;
  /** Told when somebody's rights changed, or a session ended. */
  onChanged: (hear: () => void) => () => void;
  observer: LiveObserver;
  report: (level: 'warn', message: string) => void;
}

/** A server reads back this far in the pulse topic; the pulse job repeats its full state more often. */
const PULSES_BACK = 120;

/** What only says that time passed or that nothing happened may wait for company. */
const changesNumbers = (patch: Json): boolean =>
  typeof patch === 'object' && patch !== null && ('total' in patch || 'statuses' in patch);

export class Live implements AsyncDisposable {
  readonly #watching: LiveOptions['watching'];
  readonly #feed: Feed;
  readonly #rooms: Rooms;
  readonly #sockets: Sockets;
  #following: AsyncDisposable | undefined;

  constructor(options: LiveOptions) {
    const { http, build, catalogue, reads, questions, watching, observer, report } = options;
    const { admit, turn, admitAgain, onChanged } = options;
    this.#watching = watching;
    this.#feed = new Feed(
      (delta) => {
        this.#sockets.broadcast(delta);
        if (this.current === undefined) return;
        observer.delivered(this.current.state, watching.isSettled && changesNumbers(delta.patch));
        watching.heard(this.current.state);
      },
      (days) => this.#rooms.changed(days),
      () => this.#rooms.changedAll(),
      report,
    );
    this.#rooms = new Rooms({
      catalogue,
      queries: new WallQueries(reads, catalogue.timeZone),
      questions,
      current: () => this.current,
      broadcast: (delta) => this.#sockets.broadcast(delta),
      viewers: (room) => this.#sockets.viewers(room),
      report: (message) => report('warn', message),
    });
    this.#sockets = new Sockets({
      http,
      build,
      find: (name) => this.#rooms.find(name),
      open: (room, scope, asker) => this.open(room, scope, asker),
      admit,
      turn,
      admitAgain,
      onChanged,
      failed: (message) => report('warn', message),
      dropped: (deltas) => observer.dropped(deltas),
      resynced: () => observer.resynced(),
    });
  }

  /** From now on what the pulse tells reaches the viewers. */
  async follow(log: Pick<EventLog, 'tail'>): Promise<void> {
    this.#following = await log.tail(TOPICS.pulse, PULSES_BACK, (record) => this.#feed.read(record));
  }

  /** The running day; undefined until the first full state. */
  get current(): Snapshot | undefined {
    return this.#feed.current;
  }

  /** Milliseconds since it was computed. */
  get ageMs(): number | undefined {
    return this.#feed.ageMs;
  }

  /** Alerts changed that are seen within the scopes for which `sees` holds: their viewers ask for them again. */
  tellAlerts(sees: (scope: Scope) => boolean): void {
    this.#sockets.tellAlerts(sees);
  }

  /** What walls show in turn changed, or was ordered. */
  tellScenes(): void {
    this.#sockets.tellScenes();
  }

  /** Open sockets. */
  get size(): number {
    return this.#sockets.size;
  }

  /** Ids of those that have one open. */
  screens(): ReadonlySet<string> {
    return this.#sockets.screens();
  }

  audience(): Audience {
    return this.#sockets.audience();
  }

  /** The snapshot of a room within a scope, or why there is none. Whoever asks first after a while waits for fresh numbers. */
  async open(room: string, scope: Scope, asker?: Asker): Promise<JoinAnswer> {
    await this.#watching.seen();
    return this.#rooms.open(room, scope, asker);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Not awaited: the log waits for its readers, and brokers that are away would cost their time twice.
    void this.#following?.[Symbol.asyncDispose]();
    await this.#sockets[Symbol.asyncDispose]();
    this.#rooms[Symbol.dispose]();
  }
}
