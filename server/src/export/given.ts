/** Tables of pages as files: what is about them besides, and that they were taken. */
import type { Catalogue } from '@room/contract';
import { Streamed } from '../api/streamed.ts';
import type { Cell, GiveTable } from '../table-file.ts';
import { csvOf } from './csv.ts';
import { momentOf } from './table.ts';
import type { Taker } from './taking.ts';
import { WORDS } from './words.ts';

export const giveTables =
  (taker: Taker, catalogue: Pick<Catalogue, 'id' | 'timeZone'>): GiveTable =>
  async (call, of, make) => {
    const words = WORDS[call.query.lang];
    const table = await taker.take(`${of} csv`, call, async ({ address }) => {
      const { from, to, about, columns, rows } = await make();
      const told: [string, string][] = [
        [words.question, address(call.request.originalUrl)],
        [words.madeAt, momentOf(Date.now(), catalogue.timeZone)],
      ];
      return { from, to, about: [...about, ...told], columns, count: rows.length, pieces: atOnce(rows) };
    });
    return new Streamed(`${catalogue.id}-${of}-${table.from}-${table.to}.csv`, csvOf(table, words));
  };

async function* atOnce(rows: Cell[][]): AsyncGenerator<Cell[][]> {
  yield rows;
}
