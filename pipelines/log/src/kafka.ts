/** The log on Apache Kafka, through kafkajs. Everything that is particular to either stays in this file. */
import { randomUUID } from 'node:crypto';
import { TurnBudget, turn, within } from '@room/runtime';
import kafkajs, {
  type Admin,
  type Consumer,
  type EachBatchPayload,
  Kafka,
  type KafkaConfig,
  logLevel,
  Partitioners,
  type PartitionMetadata,
  type Producer,
} from 'kafkajs';
import { readAllCodecs } from './codecs/index.ts';
import { Membership } from './membership.ts';
import type { Batch, Committed, EventLog, Following, LogRecord, NewRecord, Subscription, TopicSpec } from './port.ts';
import { LogUnavailable } from './port.ts';
import { toRecord } from './record.ts';

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
/** A partition whose handling fails again and again waits for longer each time, up to this. */
const REDELIVERY_MOST_MS = 5_000;
/** Time between looks for records that nobody may read yet. */
const WITHHELD_LOOK_MS = 10_000;
const READ_UNCOMMITTED = 0;
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
  readonly #sending = new TurnBudget(SEND_RECORDS);
  readonly #withheld = new Map<string, { lookedAt: number; places: string }>();

  constructor(options: KafkaOptions) {
    this.#options = options;
    readAllCodecs();
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
    const admin = await this.#adminClient().catch((cause: Error) => {
      throw new Error(
        `cannot use Kafka at ${this.#options.brokers.join(',')} (${cause.message}); check that it runs, and KAFKA_BROKERS, ` +
          'KAFKA_SSL and what begins with KAFKA_SASL',
        { cause },
      );
    });
    const existing = new Set(await admin.listTopics());
    const missing = topics.filter((topic) => !existing.has(this.#name(topic.name)));
    if (missing.length > 0) await this.#create(admin, missing);
    const others = topics.map(({ name }) => this.#name(name)).filter((name) => existing.has(name));
    if (others.length > 0) await this.#lookAtTimes(admin, others);
    // A topic just made, here or by another process of the room, may have no leader yet.
    for (const topic of topics) await retried(() => admin.fetchTopicOffsets(this.#name(topic.name)), LEADER_TRIES);
  }

  /** "In the future" is judged by the log's time: of a topic that somebody else made that may be any producer's clock. */
  async #lookAtTimes(admin: Admin, topics: readonly string[]): Promise<void> {
    const resources = topics.map((name) => ({
      type: kafkajs.ConfigResourceTypes.TOPIC,
      name,
      configNames: ['message.timestamp.type'],
    }));
    // Who may not read a topic's settings goes without the warning.
    const described = await admin.describeConfigs({ resources, includeSynonyms: false }).catch(() => undefined);
    for (const { resourceName, configEntries } of described?.resources ?? [])
      if (configEntries.some(({ configValue }) => configValue === 'CreateTime'))
        this.#options.report(
          'warn',
          `topic ${resourceName} keeps its producers' times: set message.timestamp.type=LogAppendTime on it`,
        );
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
      // kafkajs nests its retries and can take half a minute to give up; what it stores after all is a repeat that counts once.
      await within(this.#send(topic, records), APPEND_TIMEOUT_MS, () => {
        throw new Error(`no answer from the brokers within ${APPEND_TIMEOUT_MS / 1_000} s`);
      });
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
          ...(headers === undefined ? {} : { headers: written(headers) }),
        })),
      });
    }
  }

  /** Waits, first come, first served, until this turn of the event loop has work left for so many records. */
  async #begin(records: number): Promise<void> {
    while (!this.#sending.fits(records)) await turn();
    this.#sending.take(records);
  }

  #consumer(groupId: string, holdMs?: number): Consumer {
    const { sessionTimeout, fetchBytes = 4 * 1024 * 1024 } = this.#options;
    return this.#kafka.consumer({
      groupId,
      sessionTimeout,
      heartbeatInterval: this.#beatMs,
      ...(holdMs === undefined ? {} : { rebalanceTimeout: holdMs }),
      maxWaitTimeInMs: 50,
      maxBytesPerPartition: fetchBytes,
      maxBytes: 2 * fetchBytes,
      allowAutoTopicCreation: false,
      retry: { initialRetryTime: 100, retries: 8, maxRetryTime: 2_000, restartOnFailure: async () => true },
    });
  }

  get #beatMs(): number {
    return Math.floor(this.#options.sessionTimeout / 4);
  }

  async #stateOf(groupId: string): Promise<string> {
    const admin = await this.#adminClient();
    const { groups } = await admin.describeGroups([groupId]);
    return groups[0]?.state ?? 'Dead';
  }

  async subscribe(subscription: Subscription): Promise<AsyncDisposable> {
    const topic = this.#name(subscription.topic);
    const groupId = this.#name(subscription.group);
    const { report, sessionTimeout } = this.#options;
    let assigned: Promise<void> = Promise.resolve();
    let owned: readonly number[] = [];
    let joins = 0;
    /** What comes next of each partition since the last join. */
    const next = new Map<number, number>();
    /** How often the handling of each partition failed since it last succeeded. */
    const failures = new Map<number, number>();
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
    /** kafkajs would go on behind what it handed over; go back to the last commit, as after a restart. */
    const redeliver = async (consumer: Consumer, payload: EachBatchPayload, error: Error): Promise<void> => {
      const { partition } = payload.batch;
      const failed = failures.get(partition) ?? 0;
      failures.set(partition, failed + 1);
      report('warn', `redelivering ${topic}/${partition}: ${error.message}`);
      subscription.redelivering(partition);
      next.delete(partition);
      // The others are read on meanwhile.
      const resume = payload.pause();
      const pause = Math.min(REDELIVERY_PAUSE_MS * 2 ** Math.min(failed, 16), REDELIVERY_MOST_MS);
      setTimeout(resume, pause).unref();
      const committed = (await this.#committed(groupId, topic)).get(partition);
      consumer.seek({ topic, partition, offset: String(committed?.offset ?? 0) });
    };
    const eachBatch = async (consumer: Consumer, payload: EachBatchPayload): Promise<void> => {
      const { batch } = payload;
      const { partition } = batch;
      const join = joins;
      const lost = (): boolean => joins !== join || payload.isStale() || !payload.isRunning();
      // Nothing else keeps the membership while this runs, and after an assignment earlier work may have to end first.
      // Who was asked to leave and hangs must not keep its partitions from its successor.
      const heartbeat = async (): Promise<void> => {
        if (membership.isOf(consumer)) await payload.heartbeat();
      };
      const beat = setInterval(() => void heartbeat().catch(() => undefined), this.#beatMs);
      try {
        await assigned;
        if (lost() || (await isOutdated(batch))) return;
        const delivered = { ...payload, heartbeat };
        await this.#deliver(delivered, subscription, groupId, consumer.commitOffsets.bind(consumer), lost);
        if (lost()) return;
        next.set(partition, Number(batch.lastOffset()) + 1);
        failures.delete(partition);
      } catch (error) {
        if (payload.isStale() || !payload.isRunning()) throw error;
        if (joins !== join) return;
        const regroup = regrouping(error);
        if (regroup !== undefined) throw regroup;
        await redeliver(consumer, payload, error as Error);
      } finally {
        clearInterval(beat);
      }
    };
    const membership = new Membership({
      topic,
      sessionTimeout,
      make: () => this.#consumer(groupId, subscription.holdMs),
      run: (consumer) =>
        consumer.run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          // While the warehouse takes the batch of one partition, the next one is being decided.
          partitionsConsumedConcurrently: 2,
          eachBatch: (payload) => eachBatch(consumer, payload),
        }),
      joined: (partitions) => {
        joins++;
        next.clear();
        failures.clear();
        owned = partitions;
        assigned = subscription.assigned(partitions);
        assigned.catch((error: Error) => report('warn', `cannot take ${topic}: ${error.message}`));
      },
      left: () => {
        joins++;
        owned = [];
        subscription.revoked();
      },
      state: () => this.#stateOf(groupId),
      report: (message) => report('warn', message),
    });
    const reader = closing(() => membership[Symbol.asyncDispose]());
    await started(membership);
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
    const { messages, partition, topic } = batch;
    // Control markers and aborted records are passed over without a message, so a batch may be empty and still move on.
    for (let at = 0, isLast = false; !isLast && !lost(); ) {
      const some = messages.slice(at, at + subscription.maxRecords);
      at += some.length;
      isLast = at >= messages.length;
      const records = some.map((message) => toRecord(partition, message));
      const next = isLast ? Number(batch.lastOffset()) + 1 : (records.at(-1)?.offset ?? 0) + 1;
      const view: Batch = {
        partition,
        records,
        next,
        committed: async () => (await this.#committed(groupId, topic)).get(partition),
        commit: async ({ offset, metadata }) => {
          if (lost()) throw new Error(`${topic}/${partition} was taken away`);
          await commitOffsets([{ topic, partition, offset: String(offset), metadata }]);
        },
        heartbeat,
        isStale: lost,
      };
      await subscription.handle(view);
      if (lost()) return;
      // resolveOffset is last-write-wins; batches of a partition come one after another, so this is the contiguous prefix.
      resolveOffset(String(next - 1));
      await heartbeat();
    }
  }

  async tail(topicName: string, back: number, handle: (record: LogRecord) => void): Promise<AsyncDisposable> {
    const topic = this.#name(topicName);
    const admin = await this.#adminClient();
    const { report } = this.#options;
    const next = new Map(
      (await admin.fetchTopicOffsets(topic)).map(({ partition, high, low }) => [
        partition,
        Math.max(Number(low), Number(high) - back),
      ]),
    );
    const position = (partition: number): number => next.get(partition) ?? 0;
    return this.#readAlone('tail', topic, position, (consumer) =>
      consumer.run({
        autoCommit: false,
        eachBatch: async ({ batch: { partition, messages } }) => {
          for (const message of messages) {
            const record = toRecord(partition, message);
            if (record.offset < position(partition)) continue;
            next.set(partition, record.offset + 1);
            try {
              handle(record);
            } catch (error) {
              report('warn', `passed over ${topic}/${partition}/${record.offset}: ${(error as Error).message}`);
            }
          }
        },
      }),
    );
  }

  async follow(
    topicName: string,
    from: ReadonlyMap<number, number>,
    handle: (records: readonly LogRecord[]) => Promise<void>,
  ): Promise<Following> {
    const topic = this.#name(topicName);
    const admin = await this.#adminClient();
    const { report } = this.#options;
    const lows = async (): Promise<Map<number, number>> =>
      new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, low }) => [partition, Number(low)]));
    const next = new Map(
      [...(await lows())].map(([partition, low]) => [partition, Math.max(low, from.get(partition) ?? 0)]),
    );
    const position = (partition: number): number => next.get(partition) ?? 0;
    const goTo = (consumer: Consumer, partition: number): void =>
      consumer.seek({ topic, partition, offset: String(position(partition)) });
    const eachBatch = async (consumer: Consumer, { batch, resolveOffset }: EachBatchPayload): Promise<void> => {
      const { partition } = batch;
      const { fetchedOffset } = batch as typeof batch & { fetchedOffset: string };
      // Fetched before the group was joined anew, or else what stood between was removed for its age.
      if (Number(fetchedOffset) > position(partition)) {
        next.set(partition, Math.max(position(partition), (await lows()).get(partition) ?? 0));
        if (Number(fetchedOffset) > position(partition)) return goTo(consumer, partition);
      }
      const records = batch.messages
        .map((message) => toRecord(partition, message))
        .filter(({ offset }) => offset >= position(partition));
      try {
        if (records.length > 0) await handle(records);
      } catch (error) {
        report('warn', `passed over ${topic}/${partition}: ${(error as Error).message}`);
      }
      next.set(partition, Math.max(position(partition), Number(batch.lastOffset()) + 1));
      resolveOffset(batch.lastOffset());
    };
    const reader = await this.#readAlone('follow', topic, position, (consumer) =>
      // Who resolves for himself is told of batches of markers and aborted records alone, too.
      consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: (payload) => eachBatch(consumer, payload),
      }),
    );
    return { position, [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose]() };
  }

  /** Reads a topic from where `position` says, by a group of its own that is gone with its reader. */
  async #readAlone(
    kind: 'tail' | 'follow',
    topic: string,
    position: (partition: number) => number,
    run: (consumer: Consumer) => Promise<void>,
  ): Promise<AsyncDisposable> {
    const admin = await this.#adminClient();
    const { report, sessionTimeout } = this.#options;
    const groupId = this.#name(`${kind}-${randomUUID()}`);
    const membership = new Membership({
      topic,
      sessionTimeout,
      make: () => this.#consumer(groupId),
      run,
      // The group commits nothing and would start from the beginning each time.
      joined: (partitions, consumer) => {
        for (const partition of partitions) consumer.seek({ topic, partition, offset: String(position(partition)) });
      },
      left: () => undefined,
      state: () => this.#stateOf(groupId),
      report: (message) => report('warn', message),
    });
    const reader = closing(async () => {
      await membership[Symbol.asyncDispose]();
      // It was made for this reader alone.
      await admin.deleteGroups([groupId]);
    });
    await started(membership);
    this.#readers.push(reader);
    return reader;
  }

  async ends(topicName: string): Promise<ReadonlyMap<number, number>> {
    const admin = await this.#adminClient();
    const offsets = await admin.fetchTopicOffsets(this.#name(topicName));
    return new Map(offsets.map(({ partition, high }) => [partition, Number(high)]));
  }

  partitionOf(key: string, partitions: number): number {
    return partitionOf(key, partitions);
  }

  /** Up to the last stable offset: what an open transaction holds back nobody can count yet. */
  async lag(topicName: string, group: string): Promise<ReadonlyMap<number, number>> {
    const topic = this.#name(topicName);
    const admin = await this.#adminClient();
    const [ends, committed] = await Promise.all([
      admin.fetchTopicOffsets(topic),
      this.#committed(this.#name(group), topic),
    ]);
    void this.#lookForWithheld(admin, topic).catch(() => undefined);
    return new Map(
      ends.map(({ partition, high, low }) => [
        partition,
        Math.max(0, Number(high) - Math.max(Number(low), committed.get(partition)?.offset ?? 0)),
      ]),
    );
  }

  /** A transaction that its producer left open holds back everything behind it, until the broker ends it. */
  async #lookForWithheld(admin: Admin, topic: string): Promise<void> {
    const before = this.#withheld.get(topic);
    const now = performance.now();
    if (before !== undefined && now - before.lookedAt < WITHHELD_LOOK_MS) return;
    this.#withheld.set(topic, { lookedAt: now, places: before?.places ?? '' });
    const [stable, all] = await Promise.all([
      admin.fetchTopicOffsets(topic),
      admin.fetchTopicOffsets(topic, { isolationLevel: READ_UNCOMMITTED }),
    ]);
    const held = all.flatMap(({ partition, high }) => {
      const from = Number(stable.find((end) => end.partition === partition)?.high ?? high);
      return Number(high) > from ? [{ partition, from, records: Number(high) - from }] : [];
    });
    const places = held.map(({ partition, from }) => `${partition}/${from}`).join();
    this.#withheld.set(topic, { lookedAt: now, places });
    // A transaction under way is ordinary; one that stands at the same place at the next look is told.
    if (places === '' || places !== before?.places) return;
    for (const { partition, from, records } of held)
      this.#options.report(
        'warn',
        `${topic}/${partition}: ${records} records from ${from} on wait for a producer to end its transaction; the broker ends it after its transaction.timeout.ms`,
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

async function started(membership: Membership): Promise<void> {
  try {
    await membership.start();
  } catch (error) {
    await membership[Symbol.asyncDispose]().catch(() => undefined);
    throw error;
  }
}

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

const written = (headers: NewRecord['headers'] & {}): Record<string, string | Buffer> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : Buffer.from(value)]),
  );

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

/**
 * Closes once, whoever asks first, and does not wait for brokers that are away or for a rebalance under way: the group does
 * without us all the same.
 */
function closing(close: () => Promise<void>): AsyncDisposable {
  let closed: Promise<void> | undefined;
  return {
    [Symbol.asyncDispose]: () => {
      closed ??= within(close(), LEAVE_MS);
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
