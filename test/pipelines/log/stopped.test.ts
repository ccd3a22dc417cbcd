/** In a process of its own: what it is about would let nothing else of this one run. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const SCRIPT = `
  const Runner = require('kafkajs/src/consumer/runner');
  const { createErrorFromCode } = require('kafkajs/src/protocol/error');
  const nothing = () => undefined;
  const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  logger.namespace = () => logger;
  let joins = 0;
  let joined;
  const runner = new Runner({
    logger,
    instrumentationEmitter: { emit: nothing },
    heartbeatInterval: 1000,
    retry: { retries: 0 },
    onCrash: (error) => { throw error; },
    eachBatch: async () => undefined,
    consumerGroup: {
      groupId: 'group',
      memberId: 'member',
      connect: async () => undefined,
      leave: async () => undefined,
      getNodeIds: () => [1],
      fetch: async () => { throw createErrorFromCode(27); },
      joinAndSync: () => (++joins === 1 ? Promise.resolve() : new Promise((resolve) => { joined = resolve; })),
    },
  });
  (async () => {
    await runner.start();
    while (joined === undefined) await new Promise((resolve) => setImmediate(resolve));
    const stopped = runner.stop();
    joined();
    await stopped;
    // The event loop still turns.
    await new Promise((resolve) => setTimeout(resolve, 50));
    process.stdout.write('ended');
    process.exit();
  })();
`;

it('a consumer that is stopped while it joins its group again ends, and leaves the process its event loop', async () => {
  const ended = promisify(execFile)(process.execPath, ['--eval', SCRIPT], {
    cwd: new URL('../../../pipelines/log', import.meta.url),
    timeout: 20_000,
    killSignal: 'SIGKILL',
  });
  await expect(ended).resolves.toMatchObject({ stdout: 'ended', stderr: '' });
});
