/** The log on Apache Kafka, through kafkajs. Everything that is particular to either stays in this file. */
import { randomUUID } from 'node:crypto';
import {
  type Admin,
  type EachBatchPayload,
  type IHeaders,
  Kafka,
  type KafkaConfig,
  type KafkaMessage,
  logLevel,
  Partitioners,
  type PartitionMetadata,
  type Producer,
} from 'kafkajs';
import type { Batch, Committed, EventLog, Following, LogRecord, NewRecord, Subscription, TopicSpec } from './port.ts';
import { LogUnavailable } from './port.ts';

export interface KafkaOptions {
  brokers: string[];
  ssl?: boolean;
  sasl?: { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string };
  /** Set before every topic and group name, so that rooms can share a cluster. */
  prefix: string;
  replicationFactor: number;
  /** Milliseconds after which the partitions of a member that died go to another. */
  sessionTimeout: number;
  /** Most bytes of one fetch; 4 MiB where nothing is given. */
  fetchBytes?: number;
  /** What kafkajs reports, already graded: it calls ordinary retries errors. */
  report: (level: 'debug' | 'warn', message: string) => void;
}

/** kafkajs logs as errors what it then retries with success: a starting coordinator, a moved leader, a closed socket. */
const RETRIED =
  /coordinator|not the leader|rebalanc|Connection (error|timeout)|closed connection|ECONNREFUSED|Request Heartbeat|Request \w+\(|crash/i;

const REGROUPING = new Set(['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID']);

const APPEND_TIMEOUT_MS = 8_000;
const SEND_BYTES = 900_000;
/** kafkajs writes a request in one go, some 10 us a record: so many in one turn of the event loop, whoever sends them. */
const SEND_RECORDS = 100;
/** What a record takes beside its texts: lengths, offset, time. */
const RECORD_BYTES = 64;
const REDELIVERY_PAUSE_MS = 250;
const LEAVE_MS = 2_000;
const LEADER_TRIES = 40;

export class KafkaLog implements EventLog {
  readonly #kafka: Kafka;
  readonly #options: KafkaOptions;
  /** What reads, and what it reads and answers through: closed in this order. */
  readonly #readers: AsyncDisposable[] = [];
  readonly #clients: AsyncDisposable[] = [];
  #producer: Promise<Producer> | undefined;
  #admin: Promise<Admin> | undefined;
  /** Records that began to be sent in this turn of the event loop. */
  #begun = 0;
  #nextTurn: Promise<void> | undefined;

  constructor(options: KafkaOptions) {
    this.#options = options;
    const config: KafkaConfig = {
      clientId: 'operations-room',
      brokers: options.brokers,
      connectionTimeout: 3_000,
      requestTimeout: 15_000,
      retry: { initialRetryTime: 100, retries: 8, maxRetryTime: 5_000 },
      logLevel: logLevel.WARN,
      logCreator:
        () =>
        ({ level, log }) => {
          const message = `kafka: ${log.message}${log['error'] === undefined ? '' : `: ${String(log['error'])}`}`;
          options.report(level <= logLevel.WARN && !RETRIED.test(message) ? 'warn' : 'debug', message);
        },
      ...(options.ssl === true ? { ssl: true } : {}),
    };
    if (options.sasl !== undefined) config.sasl = options.sasl as NonNullable<KafkaConfig['sasl']>;
    this.#kafka = new Kafka(config);
  }

  #name(name: string): string {
    return `${this.#options.prefix}${name}`;
  }

  #connected<T extends { connect(): Promise<void>; disconnect(): Promise<void> }>(client: T): Promise<T> {
    this.#clients.push(closing(() => client.disconnect()));
    return client.connect().then(() => client);
  }

  #adminClient(): Promise<Admin> {
    this.#admin ??= this.#connected(this.#kafka.admin()).catch((error: unknown) => {
      this.#admin = undefined;
      throw error;
    });
    return this.#admin;
  }

  #producerClient(): Promise<Producer> {
    this.#producer ??= this.#connected(
      // Not idempotent on purpose: after retries that ran out, kafkajs goes on with a broken sequence. What a retry stores
      // twice is the same event twice, which ingest counts once by its id whoever sent it again.
      this.#kafka.producer({
        allowAutoTopicCreation: false,
        createPartitioner: Partitioners.DefaultPartitioner,
        retry: { initialRetryTime: 100, retries: 4, maxRetryTime: 2_000 },
      }),
    ).catch((error: unknown) => {
      this.#producer = undefined;
      throw error;
    });
    return this.#producer;
  }

  async prepare(topics: readonly TopicSpec[]): Promise<void> {
    const admin = await this.#adminClient();
    const existing = new Set(await admin.listTopics());
    const missing = topics.filter((topic) => !existing.has(this.#name(topic.name)));
    if (missing.length > 0) await this.#create(admin, missing);
    // A topic just made, here or by another process of the room, may have no leader yet.
    for (const topic of topics) await retried(() => admin.fetchTopicOffsets(this.#name(topic.name)), LEADER_TRIES);
  }

  async #create(admin: Admin, missing: readonly TopicSpec[]): Promise<void> {
    await admin
      .createTopics({
        waitForLeaders: true,
        topics: missing.map((topic) => ({
          topic: this.#name(topic.name),
          numPartitions: topic.partitions,
          replicationFactor: this.#options.replicationFactor,
          configEntries: [
            { name: 'retention.ms', value: String(topic.retention ?? -1) },
            // When the log took a record is for the broker to say: a portal that produces itself may have a wrong clock.
            { name: 'message.timestamp.type', value: 'LogAppendTime' },
          ],
        })),
      })
      .catch((error: unknown) => {
        // Two processes of the room may start together; the other one's topics are as good.
        if (!/already exists/i.test(String(error))) throw error;
      });
  }

  async append(topic: string, records: readonly NewRecord[]): Promise<void> {
    if (records.length === 0) return;
    try {
      await withinTime(this.#send(topic, records), APPEND_TIMEOUT_MS);
    } catch (cause) {
      throw new LogUnavailable(cause);
    }
  }

  async #send(topic: string, records: readonly NewRecord[]): Promise<void> {
    const producer = await this.#producerClient();
    for (const piece of inPieces(records)) {
      await this.#begin(piece.length);
      await producer.send({
        topic: this.#name(topic),
        acks: -1,
        timeout: APPEND_TIMEOUT_MS,
        messages: piece.map(({ key, partition, value, headers }) => ({
          key,
          ...(partition === undefined ? {} : { partition }),
          value: typeof value === 'string' ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength),
          ...(headers === undefined ? {} : { headers: { ...headers } }),
        })),
      });
    }
  }

  /** Waits, first come, first served, until this turn of the event loop has work left for so many records. */
  async #begin(records: number): Promise<void> {
    while (this.#begun > 0 && this.#begun + records > SEND_RECORDS) await this.#nextTurn;
    if (this.#begun === 0)
      this.#nextTurn = new Promise((resolve) => {
        setImmediate(() => {
          this.#begun = 0;
          resolve();
        });
      });
    this.#begun += records;
  }

  async subscribe(subscription: Subscription): Promise<AsyncDisposable> {
    const topic = this.#name(subscription.topic);
    const groupId = this.#name(subscription.group);
    const { fetchBytes = 4 * 1024 * 1024 } = this.#options;
    const heartbeatInterval = Math.floor(this.#options.sessionTimeout / 4);
    const consumer = this.#kafka.consumer({
      groupId,
      sessionTimeout: this.#options.sessionTimeout,
      heartbeatInterval,
      ...(subscription.holdMs === undefined ? {} : { rebalanceTimeout: subscription.holdMs }),
      maxWaitTimeInMs: 50,
      maxBytesPerPartition: fetchBytes,
      maxBytes: 2 * fetchBytes,
      allowAutoTopicCreation: false,
      retry: { initialRetryTime: 100, retries: 8, maxRetryTime: 5_000, restartOnFailure: async () => true },
    });
    let assigned: Promise<void> = Promise.resolve();
    let owned: readonly number[] = [];
    let joins = 0;
    /** What comes next of each partition since the last join. */
    const next = new Map<number, number>();
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      joins++;
      next.clear();
      owned = payload.memberAssignment[topic] ?? [];
      assigned = subscription.assigned(owned);
      assigned.catch(() => undefined);
    });
    /** kafkajs joins again when a leader moves, and then goes on handing over what it had fetched from other brokers before. */
    const isOutdated = async (batch: EachBatchPayload['batch']): Promise<boolean> => {
      if (!owned.includes(batch.partition)) return true;
      const { fetchedOffset } = batch as typeof batch & { fetchedOffset: string };
      const at = Number(fetchedOffset);
      if (at <= (next.get(batch.partition) ?? -1)) return false;
      const admin = await this.#adminClient();
      const [committed, offsets] = await Promise.all([this.#committed(groupId, topic), admin.fetchTopicOffsets(topic)]);
      const low = offsets.find(({ partition }) => partition === batch.partition)?.low;
      return at > Math.max(committed.get(batch.partition)?.offset ?? 0, Number(low ?? 0));
    };
    consumer.on(consumer.events.REBALANCING, () => subscription.revoked());
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    // Not awaited: joining takes a session timeout when a member of the group died just now, and the room serves meanwhile.
    const running = consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      // While the warehouse takes the batch of one partition, the next one is being decided.
      partitionsConsumedConcurrently: 2,
      eachBatch: async (payload) => {
        const { batch } = payload;
        const { partition } = batch;
        const join = joins;
        const lost = (): boolean => joins !== join || payload.isStale() || !payload.isRunning();
        // Nothing else keeps the membership while this runs, and after an assignment every counted key is read first.
        const beat = setInterval(() => void payload.heartbeat().catch(() => undefined), heartbeatInterval);
        try {
          await assigned;
          if (lost() || (await isOutdated(batch))) return;
          await this.#deliver(payload, subscription, groupId, consumer.commitOffsets.bind(consumer), lost);
          if (!lost()) next.set(partition, Number(batch.lastOffset()) + 1);
        } catch (error) {
          if (payload.isStale() || !payload.isRunning()) throw error;
          if (joins !== join) return;
          const regroup = regrouping(error);
          if (regroup !== undefined) throw regroup;
          // kafkajs would go on behind what it handed over; go back to the last commit, as after a restart.
          this.#options.report('warn', `redelivering ${topic}/${partition}: ${(error as Error).message}`);
          subscription.redelivering(partition);
          next.delete(partition);
          const committed = (await this.#committed(groupId, topic)).get(partition);
          consumer.seek({ topic, partition, offset: String(committed?.offset ?? 0) });
          await new Promise((resolve) => setTimeout(resolve, REDELIVERY_PAUSE_MS));
        } finally {
          clearInterval(beat);
        }
      },
    });
    running.catch((error: unknown) =>
      this.#options.report('warn', `cannot consume ${topic}: ${(error as Error).message}`),
    );
    const reader = closing(() => {
      subscription.revoked();
      return consumer.disconnect();
    });
    this.#readers.push(reader);
    return reader;
  }

  committed(topic: string, group: string): Promise<ReadonlyMap<number, Committed>> {
    return this.#committed(this.#name(group), this.#name(topic));
  }

  async #committed(groupId: string, topic: string): Promise<ReadonlyMap<number, Committed>> {
    const admin = await this.#adminClient();
    const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
    return new Map(
      (found?.partitions ?? [])
        .filter(({ offset }) => Number(offset) >= 0)
        .map(({ partition, offset, metadata }) => [partition, { offset: Number(offset), metadata: metadata ?? '' }]),
    );
  }

  async #deliver(
    payload: EachBatchPayload,
    subscription: Subscription,
    groupId: string,
    commitOffsets: (offsets: { topic: string; partition: number; offset: string; metadata: string }[]) => Promise<void>,
    lost: () => boolean,
  ): Promise<void> {
    const { batch, heartbeat, resolveOffset } = payload;
    for (let at = 0; at < batch.messages.length && !lost(); at += subscription.maxRecords) {
      const records = batch.messages
        .slice(at, at + subscription.maxRecords)
        .map((message) => toRecord(batch.partition, message));
      const view: Batch = {
        partition: batch.partition,
        records,
        committed: async () => (await this.#committed(groupId, batch.topic)).get(batch.partition),
        commit: async ({ offset, metadata }) => {
          if (lost()) throw new Error(`${batch.topic}/${batch.partition} was taken away`);
          await commitOffsets([{ topic: batch.topic, partition: batch.partition, offset: String(offset), metadata }]);
        },
        heartbeat,
        isStale: lost,
      };
      await subscription.handle(view);
      if (lost()) return;
      const last = records.at(-1);
      // resolveOffset is last-write-wins; batches of a partition come one after another, so this is the contiguous prefix.
      if (last !== undefined) resolveOffset(String(last.offset));
      await heartbeat();
    }
  }

  async tail(topicName: string, back: number, handle: (record: LogRecord) => void): Promise<AsyncDisposable> {
    const topic = this.#name(topicName);
    const admin = await this.#adminClient();
    const [end] = await admin.fetchTopicOffsets(topic);
    const from = Math.max(Number(end?.low ?? 0), Number(end?.high ?? 0) - back);
    const groupId = this.#name(`tail-${randomUUID()}`);
    const consumer = this.#kafka.consumer({
      groupId,
      sessionTimeout: this.#options.sessionTimeout,
      heartbeatInterval: Math.floor(this.#options.sessionTimeout / 4),
      maxWaitTimeInMs: 50,
      allowAutoTopicCreation: false,
      retry: { initialRetryTime: 100, retries: 8, maxRetryTime: 5_000, restartOnFailure: async () => true },
    });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    let next = from;
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ partition, message }) => {
        const record = toRecord(partition, message);
        // After a reconnect the group, which commits nothing, starts again further back.
        if (record.offset < next) return;
        next = record.offset + 1;
        handle(record);
      },
    });
    consumer.seek({ topic, partition: 0, offset: String(from) });
    const reader = closing(() => consumer.disconnect());
    this.#readers.push(reader);
    return reader;
  }

  async follow(
    topicName: string,
    from: ReadonlyMap<number, number>,
    handle: (records: readonly LogRecord[]) => Promise<void>,
  ): Promise<Following> {
    const topic = this.#name(topicName);
    const admin = await this.#adminClient();
    const lows = async (): Promise<Map<number, number>> =>
      new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, low }) => [partition, Number(low)]));
    const next = new Map(
      [...(await lows())].map(([partition, low]) => [partition, Math.max(low, from.get(partition) ?? 0)]),
    );
    const position = (partition: number): number => next.get(partition) ?? 0;
    const groupId = this.#name(`follow-${randomUUID()}`);
    const consumer = this.#kafka.consumer({
      groupId,
      sessionTimeout: this.#options.sessionTimeout,
      heartbeatInterval: Math.floor(this.#options.sessionTimeout / 4),
      maxWaitTimeInMs: 50,
      allowAutoTopicCreation: false,
      retry: { initialRetryTime: 100, retries: 8, maxRetryTime: 5_000, restartOnFailure: async () => true },
    });
    const goTo = (partition: number): void => consumer.seek({ topic, partition, offset: String(position(partition)) });
    // The group commits nothing and would start from the beginning each time.
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      for (const partition of payload.memberAssignment[topic] ?? []) goTo(partition);
    });
    // What holds markers and aborted records alone is passed over without a call.
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { partition, batchSize, lastOffset } }) => {
      if (batchSize === 0) next.set(partition, Math.max(position(partition), Number(lastOffset) + 1));
    });
    const eachBatch = async ({ batch }: EachBatchPayload): Promise<void> => {
      const { partition } = batch;
      const { fetchedOffset } = batch as typeof batch & { fetchedOffset: string };
      // Fetched before the group was joined anew, or else what stood between was removed for its age.
      if (Number(fetchedOffset) > position(partition)) {
        next.set(partition, Math.max(position(partition), (await lows()).get(partition) ?? 0));
        if (Number(fetchedOffset) > position(partition)) return goTo(partition);
      }
      const records = batch.messages
        .map((message) => toRecord(partition, message))
        .filter(({ offset }) => offset >= position(partition));
      try {
        if (records.length > 0) await handle(records);
      } catch (error) {
        this.#options.report('warn', `passed over ${topic}/${partition}: ${(error as Error).message}`);
      }
      next.set(partition, Math.max(position(partition), Number(batch.lastOffset()) + 1));
    };
    const reader = closing(() => consumer.disconnect());
    this.#readers.push(reader);
    const begun = async (): Promise<void> => {
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      await consumer.run({ autoCommit: false, eachBatch });
    };
    await begun().catch(async (error: unknown) => {
      await reader[Symbol.asyncDispose]();
      throw error;
    });
    return { position, [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose]() };
  }

  async ends(topicName: string): Promise<ReadonlyMap<number, number>> {
    const admin = await this.#adminClient();
    const offsets = await admin.fetchTopicOffsets(this.#name(topicName));
    return new Map(offsets.map(({ partition, high }) => [partition, Number(high)]));
  }

  partitionOf(key: string, partitions: number): number {
    return partitionOf(key, partitions);
  }

  async lag(topicName: string, group: string): Promise<ReadonlyMap<number, number>> {
    const topic = this.#name(topicName);
    const admin = await this.#adminClient();
    const [ends, committed] = await Promise.all([
      admin.fetchTopicOffsets(topic),
      this.#committed(this.#name(group), topic),
    ]);
    return new Map(
      ends.map(({ partition, high, low }) => [
        partition,
        Math.max(0, Number(high) - Math.max(Number(low), committed.get(partition)?.offset ?? 0)),
      ]),
    );
  }

  async members(group: string): Promise<number> {
    const admin = await this.#adminClient();
    const { groups } = await admin.describeGroups([this.#name(group)]);
    return groups.reduce((sum, { members }) => sum + members.length, 0);
  }

  async pending(topic: string, group: string): Promise<number> {
    let sum = 0;
    for (const records of (await this.lag(topic, group)).values()) sum += records;
    return sum;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const opened of [this.#readers, this.#clients])
      await Promise.all(opened.map((each) => each[Symbol.asyncDispose]()));
  }
}

const byKey = Partitioners.DefaultPartitioner();
/** The partitioner looks at no more of them than how many they are. */
const counted: PartitionMetadata[][] = [];

/** Where our own producer puts the records of a key. */
function partitionOf(key: string, partitions: number): number {
  if (partitions === 1) return 0;
  counted[partitions] ??= Array.from({ length: partitions }, (_, partitionId) => ({ ...NO_PARTITION, partitionId }));
  return byKey({ topic: '', partitionMetadata: counted[partitions], message: { key, value: null } });
}

const NO_PARTITION = { partitionErrorCode: 0, leader: 0, replicas: [], isr: [] };

/** Brokers refuse a batch of more than a mebibyte (`max.message.bytes`) whole, and all of a piece may go to one partition. */
function* inPieces(records: readonly NewRecord[]): Iterable<NewRecord[]> {
  let piece: NewRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = sizeOf(record);
    if (piece.length === SEND_RECORDS || (piece.length > 0 && bytes + size > SEND_BYTES)) {
      yield piece;
      piece = [];
      bytes = 0;
    }
    piece.push(record);
    bytes += size;
  }
  yield piece;
}

/** Upper bound: no character takes more than three bytes in UTF-8. */
function sizeOf({ key, value, headers = {} }: NewRecord): number {
  const texts = [key, ...Object.entries(headers).flat()].reduce((sum, text) => sum + 3 * text.length, RECORD_BYTES);
  return texts + (typeof value === 'string' ? Buffer.byteLength(value) : value.byteLength);
}

async function retried(work: () => Promise<unknown>, tries: number): Promise<void> {
  for (let left = tries; ; left--) {
    try {
      await work();
      return;
    } catch (error) {
      if (left <= 1) throw error;
      await new Promise((resolve) => setTimeout(resolve, REDELIVERY_PAUSE_MS));
    }
  }
}

/** kafkajs nests its retries and can take half a minute to give up; what it stores after all is a repeat that counts once. */
async function withinTime(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer from the brokers within ${ms / 1_000} s`)), ms);
  });
  work.catch(() => undefined);
  await Promise.race([work, limit]).finally(() => clearTimeout(timer));
}

/**
 * Closes once, whoever asks first, and does not wait for brokers that are away or for a rebalance under way: the group does
 * without us all the same.
 */
function closing(close: () => Promise<void>): AsyncDisposable {
  let closed: Promise<void> | undefined;
  const inTime = async (): Promise<void> => {
    const left = close();
    left.catch(() => undefined);
    await Promise.race([left, new Promise((resolve) => setTimeout(resolve, LEAVE_MS).unref())]);
  };
  return {
    [Symbol.asyncDispose]: () => {
      closed ??= inTime();
      return closed;
    },
  };
}

/** The group's own error inside `error`, if it is one: kafkajs joins again when it is thrown that, and reads from the commits. */
function regrouping(error: unknown): Error | undefined {
  for (let inner = error; inner instanceof Error; inner = inner.cause)
    if (REGROUPING.has((inner as Error & { type?: string }).type ?? '')) return inner;
  return undefined;
}

function toRecord(partition: number, message: KafkaMessage): LogRecord {
  return {
    partition,
    offset: Number(message.offset),
    timestamp: Number(message.timestamp),
    value: message.value ?? Buffer.alloc(0),
    headers: textHeaders(message.headers),
  };
}

function textHeaders(headers: IHeaders | undefined): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) result[name] = first.toString();
  }
  return result;
}
