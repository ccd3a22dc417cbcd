/** Streams a file through a mapping to a gateway; what cannot be counted goes to a rejects file, and nothing vanishes. */
import type { SubmissionEvent } from '@room/contract';
import { Batches, Lanes } from './batches.ts';
import { bindMapping, ignoredBy, LEAVE_OUT, type RowMapper } from './bind.ts';
import { type GatewayClient, postBatch, type Result, Stopped } from './gateway.ts';
import { Ids } from './ids.ts';
import { type Input, openInput } from './input.ts';
import { type EventMapping, type FieldName, isFieldName, type Mapping } from './mapping.ts';
import type { Memory, Remembered } from './memory.ts';
import { isRejects, Rejects } from './rejects.ts';
import { openTable, type Table, type TableRow } from './table.ts';
import { type Summary, Tally } from './tally.ts';
import { choiceOf } from './text.ts';
import { totalOf } from './totals.ts';

const PARALLEL = 4;

export interface ImportOptions {
  /** A path, or `-` for standard input. */
  file: string;
  mapping: Mapping;
  /** Where rejects go; where there is such a file already, the next free number of that name. Without it nowhere. */
  rejects?: string;
  /** Without one nothing is sent: a dry run. */
  gateway?: GatewayClient;
  /** What was counted before: with it a changed row becomes a correction. */
  memory?: Memory;
  /** Why the room would quarantine an event, where that can be known before sending. */
  check?: (event: SubmissionEvent) => string | undefined;
  stop: AbortSignal;
  progress(text: string): void;
  /** Told what was done also where the import fails. */
  failed?: (summary: Summary) => void;
}

/** How the rows of a file are taken. */
interface Reading {
  own: Table['own'];
  map: RowMapper;
  isMeant: (text: string) => boolean;
}

/** A row on its way to the room. */
interface Row {
  line: number;
  cells: readonly string[];
  /** Texts of what is sent, and for each what it is. */
  events: readonly string[];
  sent: readonly { id: string; count: number; status: number; rule: EventMapping }[];
  remember: readonly Remembered[];
}

export async function runImport(options: ImportOptions): Promise<Summary> {
  const input = await openInput({ file: options.file, encoding: options.mapping.encoding, stdin: process.stdin });
  let mapping = options.mapping;
  const started = performance.now();
  const tally = new Tally();
  const rejects = new Rejects(options.rejects);
  const lanes = new Lanes(PARALLEL);
  const ids = new Ids();
  const gateway =
    options.gateway === undefined
      ? undefined
      : { ...options.gateway, stop: AbortSignal.any([options.gateway.stop, lanes.failed]) };
  let table: Table | undefined;
  let stopped = false;

  const used = new Set<EventMapping>();

  const reject = (row: Pick<Row, 'line' | 'cells'>, reasons: readonly string[]): void => {
    tally.reasons.add(reasons);
    rejects.add(row.line, reasons.join('; '), row.cells);
    tally.settled += 1;
  };

  const send = async (to: GatewayClient, batch: readonly Row[]): Promise<void> => {
    const results = await postBatch(
      to,
      batch.flatMap((row) => row.events),
    );
    let at = 0;
    for (const row of batch) {
      const own = results.slice(at, at + row.events.length);
      at += row.events.length;
      const reasons = settle(row, own, tally, mapping);
      if (reasons.length > 0) reject(row, reasons);
      else {
        tally.settled += 1;
        for (const remembered of row.remember) options.memory?.keep(remembered);
      }
    }
  };

  const batches = new Batches<Row>();
  const flush = async (): Promise<void> => {
    const batch = batches.take();
    if (batch.length > 0 && gateway !== undefined) await lanes.run(() => send(gateway, batch));
  };

  const take = async ({ line, cells, trouble }: TableRow, { own, map, isMeant }: Reading): Promise<void> => {
    const said = totalOf(own(cells));
    const total = said === undefined || isMeant(said) ? undefined : said;
    const mapped = trouble === undefined ? map(cells) : { ok: false as const, reasons: [trouble] };
    if (total !== undefined && !mapped.ok) {
      tally.total(line, total);
      return;
    }
    tally.rows += 1;
    if (total !== undefined || !mapped.ok) {
      reject(
        { line, cells },
        mapped.ok ? [`the row begins with "${total}", as totals do${LEAVE_OUT}`] : mapped.reasons,
      );
      return;
    }
    for (const event of mapped.events) tally.event(event);
    for (const rule of mapped.rules) used.add(rule);
    const reasons = mapped.events.flatMap(
      (event, at) => withColumn(options.check?.(event), mapped.rules[at], mapping) ?? [],
    );
    const clash = twice(mapped, line, own(cells), ids, tally);
    if (clash !== undefined) reasons.push(clash);
    if (reasons.length > 0) {
      reject({ line, cells }, [...new Set(reasons)]);
      return;
    }
    if (gateway === undefined) {
      tally.settled += 1;
      return;
    }
    const row = rowOf({ line, cells }, mapped.events, mapped.rules, options.memory);
    if (!batches.fits(row)) await flush();
    batches.add(row);
  };

  const summary = (): Summary => ({
    ...tally.summary(),
    rejectedRows: rejects.rows,
    rejects: rejects.file,
    earlierRejects: rejects.hasEarlier,
    passed: {
      preamble: table?.preamble ?? 0,
      blank: table?.blank() ?? 0,
      ignored: tally.ignored,
      sheets: table?.sheets ?? [],
    },
    hidden: table?.hidden(),
    unused: used.size === 0 ? [] : mapping.events.flatMap((rule, at) => (used.has(rule) ? [] : at)),
    seconds: (performance.now() - started) / 1_000,
    stopped,
  });

  const ticker = setInterval(() => options.progress(progressOf({ input, table, tally, rejects, started })), 1_000);
  try {
    table = await openTable(input, mapping);
    if (table === undefined) throw new Error(`${options.file} is empty: it has no header line`);
    const { header, own } = table;
    mapping = withTypedDates(mapping, input, header);
    const map = bindMapping(mapping, header, (column, value) => tally.elsewhere(column, value));
    const isMeant = meantBy(mapping);
    const isIgnored = ignoredBy(mapping, header);
    rejects.describe(header, { ...table.format, isMarked: (mapping.encoding ?? 'utf-8') !== 'utf-8' });
    // What was read before a file breaks is sent: it need not be read again to be counted.
    const broken = await eachOf(table.rows, async (row) => {
      if (isIgnored(row.cells)) tally.ignored += 1;
      else await take(row, { own, map, isMeant });
      stopped = options.stop.aborted;
      return !stopped;
    });
    await flush();
    await lanes.drain();
    if (broken !== undefined) throw broken;
  } catch (error) {
    stopped ||= error instanceof Stopped;
    if (!stopped) {
      await lanes.settle();
      options.failed?.(summary());
      throw error;
    }
  } finally {
    clearInterval(ticker);
    await lanes.settle();
    rejects.close();
  }
  return summary();
}

/** Cells of a workbook that are dates come as ISO 8601, however the sheet shows them, and so they stand in its rejects. */
function withTypedDates(mapping: Mapping, { content }: Input, header: readonly string[]): Mapping {
  if (content.kind === 'workbook') return { ...mapping, dateFormat: ['iso', ...mapping.dateFormat] };
  return isRejects(header) ? { ...mapping, dateFormat: [...mapping.dateFormat, 'iso'] } : mapping;
}

/** True for texts that a map or a condition of the mapping names. */
function meantBy({ common, events }: Mapping): (text: string) => boolean {
  const fields = [common, ...events].flatMap((holder) => Object.values(holder) as unknown[]);
  const mapped = fields.flatMap((field) =>
    typeof field === 'object' && field !== null && 'map' in field ? Object.keys(field.map ?? {}) : [],
  );
  const named = choiceOf([...mapped, ...events.flatMap(({ when }) => when.flatMap((condition) => condition.in ?? []))]);
  return (text) => named(text) !== undefined;
}

/** Until `use` says no; returns why reading broke off, where it did. */
async function eachOf(rows: AsyncIterable<TableRow>, use: (row: TableRow) => Promise<boolean>): Promise<unknown> {
  const iterator = rows[Symbol.asyncIterator]();
  for (;;) {
    let next: IteratorResult<TableRow>;
    try {
      next = await iterator.next();
    } catch (error) {
      return error;
    }
    if (next.done) return undefined;
    if (!(await use(next.value))) {
      await iterator.return?.();
      return undefined;
    }
  }
}

/** Why the row cannot be counted as it stands, if an earlier row of the file has an id of its. */
function twice(
  { events, rules }: { events: readonly SubmissionEvent[]; rules: readonly EventMapping[] },
  line: number,
  cells: readonly string[],
  ids: Ids,
  tally: Tally,
): string | undefined {
  const clashes: string[] = [];
  for (const [at, event] of events.entries()) {
    const rule = rules[at]?.id;
    // An id that is made of columns stands for the row: one that differs in another column is another dossier.
    const made = typeof rule === 'object' ? rule.columns : undefined;
    const earlier = ids.add(event.id, JSON.stringify(made === undefined ? event.data : [event.data, cells]), line);
    if (earlier === undefined) continue;
    if (earlier.isSame) tally.repeated += 1;
    else if (made === undefined)
      clashes.push(`the id ${JSON.stringify(event.id)} stands on line ${earlier.line} with other values`);
    else
      clashes.push(
        `line ${earlier.line} has the same ${made.join(', ')}, of which the id is made, and differs elsewhere (add a column that tells them apart)`,
      );
  }
  return clashes.length === 0 ? undefined : `${clashes.join('; ')}: an id is counted once, and only the first row was`;
}

function rowOf(
  place: Pick<Row, 'line' | 'cells'>,
  events: readonly SubmissionEvent[],
  rules: readonly EventMapping[],
  memory: Memory | undefined,
): Row {
  const made = events.map((event, at) => {
    const revised = memory?.revise(event);
    return { events: revised?.events ?? [event], remember: revised?.remember, rule: rules[at] };
  });
  return {
    ...place,
    events: made.flatMap((one) => one.events.map((event) => JSON.stringify(event))),
    sent: made.flatMap(({ events: own, rule }) =>
      rule === undefined ? [] : own.map(({ id, data: { count, status } }) => ({ id, count, status, rule })),
    ),
    remember: made.flatMap(({ remember }) => remember ?? []),
  };
}

/** Counts what became of a row's events; the reasons why it is not counted wholly, if it is not. */
function settle(row: Row, results: readonly Result[], tally: Tally, mapping: Mapping): string[] {
  const refused = new Map<string, string[]>();
  const counted: string[] = [];
  for (const [at, { id, count, status, rule }] of row.sent.entries()) {
    const result = results[at];
    if (result === undefined) continue;
    if (result.result === 'quarantined') {
      const reason = withColumn(result.reason ?? result.code ?? 'quarantined', rule, mapping) ?? '';
      refused.set(reason, [...(refused.get(reason) ?? []), id]);
      continue;
    }
    counted.push(id);
    if (result.result === 'duplicate') {
      tally.duplicate += 1;
      if (row.remember.some((one) => one.id === id && one.isNew)) tally.unremembered += 1;
    } else {
      tally.counts(status, count);
      if (!row.remember.some((one) => one.id === id) && row.remember.length > 0) tally.corrections += 1;
    }
  }
  if (counted.length === 0) return [...refused.keys()];
  const named = (list: readonly string[]): string => list.map((id) => JSON.stringify(id)).join(', ');
  return [...refused].map(([reason, list]) => `${reason}: ${named(list)} was not counted, ${named(counted)} was`);
}

/** A reason of the room's with the column that gave the value, where one did. */
function withColumn(reason: string | undefined, rule: EventMapping | undefined, mapping: Mapping): string | undefined {
  const name = /^(?:data\.)?(\w+)/.exec(reason ?? '')?.[1] ?? '';
  if (reason === undefined || !isFieldName(name)) return reason;
  const column = columnOf(rule?.[name] ?? mapping.common[name]);
  return column === undefined ? reason : `${reason} (column ${JSON.stringify(column)})`;
}

const columnOf = (rule: Mapping['common'][FieldName]): string | undefined =>
  typeof rule === 'object' ? rule.column : undefined;

interface UnderWay {
  input: Input;
  table: Table | undefined;
  tally: Tally;
  rejects: Rejects;
  started: number;
}

/** Per cent of the file that was answered for: rows that are read, and on their way, are not done. */
function progressOf({ input: { read, size }, table, tally, rejects, started }: UnderWay): string {
  const seconds = (performance.now() - started) / 1_000;
  const taken = table?.size === undefined ? read() / (size ?? 0) : tally.rows / table.size;
  const answered = (taken * tally.settled) / tally.rows;
  const share = Number.isFinite(answered) ? Math.min(answered, 1) : 0;
  const done = share > 0 ? `${(share * 100).toFixed(1)} %, ` : '';
  const left = share > 0 ? `, ${Math.ceil(seconds / share - seconds)} s left` : '';
  return (
    `${done}${tally.rows} rows (${Math.round(tally.rows / seconds)}/s), ` +
    `${tally.accepted} accepted, ${tally.duplicate} duplicate, ${rejects.rows} rejected${left}`
  );
}
