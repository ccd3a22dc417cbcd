/** Rows that are alike in some columns, and which columns would tell them apart. Pure. */

/** Columns that are compared: what tells dossiers apart stands among the first. */
const MOST_COLUMNS = 60;
/** Columns that are proposed beside those that are taken. */
const MOST_ADDED = 3;

export class Twins {
  readonly #names: readonly string[];
  /** Of each column, a number that stands for each row's text. */
  readonly #cells: number[][];

  constructor(names: readonly string[]) {
    this.#names = names.slice(0, MOST_COLUMNS);
    this.#cells = this.#names.map(() => []);
  }

  add(texts: readonly string[]): void {
    for (const [at, column] of this.#cells.entries()) column.push(hashOf(texts[at] ?? ''));
  }

  /** Rows that have all of these columns in common with an earlier row. */
  rows(columns: readonly string[]): number {
    const cells = columns.flatMap((name) => this.#cells[this.#names.indexOf(name)] ?? []);
    const count = this.#cells[0]?.length ?? 0;
    const seen = new Set<string>();
    for (let row = 0; row < count; row++) {
      let key = '';
      for (let at = row; at < cells.length; at += count) key += `${cells[at]},`;
      seen.add(key);
    }
    return count - seen.size;
  }

  /** Rows that are like an earlier one in every column. */
  get alike(): number {
    return this.rows(this.#names);
  }

  /** Columns beside these that tell as many rows apart as any do; as few as it takes, and three at most. */
  proposed(columns: readonly string[]): string[] {
    const least = this.alike;
    const added: string[] = [];
    let left = this.rows(columns);
    while (left > least && added.length < MOST_ADDED) {
      const tried = this.#names
        .filter((name) => name !== '' && ![...columns, ...added].includes(name))
        .map((name) => ({ name, rows: this.rows([...columns, ...added, name]) }))
        .toSorted((one, other) => one.rows - other.rows);
      const [best] = tried;
      if (best === undefined || best.rows >= left) break;
      added.push(best.name);
      left = best.rows;
    }
    return added;
  }
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
