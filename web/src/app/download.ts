/** Files that the server makes for whoever asks, and pictures that the page makes itself. */
import { RequestFailed, refusal } from './client.ts';

/** Saves what an address of the room answers under the name that it gives. Throws `RequestFailed`. */
export async function download(address: string, signal?: AbortSignal): Promise<void> {
  let response: Response;
  try {
    response = await fetch(address, signal === undefined ? {} : { signal });
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new RequestFailed('unreachable', (cause as Error).message, undefined, { cause });
  }
  if (!response.ok) throw await refusal(response);
  const [, name = 'export'] = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '') ?? [];
  save(await response.blob(), name);
}

export function save(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
