/**
 * Loaded into a room before its own code: measures its event loop. SIGUSR2 writes what was seen since the last one to a file
 * named after the process, and starts anew. A timer of one millisecond looks, so an idle process shows little above one.
 */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  process.on('SIGUSR2', () => {
    const [p50, p99, max] = [delay.percentile(50), delay.percentile(99), delay.max].map((ns) => ns / 1e6);
    writeFileSync(join(tmpdir(), `loop-delay-${process.pid}.json`), JSON.stringify({ p50, p99, max }));
    delay.reset();
  });
}
