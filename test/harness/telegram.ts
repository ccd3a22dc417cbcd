/** A stand-in of Telegram's Bot API as its documentation states it: `sendMessage`, its limits, and how it refuses. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StandIn extends AsyncDisposable {
  readonly api: string;
  readonly token: string;
  /** What chats were told. */
  readonly got: { chat: string; text: string }[];
  /** Seconds that it asks the next ones to wait. */
  floods: number | undefined;
  /** Chats that have the bot. */
  readonly chats: Set<string>;
}

const MOST_TEXT = 4_096;

export async function openTelegram(): Promise<StandIn> {
  const token = '123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw';
  const got: StandIn['got'] = [];
  const refused = (error_code: number, description: string, parameters?: object) => ({
    error_code,
    answer: { ok: false, error_code, description, ...(parameters === undefined ? {} : { parameters }) },
  });
  function answerTo(path: string, body: string): { error_code: number; answer: object } {
    if (path !== `/bot${token}/sendMessage`) return refused(401, 'Unauthorized');
    const { chat_id: chat, text } = JSON.parse(body) as { chat_id?: unknown; text?: unknown };
    if (typeof chat !== 'string' || typeof text !== 'string') return refused(400, 'Bad Request: chat_id is empty');
    if (it.floods !== undefined)
      return refused(429, `Too Many Requests: retry after ${it.floods}`, { retry_after: it.floods });
    if (text.trim() === '') return refused(400, 'Bad Request: message text is empty');
    if (text.length > MOST_TEXT) return refused(400, 'Bad Request: message is too long');
    if (!it.chats.has(chat)) return refused(400, 'Bad Request: chat not found');
    got.push({ chat, text });
    const result = { message_id: got.length, date: 0, chat: { id: 1, type: 'supergroup', title: 'đội trực' }, text };
    return { error_code: 200, answer: { ok: true, result } };
  }
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      const { error_code, answer } = answerTo(request.url ?? '', body);
      response.writeHead(error_code, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const it: StandIn = {
    api: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    got,
    floods: undefined,
    chats: new Set(['-1001234567890', '@giaoban']),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return it;
}
