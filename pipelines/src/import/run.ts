/** Streams a CSV file through a mapping to a gateway in constant memory; what cannot be counted goes to a rejects file. */
import { closeSync, createReadStream, openSync, writeSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { MAX_BATCH_BYTES, MAX_BATCH_EVENTS } from '@room/contract';
import { CsvError, parse } from 'csv-parse';
import { type Gateway, postBatch, Stopped } from './gateway.ts';
import { bindMapping, type Mapping, type RowMapper, type SubmissionEvent } from './mapping.ts';

const PARALLEL = 4;
const LONGEST_ROW = 1024 * 1024;
const MOST_REASONS = 1_000;

export interface ImportOptions {
  file: string;
  mapping: Mapping;
  rejects: string;
  /** Without one nothing is sent: a dry run. */
  gateway?: Gateway;
  /** Why the room would quarantine an event, where that can be known before sending. */
  check?: (event: SubmissionEvent) => string | undefined;
  stop: AbortSignal;
  progress(text: string): void;
}

export interface Summary {
  rows: number;
  rejectedRows: number;
  events: number;
  accepted: number;
  duplicate: number;
  /** Rows by reason, the commonest first. */
  reasons: [string, number][];
  seconds: number;
  stopped: boolean;
  example?: SubmissionEvent;
}

interface Row {
  line: number;
  cells: readonly string[];
  events: readonly string[];
}

export async function runImport(options: ImportOptions): Promise<Summary> {
  const { size } = await stat(options.file);
  const started = performance.now();
  const tally = { rows: 0, events: 0, accepted: 0, duplicate: 0, bytes: 0 };
  const rejects = new Rejects(options.rejects);
  const lanes = new Lanes(PARALLEL);
  const gateway =
    options.gateway === undefined
      ? undefined
      : { ...options.gateway, stop: AbortSignal.any([options.gateway.stop, lanes.failed]) };
  let example: SubmissionEvent | undefined;

  const send = async (to: Gateway, batch: readonly Row[]): Promise<void> => {
    const results = await postBatch(
      to,
      batch.flatMap((row) => row.events),
    );
    let at = 0;
    for (const row of batch) {
      const own = results.slice(at, at + row.events.length);
      at += row.events.length;
      tally.accepted += own.filter((result) => result.result === 'accepted').length;
      tally.duplicate += own.filter((result) => result.result === 'duplicate').length;
      const refused = own.filter((result) => result.result === 'quarantined');
      if (refused.length > 0)
        rejects.add(
          row.line,
          refused.map((result) => result.reason ?? result.code ?? 'quarantined').join('; '),
          row.cells,
        );
    }
  };

  const batches = new Batches();
  const flush = async (): Promise<void> => {
    const batch = batches.take();
    if (batch.length > 0 && gateway !== undefined) await lanes.run(() => send(gateway, batch));
  };

  const take = async (line: number, cells: readonly string[], map: RowMapper): Promise<void> => {
    tally.rows += 1;
    const mapped = map(cells);
    if (!mapped.ok) {
      rejects.add(line, mapped.reason, cells);
      return;
    }
    example ??= mapped.events[0];
    tally.events += mapped.events.length;
    const reasons = mapped.events.flatMap((event) => options.check?.(event) ?? []);
    if (reasons.length > 0) {
      rejects.add(line, reasons.join('; '), cells);
      return;
    }
    const row = { line, cells, events: mapped.events.map((event) => JSON.stringify(event)) };
    if (!batches.fits(row)) await flush();
    batches.add(row);
  };

  const ticker = setInterval(() => {
    const seconds = (performance.now() - started) / 1_000;
    const share = Math.min(tally.bytes / size, 1);
    const left = share > 0 ? `, ${Math.ceil(seconds / share - seconds)} s left` : '';
    options.progress(
      `${(share * 100).toFixed(1)} %, ${tally.rows} rows (${Math.round(tally.rows / seconds)}/s), ` +
        `${tally.accepted} accepted, ${tally.duplicate} duplicate, ${rejects.rows} rejected${left}`,
    );
  }, 1_000);
  let stopped = false;
  try {
    let map: RowMapper | undefined;
    for await (const row of rowsOf(options.file, options.mapping.delimiter)) {
      tally.bytes = row.bytes;
      if (map === undefined) {
        const header = options.mapping.columns ?? row.cells.map((cell) => cell.trim());
        map = bindMapping(options.mapping, header);
        rejects.header = header;
        if (options.mapping.columns === undefined) continue;
      }
      await take(row.line, row.cells, map);
      if (options.stop.aborted) {
        stopped = true;
        break;
      }
    }
    if (map === undefined) throw new Error(`${options.file} is empty: it has no header line`);
    await flush();
    await lanes.drain();
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    stopped = true;
  } finally {
    clearInterval(ticker);
    await lanes.settle();
    rejects.close();
  }
  return {
    rows: tally.rows,
    rejectedRows: rejects.rows,
    events: tally.events,
    accepted: tally.accepted,
    duplicate: tally.duplicate,
    reasons: rejects.commonest(),
    seconds: (performance.now() - started) / 1_000,
    stopped,
    ...(example === undefined ? {} : { example }),
  };
}

interface CsvRow {
  line: number;
  bytes: number;
  cells: string[];
}

async function* rowsOf(file: string, delimiter: string): AsyncGenerator<CsvRow> {
  const parser = parse({
    bom: true,
    delimiter,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_ROW,
  });
  const input = createReadStream(file, { highWaterMark: 256 * 1024 });
  input.on('error', (error) => parser.destroy(error));
  input.pipe(parser);
  let last = 0;
  type Parsed = { record: string[]; info: { lines: number; bytes: number } };
  try {
    for await (const { record, info } of parser as AsyncIterable<Parsed>) {
      last = info.lines;
      yield { line: info.lines, bytes: info.bytes, cells: record };
    }
  } catch (cause) {
    // A quote left open may have swallowed any number of rows: only a person can say where it should have ended.
    if (!(cause instanceof CsvError)) throw cause;
    throw new Error(
      `${file}: ${cause.message}; the last row that could be read ends on line ${last}: mend the next one and run the import again`,
      { cause },
    );
  } finally {
    input.destroy();
  }
}

/** Rows until a batch is full; the events of a row stay together. */
class Batches {
  private rows: Row[] = [];
  private events = 0;
  private bytes = 2;

  fits(row: Row): boolean {
    return this.events + row.events.length <= MAX_BATCH_EVENTS && this.bytes + bytesOf(row) <= MAX_BATCH_BYTES;
  }

  add(row: Row): void {
    this.rows.push(row);
    this.events += row.events.length;
    this.bytes += bytesOf(row);
  }

  take(): Row[] {
    const rows = this.rows;
    this.rows = [];
    this.events = 0;
    this.bytes = 2;
    return rows;
  }
}

const bytesOf = (row: Row): number => row.events.reduce((sum, event) => sum + Buffer.byteLength(event) + 1, 0);

/** At most `width` tasks at a time; the first failure ends them all. */
class Lanes {
  private readonly running = new Set<Promise<void>>();
  private readonly failure = new AbortController();
  readonly failed = this.failure.signal;

  constructor(private readonly width: number) {}

  async run(task: () => Promise<void>): Promise<void> {
    while (this.running.size >= this.width) await Promise.race(this.running);
    this.failed.throwIfAborted();
    const run = task()
      .catch((error: unknown) => this.failure.abort(error))
      .finally(() => this.running.delete(run));
    this.running.add(run);
  }

  async drain(): Promise<void> {
    await this.settle();
    this.failed.throwIfAborted();
  }

  async settle(): Promise<void> {
    await Promise.all(this.running);
  }
}

/** The rejects file: made with the first reject, it can be mended and imported with the same mapping. */
class Rejects {
  rows = 0;
  header: readonly string[] = [];
  private readonly counts = new Map<string, number>();
  private open: number | undefined;

  constructor(private readonly file: string) {}

  add(line: number, reason: string, cells: readonly string[]): void {
    this.rows += 1;
    const known = this.counts.has(reason) || this.counts.size < MOST_REASONS ? reason : 'other reasons';
    this.counts.set(known, (this.counts.get(known) ?? 0) + 1);
    if (this.open === undefined) {
      this.open = openSync(this.file, 'w');
      writeSync(this.open, csvLine(['rejected_line', 'rejected_reason', ...this.header]));
    }
    writeSync(this.open, csvLine([String(line), reason, ...cells]));
  }

  commonest(): [string, number][] {
    return [...this.counts].toSorted((one, other) => other[1] - one[1]);
  }

  close(): void {
    if (this.open !== undefined) closeSync(this.open);
  }
}

const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\n`;
const csvCell = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
