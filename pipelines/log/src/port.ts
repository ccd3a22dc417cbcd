/**
 * The event log as the room sees it: topics of partitions of numbered records, durable when `append` resolves.
 * Two implementations keep this promise: Kafka and an embedded one on LMDB.
 */
export interface LogRecord {
  partition: number;
  /** Position in the partition. Below 2^53, so a number holds it exactly. */
  offset: number;
  /** When the log took the record, milliseconds since 1970 UTC. */
  timestamp: number;
  value: Buffer;
  headers: Readonly<Record<string, string>>;
  /** Headers whose bytes are no UTF-8, in base64 by name; a name that is none stands as `base64:` and its own base64. */
  opaque?: Readonly<Record<string, string>>;
  /** Why the log could not read the record, which then has the bytes that could be had; it cannot be counted. */
  unreadable?: string;
}

export interface NewRecord {
  /** Records of one key keep their order and meet in one partition. */
  key: string;
  /** Where the record is to stand, whatever its key says. */
  partition?: number;
  value: Uint8Array | string;
  headers?: Readonly<Record<string, string | Uint8Array>>;
}

export interface Committed {
  /** The next record to count. */
  offset: number;
  /** Kept with the offset; ingest stores its pending range here. */
  metadata: string;
}

/** Consecutive records of one partition, handed to one member of the group at a time. */
export interface Batch {
  partition: number;
  /** May be empty: what the log passes over (control markers, aborted and compacted records) still moves the position. */
  records: readonly LogRecord[];
  /** Everything before this offset has been read: the position to commit once all before it is done. */
  next: number;
  /** Offset and metadata stored for the group, undefined where nothing was. */
  committed(): Promise<Committed | undefined>;
  /** Fails when the partition has meanwhile gone to another member. */
  commit(position: Committed): Promise<void>;
  /** Keeps the membership during long work. */
  heartbeat(): Promise<void>;
  /** True once the partition was taken away: stop without another write. */
  isStale(): boolean;
}

/** Lets a small batch wait for company before it is handed over. */
export interface Collecting {
  /** For how many more milliseconds these records may wait, 0 for not at all; asked again when more came. Throws never. */
  waitMs(records: readonly LogRecord[]): number;
  /** Has `listener` called when `waitMs` would answer otherwise than it did; returns how to call that off. */
  onHurry(listener: () => void): () => void;
}

export interface Subscription {
  topic: string;
  group: string;
  /** Asked by a log that can wait without holding up anything else, the embedded one; Kafka's hands over what it fetched. */
  collecting?: Collecting;
  /** At most this many records come in one batch. */
  maxRecords: number;
  /** Longest time that a handler under way keeps its partition from others who join, in milliseconds; one minute if not given. */
  holdMs?: number;
  /** Called before the first batch of an assignment; whatever was known of partitions and commits is void. */
  assigned(partitions: readonly number[]): Promise<void>;
  revoked(): void;
  /** The partition's records come again from the last commit, as its handler threw; bookkeeping about it alone is void. */
  redelivering(partition: number): void;
  handle(batch: Batch): Promise<void>;
}

/** Reads a topic on without a group's say. */
export interface Following extends AsyncDisposable {
  /** Everything of the partition before this offset was handed over and handled. */
  position(partition: number): number;
}

export interface TopicSpec {
  name: string;
  partitions: number;
  /** Milliseconds that records are kept; undefined keeps them for ever. */
  retention?: number;
  /** What this group has not committed is kept whatever its age, where the log can tell (Kafka cannot). */
  group?: string;
}

export interface EventLog extends AsyncDisposable {
  /** Creates what is missing; an existing topic is left as it is. */
  prepare(topics: readonly TopicSpec[]): Promise<void>;
  /** Resolves when every record is durable; rejects with `LogUnavailable` when the log cannot promise that. */
  append(topic: string, records: readonly NewRecord[]): Promise<void>;
  subscribe(subscription: Subscription): Promise<AsyncDisposable>;
  /** Follows a one-partition topic without a group: the last `back` records, then every new one, in order. */
  tail(topic: string, back: number, handle: (record: LogRecord) => void): Promise<AsyncDisposable>;
  /**
   * Follows every partition without a group: from `from`, or from the first record of a partition that is missing there, to the
   * end and then every new record; in order within a partition. A handler that throws is reported, and its records are passed over.
   */
  follow(
    topic: string,
    from: ReadonlyMap<number, number>,
    handle: (records: readonly LogRecord[]) => Promise<void>,
  ): Promise<Following>;
  /** The offset behind the last record that can be read now, by partition: each partition of the topic is there. */
  ends(topic: string): Promise<ReadonlyMap<number, number>>;
  /** In which of so many partitions the records of a key meet. */
  partitionOf(key: string, partitions: number): number;
  /** What `group` has committed, by partition; partitions without a commit are missing. */
  committed(topic: string, group: string): Promise<ReadonlyMap<number, Committed>>;
  /** Records that can be read and are not yet committed by `group`, by partition. */
  lag(topic: string, group: string): Promise<ReadonlyMap<number, number>>;
  /** Live members of `group` in any process, our own ones too. */
  members(group: string): Promise<number>;
  /** Sum of the lag. */
  pending(topic: string, group: string): Promise<number>;
}

/** The log cannot make records durable now; the caller may try again later. */
export class LogUnavailable extends Error {
  readonly code = 'log_unavailable';
  readonly canRetry = true;
  constructor(cause: unknown) {
    super(`the event log cannot store records: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
