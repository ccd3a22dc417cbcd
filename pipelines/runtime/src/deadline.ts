/**
 * What `work` gives, or what `late` gives (or throws) where it has not come after `ms` milliseconds or when `signal` is aborted.
 * Work that is late goes on; what becomes of it then, a failure too, is nobody's business here.
 */
export async function within<T, L = T extends void ? void : undefined>(
  work: Promise<T>,
  ms: number,
  late?: () => L,
  signal?: AbortSignal,
): Promise<T | L> {
  let end = (): void => undefined;
  const over = new Promise<'over'>((resolve) => {
    end = () => resolve('over');
  });
  const timer = setTimeout(end, ms);
  if (signal?.aborted === true) end();
  signal?.addEventListener('abort', end);
  work.catch(() => undefined);
  try {
    const first = await Promise.race([work.then((value) => ({ value })), over]);
    return first === 'over' ? (late?.() as L) : first.value;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  }
}
