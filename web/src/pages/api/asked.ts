/** Asks an address as a program would, and reads as much of the answer as can be looked at. */

/** Characters that are shown of an answer. */
export const MOST_SHOWN = 200_000;

export interface Told {
  status: number;
  type: string;
  ms: number;
  text: string;
  /** More than is shown. */
  isCut: boolean;
}

const isText = (type: string): boolean => /json|text|csv|xml|yaml/.test(type);

async function textOf(response: Response): Promise<{ text: string; isCut: boolean }> {
  const reader = response.body?.getReader();
  if (reader === undefined) return { text: '', isCut: false };
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { text, isCut: false };
    text += decoder.decode(value, { stream: true });
    if (text.length > MOST_SHOWN) {
      await reader.cancel();
      return { text: text.slice(0, MOST_SHOWN), isCut: true };
    }
  }
}

/** With a token as the program that has it, without one as whoever sits here. Throws where nothing answers. */
export async function askedBy(address: string, token: string, signal: AbortSignal): Promise<Told> {
  const began = performance.now();
  const as: RequestInit = token === '' ? {} : { credentials: 'omit', headers: { authorization: `Bearer ${token}` } };
  const response = await fetch(address, { ...as, signal, cache: 'no-store' });
  const type = response.headers.get('content-type') ?? '';
  if (!isText(type)) await response.body?.cancel();
  const { text, isCut } = isText(type) ? await textOf(response) : { text: '', isCut: false };
  const shown = type.includes('json') && !isCut && text !== '' ? JSON.stringify(JSON.parse(text), undefined, 2) : text;
  return { status: response.status, type, ms: performance.now() - began, text: shown, isCut };
}
