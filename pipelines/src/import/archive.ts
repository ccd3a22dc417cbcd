/** What is in a zip archive, looked at in constant memory before a workbook is read whole: it may unpack to anything. */
import { Readable } from 'node:stream';
import { type Entry, Parse } from 'unzipper-esm';
import { Unreadable } from './input.ts';

/** Of all parts together, unpacked: reading takes some six times as much memory. */
const LARGEST_UNPACKED = 256 * 1024 * 1024;
const PIECE = 64 * 1024;
/** Those of the format, and what a table of nothing but empty cells may take. */
const LAST_ROW = 1_048_576;
const LAST_COLUMN = 16_384;
const MOST_CELLS = 20_000_000;
/** The beginnings of a tag that a piece may cut. */
const LONGEST_TAG = 200;

const ELSEWHERE = 'export the sheet as CSV (UTF-8)';

/** Throws `Unreadable` for an archive that is no workbook, or one that cannot be read in the memory of an ordinary computer. */
export async function checkWorkbook(bytes: Buffer): Promise<void> {
  const parts: string[] = [];
  let unpacked = 0;
  try {
    const entries = piecesOf(bytes).pipe(Parse({ forceStream: true }));
    for await (const entry of entries as AsyncIterable<Entry>) {
      parts.push(entry.path);
      const check = partCheck();
      for await (const piece of entry as AsyncIterable<Buffer>) {
        unpacked += piece.length;
        if (unpacked > LARGEST_UNPACKED)
          throw new Unreadable(`the workbook unpacks to more than 256 MiB: ${ELSEWHERE}, which may be of any size`);
        if (entry.path.endsWith('.xml')) check(piece.toString('latin1'));
      }
    }
  } catch (cause) {
    if (cause instanceof Unreadable) throw cause;
    throw new Unreadable(
      `the archive cannot be unpacked (${(cause as Error).message}): is it an .xlsx file? Get it again`,
      { cause },
    );
  }
  if (parts.includes('xl/workbook.xml')) return;
  if (parts.includes('content.xml'))
    throw new Unreadable('this is an OpenDocument sheet (.ods), which is not read: save it as .xlsx or as CSV (UTF-8)');
  if (parts.includes('xl/workbook.bin'))
    throw new Unreadable('this is a binary workbook (.xlsb), which is not read: save it as .xlsx or as CSV (UTF-8)');
  const named = parts.slice(0, 5).join(', ');
  throw new Unreadable(
    `this is a zip archive and no .xlsx file (it has ${named === '' ? 'nothing' : named}): unpack it first`,
  );
}

function piecesOf(bytes: Buffer): Readable {
  const starts = Array.from({ length: Math.ceil(bytes.length / PIECE) }, (_, at) => at * PIECE);
  return Readable.from(starts.map((at) => bytes.subarray(at, at + PIECE)));
}

/** Looks at one part, piece by piece: how far its table reaches, and that it defines no entities. */
function partCheck(): (piece: string) => void {
  let rest = '';
  let row = 0;
  let column = 0;
  return (piece) => {
    const text = rest + piece;
    if (/<!(?:DOCTYPE|ENTITY)/i.test(text))
      throw new Unreadable(
        `the workbook defines entities of its own, which no spreadsheet program writes: ${ELSEWHERE}`,
      );
    for (const [, number = ''] of text.matchAll(/<(?:\w+:)?row\b[^<>]*?\br="(\d+)"/g))
      row = Math.max(row, Number(number));
    for (const [, letters = ''] of text.matchAll(/<(?:\w+:)?c\b[^<>]*?\br="([A-Z]+)\d*"/g))
      column = Math.max(column, columnOf(letters));
    if (row > LAST_ROW || column > LAST_COLUMN || row * column > MOST_CELLS)
      throw new Unreadable(
        `a sheet reaches to row ${row} and column ${column}: delete what is empty there, or ${ELSEWHERE}`,
      );
    rest = text.slice(-LONGEST_TAG);
  };
}

const columnOf = (letters: string): number =>
  [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
