/** The end of a process: asked for once, clean, and in time. */
export interface ShutdownOptions {
  /** What the error line calls it, as "the room". */
  name: string;
  close: () => Promise<void>;
}

/** Service managers grow impatient after this long. */
const END_MS = 10_000;

/** Ends the process on SIGINT, SIGTERM, or when the parent that started it with a channel is gone; exits with `process.exitCode`. */
export function shutDownWhenAsked({ name, close }: ShutdownOptions): void {
  let isEnding = false;
  const end = (): void => {
    if (isEnding) return;
    isEnding = true;
    setTimeout(() => {
      process.stderr.write(
        `error: ${name} did not stop within ${END_MS / 1_000} s; it was ended, and goes on where it was when started again\n`,
      );
      process.exit(1);
    }, END_MS).unref();
    close().then(
      () => process.exit(),
      (error: unknown) => {
        process.stderr.write(`error: ${name} could not stop cleanly: ${(error as Error).message}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  process.on('disconnect', end);
}
