/**
 * The embedded engine as a server runs it: each statement in a session of its own, so that no setting outlives it, and
 * several at a time. A session costs about a millisecond.
 */
import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChdbResult, drainPending, Session } from 'chdb';

const AT_ONCE = 8;
const MAX_MEMORY_BYTES = 2 ** 31;

export interface Statement {
  sql: string;
  /** Rows of an insert that came apart from its text, which names their format. */
  rows: Buffer | undefined;
  database: string | undefined;
  settings: ReadonlyMap<string, string>;
  /** Values of `{name:Type}`, escaped as in a TSV. */
  params: ReadonlyMap<string, string>;
  /** For a text that names no format. */
  format: string;
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** What has to stand before the statement in its session. A session that only reads can no longer be changed: that comes last. */
function preludeOf({ database, settings, params }: Statement): string {
  const values = [
    ...[...settings].filter(([name]) => name !== 'readonly'),
    ...[...params].map(([name, value]) => [`param_${name}`, value] as const),
  ].map(([name, value]) => `${name} = ${quoted(value)}`);
  const readonly = settings.get('readonly');
  return [
    ...(database === undefined ? [] : [`USE \`${database}\``]),
    ...(values.length === 0 ? [] : [`SET ${values.join(', ')}`]),
    ...(readonly === undefined ? [] : [`SET readonly = ${quoted(readonly)}`]),
  ].join('; ');
}

export class Engine implements AsyncDisposable {
  readonly #directory: string;
  /** Holds the engine open while no statement runs. */
  readonly #root: Session;
  readonly version: string;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(directory: string) {
    this.#directory = directory;
    this.#root = new Session(directory, { connectionArgs: [`--max_server_memory_usage=${MAX_MEMORY_BYTES}`] });
    this.version = this.#root.query('SELECT version()', 'TabSeparated').trim();
  }

  /** The whole result. */
  async run(statement: Statement): Promise<ChdbResult> {
    using session = await this.#session(statement);
    const { sql, rows, format } = statement;
    if (rows === undefined) return await session.queryAsync(sql, { format });
    // Within a text the engine takes an empty line for the end of the rows, and bytes may hold one.
    const file = join(this.#directory, `${randomUUID()}.rows`);
    try {
      await writeFile(file, rows);
      const fromFile = sql.replace(/(?= (?:SETTINGS|FORMAT) )/, ` FROM INFILE '${file}' COMPRESSION 'none'`);
      return await session.queryAsync(fromFile, { format });
    } finally {
      await rm(file, { force: true });
    }
  }

  /** The result of a SELECT block by block; ending the iteration ends the statement. */
  async *stream(statement: Statement): AsyncGenerator<Uint8Array> {
    using session = await this.#session(statement);
    for await (const chunk of session.queryStream(statement.sql, { format: statement.format })) yield chunk.raw();
  }

  async #session(statement: Statement): Promise<Session & Disposable> {
    if (this.#running >= AT_ONCE) await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    this.#running++;
    let session: Session | undefined;
    const release = (): void => {
      session?.close();
      this.#running--;
      this.#waiting.shift()?.();
    };
    try {
      session = new Session(this.#directory);
      const prelude = preludeOf(statement);
      if (prelude !== '') await session.queryAsync(prelude);
      return Object.assign(session, { [Symbol.dispose]: release });
    } catch (error) {
      release();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#root.close();
    await drainPending();
  }
}
