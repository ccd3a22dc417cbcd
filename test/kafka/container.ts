/** The same broker out of Apache's image, where neither Java nor Maven is to be had but a Docker daemon answers. */
import { freePort, run, which } from '../harness/process.ts';
import { type Broker, untilAnswering } from './answering.ts';

const IMAGE = 'apache/kafka:4.3.0';

export async function startContainer(wanted?: number): Promise<Broker | undefined> {
  const docker = await which('docker');
  if (docker === undefined || (await run(docker, ['info'])).code !== 0) return undefined;
  const port = wanted ?? (await freePort());
  const brokers = `127.0.0.1:${port}`;
  const name = `room-test-kafka-${port}`;
  const call = async (...args: string[]): Promise<void> => {
    const { code, output } = await run(docker, args);
    if (code !== 0) throw new Error(`docker ${args[0]} failed:\n${output}`);
  };
  const settings = {
    KAFKA_NODE_ID: '1',
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_CONTROLLER_QUORUM_VOTERS: '1@127.0.0.1:29093',
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    KAFKA_LISTENERS: `PLAINTEXT://0.0.0.0:${port},CONTROLLER://127.0.0.1:29093`,
    KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${brokers}`,
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS: '1000',
  };
  const env = Object.entries(settings).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
  const stop = async (): Promise<void> => {
    await run(docker, ['rm', '--force', '--volumes', name]);
  };
  try {
    await call('run', '--detach', '--name', name, '--publish', `${brokers}:${port}`, ...env, IMAGE);
    await untilAnswering(brokers, undefined);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    brokers,
    pid: undefined,
    async kill(signal) {
      await call('kill', `--signal=${signal}`, name);
      if (signal === 'SIGTERM' || signal === 'SIGKILL') await call('wait', name);
    },
    async restart() {
      await call('restart', name);
      await untilAnswering(brokers, undefined);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
