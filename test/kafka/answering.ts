import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';

const START_MS = 60_000;

export interface Broker extends AsyncDisposable {
  brokers: string;
  readonly pid: number | undefined;
  /** Sends the signal; for one that ends a process, also waits until it has ended. */
  kill(signal: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  /** Starts it again, ended or not, at the same address and with the data it had. */
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Up means that it answers a client and has a coordinator for consumer groups. */
export async function untilAnswering(
  brokers: string,
  child: ChildProcess | undefined,
  logFile?: string,
): Promise<void> {
  const kafka = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING, retry: { retries: 0 } });
  const deadline = Date.now() + START_MS;
  for (;;) {
    const admin = kafka.admin();
    try {
      await admin.connect();
      const { brokers: nodes } = await admin.describeCluster();
      if (nodes.length > 0) {
        await admin.fetchOffsets({ groupId: 'is-there-a-coordinator', topics: [] });
        return;
      }
    } catch (cause) {
      const dead = child !== undefined && (child.exitCode !== null || child.signalCode !== null);
      if (dead || Date.now() > deadline) {
        const log = logFile === undefined ? '' : (await readFile(logFile, 'utf8')).slice(-8000);
        throw new Error(`the Kafka broker ${dead ? 'ended' : 'does not answer'}; its log:\n${log}`, { cause });
      }
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
    await sleep(100);
  }
}
