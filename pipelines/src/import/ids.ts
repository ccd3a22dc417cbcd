/** Which ids a file has had, in 16 bytes each: a row whose id stood before would be taken for that one. */

/** What an id that stood before says: the line it stood on, and whether the event was the same. */
export interface Earlier {
  line: number;
  isSame: boolean;
}

const FIELDS = 4;
const FULL = 0.7;

/** A hash table of numbers; ids are told apart by 64 bits of theirs, events of one id by 32. */
export class Ids {
  #slots = new Uint32Array(FIELDS * 1_024);
  #size = 0;

  /** Undefined where the id is new. `line` counts from 1. */
  add(id: string, content: string, line: number): Earlier | undefined {
    if (this.#size >= (this.#slots.length / FIELDS) * FULL) this.#grow();
    const [low, high] = hash(id);
    const [what] = hash(content);
    const at = this.#find(this.#slots, low, high);
    const stored = this.#slots[at + 3] ?? 0;
    if (stored !== 0) return { line: stored, isSame: this.#slots[at + 2] === what };
    this.#slots.set([low, high, what, line], at);
    this.#size += 1;
    return undefined;
  }

  /** Position of the id, or of the free slot where it belongs: one without a line. */
  #find(slots: Uint32Array, low: number, high: number): number {
    const mask = slots.length / FIELDS - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const at = slot * FIELDS;
      if (slots[at + 3] === 0 || (slots[at] === low && slots[at + 1] === high)) return at;
    }
  }

  #grow(): void {
    const grown = new Uint32Array(this.#slots.length * 2);
    for (let at = 0; at < this.#slots.length; at += FIELDS) {
      const [low = 0, high = 0, what = 0, line = 0] = this.#slots.subarray(at, at + FIELDS);
      if (line !== 0) grown.set([low, high, what, line], this.#find(grown, low, high));
    }
    this.#slots = grown;
  }
}

/** Two numbers of 32 bits from a text: two mixed multiplications a character, each finished with the other. */
function hash(text: string): [number, number] {
  let one = 0xdeadbeef;
  let other = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    one = Math.imul(one ^ unit, 2_654_435_761);
    other = Math.imul(other ^ unit, 1_597_334_677);
  }
  one = Math.imul(one ^ (one >>> 16), 2_246_822_507) ^ Math.imul(other ^ (other >>> 13), 3_266_489_909);
  other = Math.imul(other ^ (other >>> 16), 2_246_822_507) ^ Math.imul(one ^ (one >>> 13), 3_266_489_909);
  return [one >>> 0, other >>> 0];
}
