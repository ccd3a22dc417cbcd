/** The variables that choose and reach the log. Takes the environment as a value: only a `config.ts` reads the real one. */
import { type Environment, integerFrom } from '@room/runtime';
import type { KafkaOptions } from './kafka.ts';

export type KafkaSettings = Omit<KafkaOptions, 'report' | 'fetchBytes'>;

const on = (value: string | undefined): boolean => ['1', 'true', 'on', 'yes'].includes((value ?? '').toLowerCase());

/** Undefined where no broker is named: the log is the embedded one. An error names the variable. */
export function kafkaFrom(env: Environment): KafkaSettings | undefined {
  const brokers = (env['KAFKA_BROKERS'] ?? '')
    .split(',')
    .map((broker) => broker.trim())
    .filter((broker) => broker !== '');
  if (brokers.length === 0) return undefined;
  const settings: KafkaSettings = {
    brokers,
    prefix: env['KAFKA_PREFIX'] ?? 'room.',
    sessionTimeout: integerFrom(env, 'KAFKA_SESSION_TIMEOUT_MS', 10_000, 1),
    replicationFactor: integerFrom(env, 'KAFKA_REPLICATION', 1, 1),
    ...(on(env['KAFKA_SSL']) ? { ssl: true } : {}),
  };
  const mechanism = env['KAFKA_SASL_MECHANISM'];
  if (mechanism === undefined || mechanism === '') return settings;
  if (mechanism !== 'plain' && mechanism !== 'scram-sha-256' && mechanism !== 'scram-sha-512')
    throw new Error(`KAFKA_SASL_MECHANISM is ${mechanism}; use plain, scram-sha-256 or scram-sha-512`);
  const username = env['KAFKA_SASL_USERNAME'];
  const password = env['KAFKA_SASL_PASSWORD'];
  if (username === undefined || password === undefined)
    throw new Error('KAFKA_SASL_MECHANISM is set, so KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD must be set too');
  return { ...settings, sasl: { mechanism, username, password } };
}

/** Partitions of the submissions topic where it is created; `workers` tells whether more than one process may count. */
export const partitionsFrom = (env: Environment, workers: 'one' | 'many'): number =>
  integerFrom(env, 'KAFKA_PARTITIONS', workers === 'one' ? 1 : 6, 1);

/** How long counted submissions stay in the log, in milliseconds: what can be counted again after a loss. */
export const keepFrom = (env: Environment): number => integerFrom(env, 'KEEP_LOG_DAYS', 30, 1) * 86_400_000;
