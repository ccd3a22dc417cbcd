/** Reads a request's body as it arrives, within its place: unpacked where it was packed, bounded in bytes and in time. */
import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { MAX_BATCH_BYTES } from '@room/contract';
import { HttpError } from '../errors.ts';
import type { Intake, Place } from './intake.ts';

const UNPACK: Readonly<Record<string, (() => Transform) | undefined>> = {
  identity: undefined,
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** What cannot be made smaller grows a little when it is packed. */
const MOST_PACKED = MAX_BATCH_BYTES + 64 * 1024;

/** Throws 415 where the body's encoding is not read, 413 where its length says that it is too large. */
export function checkBody({ headers }: IncomingMessage): void {
  const encoding = encodingOf(headers);
  if (!Object.hasOwn(UNPACK, encoding))
    throw new HttpError(415, 'encoding', 'this content-encoding is not read; use gzip, deflate, br or none');
  const most = encoding === 'identity' ? MAX_BATCH_BYTES : MOST_PACKED;
  if (Number(headers['content-length'] ?? 0) > most) throw tooLarge();
}

const encodingOf = (headers: IncomingMessage['headers']): string =>
  (headers['content-encoding'] ?? 'identity').toLowerCase();

/** The whole body; rejects with what is to be answered. The request itself stays open, so that it can be. */
export function readBody(
  request: IncomingMessage,
  intake: Pick<Intake, 'take' | 'arrived'>,
  place: Place,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const unpack = UNPACK[encodingOf(request.headers)]?.();
    const chunks: Buffer[] = [];
    const over = (): void => {
      place.refuse = undefined;
      request.off('data', arrived).off('end', ended).off('close', gone).off('error', gone);
      if (unpack === undefined) return;
      request.unpipe(unpack);
      unpack.off('data', keep).off('end', whole).destroy();
    };
    const fail = (error: HttpError): void => {
      over();
      request.pause();
      reject(error);
    };
    const attempt = (step: () => void): void => {
      try {
        step();
      } catch (error) {
        fail(error as HttpError);
      }
    };
    const keep = (chunk: Buffer): void =>
      attempt(() => {
        if (place.bytes + chunk.byteLength > MAX_BATCH_BYTES) throw tooLarge();
        intake.take(place, chunk.byteLength);
        chunks.push(chunk);
      });
    const arrived = (chunk: Buffer): void =>
      attempt(() => {
        place.arrived += chunk.byteLength;
        if (unpack === undefined) keep(chunk);
        else if (place.arrived > MOST_PACKED) throw tooLarge();
      });
    const whole = (): void => {
      over();
      intake.arrived(place);
      resolve(Buffer.concat(chunks));
    };
    const ended = (): void => {
      if (unpack === undefined) whole();
    };
    // A request closes after its end too.
    const gone = (): void => {
      if (!request.complete) fail(new HttpError(400, 'aborted', 'the body ended early; send it again'));
    };

    place.refuse = fail;
    request.on('data', arrived).on('end', ended).on('close', gone).on('error', gone);
    if (unpack === undefined) return;
    // After its end it may still fail by itself.
    unpack.on('error', (error) =>
      fail(new HttpError(400, 'bad_request', `the body cannot be unpacked: ${error.message}`)),
    );
    unpack.on('data', keep).on('end', whole);
    request.pipe(unpack);
  });
}

const tooLarge = (): HttpError =>
  new HttpError(413, 'too_large', 'the body is larger than 1 MiB when unpacked; send smaller batches');
