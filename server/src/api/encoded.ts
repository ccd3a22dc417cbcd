/** JSON of a `T` that many ask for, made once. */
import { createHash } from 'node:crypto';

export class Encoded<T> {
  declare protected readonly of: T;
  readonly bytes: Buffer;
  #tag: string | undefined;

  private constructor(text: string) {
    this.bytes = Buffer.from(text);
  }

  static value<T>(value: T): Encoded<T> {
    return new Encoded<T>(JSON.stringify(value));
  }

  /** What is JSON already. */
  static text<T>(text: string): Encoded<T> {
    return new Encoded<T>(text);
  }

  /** For whoever has it already, in whichever encoding it went out. */
  get tag(): string {
    this.#tag ??= `W/"${createHash('sha256').update(this.bytes).digest('base64url').slice(0, 22)}"`;
    return this.#tag;
  }
}
