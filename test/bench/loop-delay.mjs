/**
 * Loaded into a room before its own code: measures its event loop. SIGUSR2 writes what was seen since the last one to a file
 * named after the process, and starts anew. A timer of one millisecond looks, so an idle process shows little above one.
 * `ran` is how long of its thread's own time the longest turn took: unlike a delay it does not grow where others wait for each core.
 */
import { openSync, readSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const file = openSync('/proc/self/schedstat', 'r');
  const text = Buffer.alloc(64);
  /** Milliseconds of this thread on a core. */
  const running = () => Number.parseInt(text.toString('latin1', 0, readSync(file, text, 0, 64, 0)), 10) / 1e6;
  let last = running();
  let ran = 0;
  setInterval(() => {
    const now = running();
    ran = Math.max(ran, now - last);
    last = now;
  }, 1).unref();
  process.on('SIGUSR2', () => {
    const [p50, p99, max] = [delay.percentile(50), delay.percentile(99), delay.max].map((ns) => ns / 1e6);
    writeFileSync(join(tmpdir(), `loop-delay-${process.pid}.json`), JSON.stringify({ p50, p99, max, ran }));
    delay.reset();
    ran = 0;
  });
}
