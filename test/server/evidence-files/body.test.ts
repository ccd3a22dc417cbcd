/** A file on its way holds its place as long as it comes: who says much and sends nothing makes room for others. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, it } from 'vitest';
import { readFile } from '../../../server/src/evidence-files/body.ts';

const SIZE = 10_000_000;
/** Looked at soon. */
const BOUNDS = { graceMs: 100, lookMs: 10 };

/** A request of so many bytes, of which the first few are there; what is written goes on. */
async function sent(first: Buffer) {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${SIZE}\r\n\r\n`);
  socket.write(first);
  const [request] = (await once(server, 'request')) as [IncomingMessage];
  return {
    request,
    socket,
    [Symbol.asyncDispose]: async () => {
      socket.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

it('is refused where it says ten megabytes and five bytes come', async () => {
  await using it = await sent(Buffer.from('%PDF-'));
  await expect(readFile(it.request, SIZE, BOUNDS)).rejects.toMatchObject({ status: 408, code: 'too_slow' });
  expect(it.request.listenerCount('data')).toBe(0);
});

it('has its time where most of it came at once and the rest falters', async () => {
  await using it = await sent(Buffer.alloc(SIZE / 2));
  const reading = readFile(it.request, SIZE, BOUNDS);
  // Longer than the first look, and by far not so long that half of it were too little.
  await new Promise((resolve) => setTimeout(resolve, 300));
  it.socket.write(Buffer.alloc(SIZE / 2));
  expect((await reading).bytes.byteLength).toBe(SIZE);
});
