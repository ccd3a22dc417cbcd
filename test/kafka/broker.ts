/** One real Kafka broker (KRaft, broker and controller in one process) on loopback, for as long as a test needs it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { childEnv, config } from '../harness/config.ts';
import { Unavailable } from '../harness/need.ts';
import { ended, endProcess, freePort, guard, run } from '../harness/process.ts';
import { tempDir } from '../harness/temp.ts';
import { inTurn } from '../harness/turns.ts';
import { type Broker, untilAnswering } from './answering.ts';
import { startContainer } from './container.ts';
import { type Jars, kafkaJars } from './jars.ts';

const CLUSTER_ID = 'b3BlcmF0aW9ucy1yb29tMQ';

export type { Broker } from './answering.ts';

export interface BrokerOptions {
  /** A folder for data and log that outlives the broker; without it a temporary one. */
  dir?: string;
  port?: number;
}

/** A broker of the caller's own, which may be killed and restarted. Throws `Unavailable` where there can be none. */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  if (config.noKafka) throw new Unavailable('ROOM_TEST_NO_KAFKA is set');
  if (config.kafkaBrokers !== undefined) {
    throw new Unavailable('KAFKA_BROKERS is set, and a broker that is not ours cannot be stopped: unset it');
  }
  let jars: Jars;
  try {
    jars = await kafkaJars();
  } catch (error) {
    const container = error instanceof Unavailable ? await startContainer(options.port) : undefined;
    if (container === undefined) throw error;
    return container;
  }
  return inTurn(() => startProcess(jars, options));
}

async function startProcess(jars: Jars, options: BrokerOptions): Promise<Broker> {
  const temporary = options.dir === undefined ? await tempDir('kafka') : undefined;
  const dir = options.dir ?? temporary?.path ?? '';
  const port = options.port ?? (await freePort());
  const properties = join(dir, 'server.properties');
  const logFile = join(dir, 'broker.log');
  const brokers = `127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  let callOff = (): void => undefined;

  const java = (heap: string, main: string, ...args: string[]): string[] => [
    `-Xmx${heap}`,
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    `-Dlog4j2.configurationFile=${join(dir, 'log4j2.properties')}`,
    '-cp',
    jars.classpath,
    main,
    ...args,
  ];

  async function launch(): Promise<void> {
    const log = openSync(logFile, 'a');
    child = spawn(jars.java, java('512m', 'kafka.Kafka', properties), { stdio: ['ignore', log, log], env: childEnv() });
    closeSync(log);
    child.on('error', () => undefined);
    if (child.pid !== undefined) callOff = guard(child.pid, temporary?.path);
    await untilAnswering(brokers, child, logFile);
  }

  async function end(): Promise<void> {
    if (child === undefined) return;
    // A stopped process ends only once it may go on.
    child.kill('SIGCONT');
    await endProcess(child);
    callOff();
  }

  async function stop(): Promise<void> {
    await end();
    await temporary?.[Symbol.asyncDispose]();
  }

  try {
    await mkdir(dir, { recursive: true });
    await writeFile(properties, serverProperties(port, await freePort(), join(dir, 'data')));
    await writeFile(join(dir, 'log4j2.properties'), LOG4J);
    const format = java('128m', 'kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', properties, '-g');
    const formatted = await run(jars.java, format, { env: childEnv() });
    if (formatted.code !== 0) throw new Error(`Kafka's storage could not be formatted:\n${formatted.output}`);
    await launch();
  } catch (error) {
    await stop();
    throw error;
  }

  return {
    brokers,
    get pid() {
      return child?.pid;
    },
    async kill(signal) {
      if (child === undefined) return;
      child.kill(signal);
      if (signal === 'SIGSTOP' || signal === 'SIGCONT') return;
      await ended(child);
      callOff();
    },
    async restart() {
      await end();
      await inTurn(launch);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function serverProperties(port: number, controllerPort: number, data: string): string {
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=${data.replaceAll('\\', '/')}
auto.create.topics.enable=false
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
controlled.shutdown.enable=false
broker.heartbeat.interval.ms=200
broker.session.timeout.ms=2000
log.cleaner.dedupe.buffer.size=2097152
`;
}

const LOG4J = `rootLogger.level=warn
rootLogger.appenderRef.console.ref=console
appender.console.type=Console
appender.console.name=console
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%d{ISO8601} %p %c{1} %m%n
`;
