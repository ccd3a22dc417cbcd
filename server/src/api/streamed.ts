/** An answer that is sent as it is made, as a file of its own name. */
export class Streamed<T> {
  declare protected readonly of: T;
  readonly name: string;
  readonly chunks: AsyncIterable<string | Uint8Array>;

  constructor(name: string, chunks: AsyncIterable<string | Uint8Array>) {
    this.name = name;
    this.chunks = chunks;
  }
}
