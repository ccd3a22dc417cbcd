// Preloaded into every process that is started on behalf of another one: when the starter is gone, the IPC channel
// closes, and this process ends as if it had been asked to.
const GRACE_MS = 15_000;

if (process.channel) {
  process.once('disconnect', () => {
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE_MS).unref();
    process.kill(process.pid, 'SIGTERM');
  });
  process.channel.unref();
}
