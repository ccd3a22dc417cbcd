/** Tasks or reported values out of an office's file: every fault of every row is told at once, and all rows are sent or none. */
import { Readable } from 'node:stream';
import { turn } from '@room/runtime';
import { ignoredBy } from './bind.ts';
import { openInput, STANDARD_INPUT } from './input.ts';
import { bindRows } from './rows-bind.ts';
import { namesOf, parseRowsMapping, type RowsMapping } from './rows-mapping.ts';
import { type RoomAnswer, RowsRoom, type Sender } from './rows-room.ts';
import { type TableRow, tableOf } from './table.ts';
import { totalOf } from './totals.ts';

/** As the room takes them at once: all or none could not be kept over several. */
const MOST_ROWS = 1_000;
/** Of a file that somebody waits for. */
const MOST_MS = 10_000;
/** No file of tasks or values has as many. */
const MOST_COLUMNS = 500;

export interface RowsOptions {
  /** A path, or `-` for standard input. */
  file: string;
  mapping: RowsMapping;
  isCheck: boolean;
  /** Without it the file is held against its mapping alone. */
  room?: { url: string; sender: Sender };
}

export interface RowsSummary {
  rows: number;
  ignored: number;
  /** In the order of the file. */
  faults: { line: number; reason: string }[];
  /** What the room said; absent where it was not asked. */
  answer?: RoomAnswer;
}

export async function runRows({ file, mapping, isCheck, room }: RowsOptions): Promise<RowsSummary> {
  const { found, faults, rows, ignored } = await readRows(file, mapping, process.stdin);
  const summary = { rows, ignored };
  if (room === undefined || found.length === 0) return { ...summary, faults: sorted(faults) };
  await using asked = await RowsRoom.open(room.url, room.sender);
  const sent = found.map(({ row }) => row);
  const trial = await asked.send(mapping.rows, sent, true);
  const lineOf = (row: number): number => found[row - 1]?.line ?? 0;
  for (const { row, field, reason, code, of } of trial.refused) {
    // The room counts what it was sent; whoever reads this has the lines of the file.
    const said =
      code === 'inRowBefore' && of !== undefined ? reason.replace(`row ${of}`, `line ${lineOf(Number(of))}`) : reason;
    faults.push({ line: lineOf(row), reason: said.startsWith(`${field}:`) ? said : `${field}: ${said}` });
  }
  if (isCheck || faults.length > 0) return { ...summary, faults: sorted(faults), answer: { ...trial, taken: 0 } };
  return { ...summary, faults: [], answer: await asked.send(mapping.rows, sent, false) };
}

const sorted = (faults: RowsSummary['faults']): RowsSummary['faults'] =>
  faults.toSorted((one, other) => one.line - other.line);

/** Why a file, or its mapping, is not read; the reason says what to do. */
export class RowsRefused extends Error {}

export interface RowsRead {
  /** What each row would be, in the order of the file. */
  rows: { line: number; of: Record<string, unknown> }[];
  faults: { line: number; reason: string }[];
  ignored: number;
}

/**
 * What the rows of a text file are by the text of a mapping; nothing is sent. Archives are not unpacked: who brings them may be anybody who
 * is let in. Throws `RowsRefused`.
 */
export async function rowsIn(bytes: Buffer, mapping: string, kind: RowsMapping['rows']): Promise<RowsRead> {
  const head = bytes.toString('latin1', 0, 4);
  if (['PK\x03\x04', '\xd0\xcf\x11\xe0'].includes(head) || head.startsWith('\x1f\x8b'))
    throw new RowsRefused(
      'the file is a workbook or packed: save it as CSV, or import it with the command npm run import',
    );
  try {
    const parsed = parseRowsMapping(mapping, 'the mapping');
    if (parsed.rows !== kind) throw new Error(`the mapping is of ${parsed.rows}, and here ${kind} are taken`);
    const { found, faults, ignored } = await readRows(STANDARD_INPUT, parsed, Readable.from([bytes]), {
      called: 'the file',
      until: performance.now() + MOST_MS,
    });
    return {
      rows: found.map(({ line, row }) => ({ line, of: row as Record<string, unknown> })),
      faults: sorted(faults),
      ignored,
    };
  } catch (cause) {
    throw new RowsRefused((cause as Error).message, { cause });
  }
}

/** `until`: by the monotonic clock, when whoever waits is told that it takes too long; others have their turn meanwhile. */
async function readRows(
  file: string,
  mapping: RowsMapping,
  stdin: Readable,
  { called = file, until }: { called?: string; until?: number } = {},
) {
  const input = await openInput({ file, encoding: mapping.encoding, stdin });
  const names = namesOf(mapping);
  const table = await tableOf(input, mapping, {
    names,
    shape: (header) => ({ fits: (cells) => cells.length === header.length, looksLikeRow: () => false }),
    // No rejects are written: all rows go, or none.
    mostColumns: MOST_COLUMNS,
    whole: 'where the row is whole, end it with a line end (open the file and save it anew)',
  });
  if (table === undefined) throw new Error(`${called} is empty: it has no header line`);
  const map = bindRows(mapping, table.header);
  const isIgnored = ignoredBy({ ...mapping, timeZone: 'UTC' }, table.header);
  const found: { line: number; row: object }[] = [];
  const faults: RowsSummary['faults'] = [];
  let rows = 0;
  let ignored = 0;
  const refuse = ({ line }: TableRow, reasons: readonly string[]): void => {
    for (const reason of reasons) faults.push({ line, reason });
  };
  for await (const row of table.rows) {
    if (until !== undefined) {
      await turn();
      if (performance.now() > until)
        throw new Error(`${called} takes more than ${MOST_MS / 1_000} s to read by this mapping: use simpler patterns`);
    }
    if (isIgnored(row.cells)) {
      ignored += 1;
      continue;
    }
    rows += 1;
    if (rows > MOST_ROWS)
      throw new Error(
        `${called} has more than ${MOST_ROWS} rows, which are taken at once or not at all: cut it in several`,
      );
    if (row.trouble !== undefined) {
      refuse(row, [row.trouble]);
      continue;
    }
    const bound = map(row.cells);
    if (bound.ok) found.push({ line: row.line, row: bound.row });
    else if (totalOf(row.cells) !== undefined) {
      rows -= 1;
      ignored += 1;
    } else refuse(row, bound.reasons);
  }
  return { found, faults, rows, ignored };
}

/** Whether there is anything to take. */
export const hasRows = ({ rows }: Pick<RowsSummary, 'rows'>): boolean => rows > 0;

const NOUNS = { tasks: ['task', 'tasks'], reports: ['value', 'values'] } as const;

/** Those that are wrong in the same way together, in the order of their first line: one code in a map mends them. */
function byReason(faults: RowsSummary['faults']): ReadonlyMap<string, number[]> {
  const found = new Map<string, number[]>();
  for (const { line, reason } of faults) {
    const there = found.get(reason);
    if (there === undefined) found.set(reason, [line]);
    else if (!there.includes(line)) there.push(line);
  }
  return found;
}

/** Lines that are named of one reason. */
const MOST_LINES = 12;
function linesOf(lines: readonly number[]): string {
  const named = lines.slice(0, MOST_LINES).join(', ');
  const more = lines.length - MOST_LINES;
  return `${lines.length === 1 ? 'line' : 'lines'} ${named}${more > 0 ? ` and ${more} more` : ''}`;
}

/** What is printed. */
export function reportRows(
  { rows, ignored, faults, answer }: RowsSummary,
  { file, mapping, isCheck, room }: RowsOptions,
): string {
  const [one, many] = NOUNS[mapping.rows];
  const n = (count: number): string => `${count} ${count === 1 ? one : many}`;
  const lines = [`${file}: ${rows} ${rows === 1 ? 'row' : 'rows'}${ignored > 0 ? `, ${ignored} passed over` : ''}`];
  for (const [reason, of] of byReason(faults)) lines.push(`  ${linesOf(of)}: ${reason}`);
  if (faults.length > 0) {
    const bad = new Set(faults.map(({ line }) => line)).size;
    lines.push(`${bad} of them cannot be taken, and so none was: mend them and run the same command again`);
  } else if (!hasRows({ rows })) {
    lines.push(
      ignored === 0
        ? 'there is no row below the header: nothing was sent'
        : 'every row was passed over: nothing was sent; check what the mapping ignores',
    );
  } else if (isCheck) {
    const against = room === undefined ? 'the mapping alone; with --url and --token-file the room says more' : room.url;
    lines.push(`nothing is wrong with them by ${against}; nothing was sent`);
  }
  if (answer !== undefined && faults.length === 0) {
    if (!isCheck) lines.push(`${n(answer.taken)} taken`);
    if (answer.known > 0) lines.push(`${n(answer.known)} taken before: nothing changes of them`);
  }
  return lines.join('\n');
}
