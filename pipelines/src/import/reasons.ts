/** Reasons of rejects, grouped by what is alike in them. Pure. */

const MOST_GROUPS = 200;
const MOST_VALUES = 1_000;
const OTHERS = 'other reasons';
/** What differs from row to row: texts in quotes, and instants. */
const VARIES = /"(?:[^"\\]|\\.)*"|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)/g;

export interface ReasonGroup {
  /** The first of the group, as an example. */
  reason: string;
  rows: number;
  /** What stood in the place that varies first, the commonest first. */
  values: [string, number][];
  /** There were more values than are kept. */
  isCut: boolean;
}

interface Group {
  reason: string;
  rows: number;
  values: Map<string, number>;
  isCut: boolean;
}

export class Reasons {
  readonly #groups = new Map<string, Group>();

  /** Those of one row, which counts once in each group. */
  add(reasons: readonly string[]): void {
    const counted = new Set<Group>();
    for (const reason of reasons) {
      const group = this.#group(reason.replace(VARIES, '…'), reason);
      if (!counted.has(group)) group.rows += 1;
      counted.add(group);
      const [value] = reason.match(VARIES) ?? [];
      if (value === undefined) continue;
      if (group.values.has(value) || group.values.size < MOST_VALUES)
        group.values.set(value, (group.values.get(value) ?? 0) + 1);
      else group.isCut = true;
    }
  }

  #group(key: string, reason: string): Group {
    const known = this.#groups.get(key) ?? (this.#groups.size < MOST_GROUPS ? undefined : this.#groups.get(OTHERS));
    if (known !== undefined) return known;
    const isKept = this.#groups.size < MOST_GROUPS;
    const group: Group = { reason: isKept ? reason : OTHERS, rows: 0, values: new Map(), isCut: false };
    this.#groups.set(isKept ? key : OTHERS, group);
    return group;
  }

  /** The commonest first. */
  groups(): ReasonGroup[] {
    return [...this.#groups.values()]
      .map(({ reason, rows, values, isCut }) => ({ reason, rows, values: commonest(values), isCut }))
      .toSorted((one, other) => other.rows - one.rows);
  }
}

export const commonest = (counts: ReadonlyMap<string, number>): [string, number][] =>
  [...counts].toSorted((one, other) => other[1] - one[1]);
