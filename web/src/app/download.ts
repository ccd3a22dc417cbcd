/** Files that the server makes for whoever asks, and pictures that the page makes itself. */
import { RequestFailed, refusal } from './client.ts';

/** How much of a file is there. */
export interface Progress {
  bytes: number;
  /** Of a text. */
  lines: number;
  /** As many as the whole will have, where the server says so. */
  rows: number | undefined;
}

const NEWLINE = 10;

/**
 * Saves what an address of the room answers under the name that it gives, once all of it is there. Throws `RequestFailed`, with the
 * code `broken` where it ended early, or what `signal` was aborted with.
 */
export async function download(
  address: string,
  { signal, progress }: { signal?: AbortSignal; progress?: (progress: Progress) => void } = {},
): Promise<void> {
  let response: Response;
  try {
    response = await fetch(address, signal === undefined ? {} : { signal });
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new RequestFailed('unreachable', (cause as Error).message, undefined, { cause });
  }
  if (!response.ok) throw await refusal(response);
  const name = nameIn(response.headers.get('content-disposition') ?? '');
  const type = response.headers.get('content-type') ?? '';
  const rows = Number(response.headers.get('x-room-rows') ?? Number.NaN);
  const there: Progress = { bytes: 0, lines: 0, rows: Number.isNaN(rows) ? undefined : rows };
  const parts: BlobPart[] = [];
  try {
    const reader = response.body?.getReader();
    for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read()) {
      parts.push(part.value as Uint8Array<ArrayBuffer>);
      there.bytes += part.value.length;
      for (let at = part.value.indexOf(NEWLINE); at >= 0; at = part.value.indexOf(NEWLINE, at + 1)) there.lines++;
      progress?.({ ...there });
    }
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new RequestFailed('broken', (cause as Error).message, undefined, { cause });
  }
  // Whoever stands between may end an answer that broke off as if it were whole.
  if (type.startsWith('text/csv') && there.rows !== undefined && there.lines <= there.rows)
    throw new RequestFailed('broken', `${there.lines} of more than ${there.rows} lines came`);
  save(new Blob(parts, { type }), name);
}

/** By which a file is given: names of other alphabets are written another way beside. */
function nameIn(disposition: string): string {
  const [, encoded] = /filename\*=UTF-8''([^;\s]+)/.exec(disposition) ?? [];
  const [, plain = 'export'] = /filename="([^"]+)"/.exec(disposition) ?? [];
  return encoded === undefined ? plain : decodeURIComponent(encoded);
}

export function save(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
