/** What a process or a part of it opened: closed last in, first out. What fails to close does not keep the rest open. */
export class Owned implements AsyncDisposable {
  readonly #opened: (() => void | PromiseLike<void>)[] = [];
  readonly #failed: (error: unknown) => void;

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  own<T extends AsyncDisposable | Disposable>(resource: T): T {
    this.defer(() => (Symbol.asyncDispose in resource ? resource[Symbol.asyncDispose]() : resource[Symbol.dispose]()));
    return resource;
  }

  defer(close: () => void | PromiseLike<void>): void {
    this.#opened.push(close);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (let last = this.#opened.pop(); last !== undefined; last = this.#opened.pop()) {
      try {
        await last();
      } catch (error) {
        this.#failed(error);
      }
    }
  }
}
