/** A process from its start to its end: what it opens is closed again, when it is asked to end or where it cannot start. */
import pino, { type Logger } from 'pino';
import { shutDownWhenAsked } from './graceful-shutdown.ts';
import { Owned } from './owned.ts';

export interface Telling {
  logger: Logger;
  report: (level: 'debug' | 'info' | 'warn', message: string, detail?: Record<string, unknown>) => void;
  /** Called when going on would make numbers wrong: the process ends. */
  fatal: (error: Error) => void;
}

/** Stores make files of their own, whatever they are asked: numbers, and bytes of whoever sent them, are for this user alone. */
export const keepToOwner = (): void => void process.umask(0o077);

type Start<C> = (config: C, telling: Telling, owned: Owned) => Promise<void>;

/** Runs `start`; what it owns is closed when the process is asked to end. Where it cannot start, the reason is its last line. */
export function runProgram<C extends { logLevel: string }>(name: string, readConfig: () => C, start: Start<C>): void {
  run(name, readConfig, start).catch((error: unknown) => {
    process.stderr.write(`error: ${(error as Error).message}\n`);
    process.exit(1);
  });
}

async function run<C extends { logLevel: string }>(name: string, readConfig: () => C, start: Start<C>): Promise<void> {
  keepToOwner();
  const config = readConfig();
  const logger = pino({ level: config.logLevel, base: null }, pino.destination({ sync: false }));
  const owned = new Owned((error) => logger.error({ err: error }, 'closing failed'));
  try {
    await start(config, tellingBy(logger), owned);
  } catch (error) {
    await owned[Symbol.asyncDispose]();
    throw error;
  }
  shutDownWhenAsked({ name, close: () => owned[Symbol.asyncDispose]() });
}

const tellingBy = (logger: Logger): Telling => ({
  logger,
  report: (level, message, detail = {}) => logger[level](detail, message),
  fatal: (error) => {
    logger.fatal(error.message);
    process.stderr.write(`error: ${error.message}\n`);
    process.exitCode = 1;
    process.kill(process.pid, 'SIGTERM');
  },
});
