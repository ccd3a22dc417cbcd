/** The real room as a child process of a test: its own port, its own data, no setting inherited. */
import { randomUUID } from 'node:crypto';
import { childEnv } from './config.ts';
import { run } from './process.ts';
import { type Program, ROOT, startProgram, typescript } from './program.ts';
import { tempDir } from './temp.ts';

export { typescript } from './program.ts';

export interface RoomOptions {
  /** A folder that outlives the room; without it a temporary one. */
  dataDir?: string;
  /** A catalogue folder; without it the one the room ships with. */
  catalogue?: string;
  /** Kafka brokers; without them the embedded log. */
  kafka?: string;
  env?: Record<string, string>;
}

export interface Room extends Program {
  readonly dataDir: string;
  readonly operatorToken: string;
  /** A portal key of this source, made at the first asking. */
  key(source: string): Promise<string>;
}

export async function startRoom(options: RoomOptions = {}): Promise<Room> {
  const temporary = options.dataDir === undefined ? await tempDir('data') : undefined;
  const dataDir = options.dataDir ?? temporary?.path ?? '';
  const operatorToken = randomUUID();
  const env: Record<string, string> = {
    HOST: '127.0.0.1',
    PORT: '0',
    DATA_DIR: dataDir,
    OPERATOR_TOKEN: operatorToken,
    UV_THREADPOOL_SIZE: '16',
    // Tests write little, also where there is little space.
    KEEP_FREE_MB: '64',
    ...(options.catalogue === undefined ? {} : { CATALOGUE: options.catalogue }),
    ...(options.kafka === undefined ? {} : { KAFKA_BROKERS: options.kafka }),
    ...options.env,
  };
  let program: Program;
  try {
    program = await startProgram({ name: 'the room', main: 'server/src/main.ts', env, port: 'PORT' });
  } catch (error) {
    await temporary?.[Symbol.asyncDispose]();
    throw error;
  }
  return Object.assign(program, {
    dataDir,
    operatorToken,
    key: portalKeys(env),
    [Symbol.asyncDispose]: async () => {
      await program.stop();
      await temporary?.[Symbol.asyncDispose]();
    },
  });
}

/** Makes keys by the command that operators use, one a source; `env` says where the keys are kept. */
export function portalKeys(env: Readonly<Record<string, string>>): (source: string) => Promise<string> {
  const keys = new Map<string, Promise<string>>();
  async function make(source: string): Promise<string> {
    const command = [...typescript(), 'server/src/keys.ts', 'create', source];
    const { code, stdout, output } = await run(process.execPath, command, { cwd: ROOT, env: childEnv({ ...env }) });
    if (code !== 0) throw new Error(`no key for ${source}:\n${output}`);
    return (JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { key: string }).key;
  }
  return (source) => {
    const made = keys.get(source) ?? make(source);
    keys.set(source, made);
    return made;
  };
}
