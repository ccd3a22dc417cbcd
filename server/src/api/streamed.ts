/** An answer that is sent as it is made, as a file of its own name. */
export class Streamed<T> {
  declare protected readonly of: T;
  readonly name: string;
  readonly chunks: AsyncIterable<string | Uint8Array>;
  /** Where it is another than that of its route. */
  readonly type: string | undefined;
  /** Bytes, where they are known. */
  readonly size: number | undefined;

  constructor(
    name: string,
    chunks: AsyncIterable<string | Uint8Array>,
    { type, size }: { type?: string; size?: number } = {},
  ) {
    this.name = name;
    this.chunks = chunks;
    this.type = type;
    this.size = size;
  }
}
