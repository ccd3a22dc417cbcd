/** The real room as a child process of a test: its own port, its own data, no setting inherited. */
import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { databaseFrom, openDatabase, PortalKeyTable } from '@room/database';
import { createKeys } from '../../server/src/access/portal-keys.ts';
import { type Program, startProgram } from './program.ts';
import { tempDir } from './temp.ts';
import { copyWarehouse } from './template.ts';

export { typescript } from './program.ts';

export interface RoomOptions {
  /** A folder that outlives the room; without it a temporary one. */
  dataDir?: string;
  /** A catalogue folder; without it the one the room ships with. */
  catalogue?: string;
  /** Kafka brokers; without them the embedded log. */
  kafka?: string;
  /** Begins with nothing, as a new room does, and migrates. Otherwise a temporary room begins where that ends. */
  isNew?: boolean;
  /** All its numbers are made up: it takes those of simulated portals. */
  isTrial?: boolean;
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
    MIN_FREE_MB: '64',
    // One portal of a test sends what a whole country does.
    PORTAL_RATE: '1000000',
    ...(options.catalogue === undefined ? {} : { CATALOGUE: options.catalogue }),
    ...(options.kafka === undefined ? {} : { KAFKA_BROKERS: options.kafka }),
    ...options.env,
  };
  const isMigrated = temporary !== undefined && options.catalogue === undefined && options.isNew !== true;
  let program: Program;
  try {
    if (options.isTrial === true) await markAsTrial(dataDir);
    if (isMigrated) await copyWarehouse(join(dataDir, 'warehouse'));
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

/** As `npm start` marks the folder into which simulated portals write. */
export async function markAsTrial(dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  await writeFile(join(dataDir, 'simulator-keys.jsonl'), '');
}

/** Makes keys as the command for operators does, one a source; `env` says where the keys are kept. */
export function portalKeys(env: Readonly<Record<string, string>>): (source: string) => Promise<string> {
  const settings = databaseFrom(env, env['DATA_DIR'] ?? '');
  const keys = new Map<string, Promise<string>>();
  async function make(source: string): Promise<string> {
    await using database = await openDatabase({ settings, report: () => undefined });
    const [made] = await createKeys(new PortalKeyTable(database), { cause: { who: 'test' }, sources: [source] });
    if (made === undefined) throw new Error(`no key for ${source}`);
    return made.key;
  }
  return (source) => {
    const made = keys.get(source) ?? make(source);
    keys.set(source, made);
    return made;
  };
}
