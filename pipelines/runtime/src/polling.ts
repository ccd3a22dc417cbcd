/** Runs `work`; a call while it is still running from an earlier one passes. */
export function oneAtATime<Given extends readonly unknown[]>(
  work: (...given: Given) => Promise<void>,
): (...given: Given) => Promise<void> {
  let isRunning = false;
  return async (...given) => {
    if (isRunning) return;
    isRunning = true;
    try {
      await work(...given);
    } finally {
      isRunning = false;
    }
  };
}

/**
 * Asks now and then every `ms` milliseconds, one question at a time: what is away answers slowly. `ask` handles its own failures.
 * Keeps no process alive.
 */
export function poll(ms: number, ask: () => Promise<void>): Disposable {
  const askOnce = oneAtATime(ask);
  const timer = setInterval(() => void askOnce(), ms).unref();
  void askOnce();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
