/** Chats are told by the Bot API as it is documented, and nobody is told the bot's token. */
import { receiverSchema } from '@room/contract';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../server/src/config.ts';
import type { Outgoing } from '../../../server/src/notify/channels/channel.ts';
import { telegramBy } from '../../../server/src/notify/channels/telegram.ts';
import { openTelegram } from '../../harness/telegram.ts';

const OUTGOING: Outgoing = {
  key: 'k',
  receiver: 'doi-truc',
  texts: {
    subject: 's',
    text: 'long',
    short: '[khẩn] Cảnh báo: <b>Quá hạn</b> & _chậm_, Bộ Y tế: 1.204 https://r.example.org',
  },
  notices: [],
};
const to = (chat: string) => ({ channel: 'telegram' as const, chat, scope: 'all' as const });
const never = new AbortController().signal;

describe('Telegram', () => {
  it.each(['-1001234567890', '@giaoban'])(
    'tells %s the short form as it is, and keeps the number of the message',
    async (chat) => {
      await using telegram = await openTelegram();
      const bring = telegramBy(telegram);
      expect(await bring(to(chat), OUTGOING, never)).toBe('200 message 1');
      expect(telegram.got).toEqual([{ chat, text: OUTGOING.texts.short }]);
    },
  );

  it('says why a chat does not have it, and for how long it was asked to wait', async () => {
    await using telegram = await openTelegram();
    const bring = telegramBy(telegram);
    await expect(bring(to('-42'), OUTGOING, never)).rejects.toThrow(/^it answered 400 Bad Request: chat not found$/);
    telegram.floods = 17;
    await expect(bring(to('@giaoban'), OUTGOING, never)).rejects.toThrow(
      /^it answered 429 Too Many Requests: retry after 17$/,
    );
    expect(telegram.got).toEqual([]);
  });

  it('a token that is wrong, and a server that is away, are said without the token', async () => {
    const telegram = await openTelegram();
    const wrong = `${telegram.token.slice(0, -1)}x`;
    const failures: string[] = [];
    const tried = async (token: string, api: string): Promise<void> => {
      await telegramBy({ token, api })(to('@giaoban'), OUTGOING, never).catch((error: Error) =>
        failures.push(`${error.message} ${error.stack} ${JSON.stringify(error)}`),
      );
    };
    await tried(wrong, telegram.api);
    await telegram[Symbol.asyncDispose]();
    await tried(telegram.token, telegram.api);
    await tried(telegram.token, 'http://no.such.host.invalid');
    expect(failures).toHaveLength(3);
    expect(failures[0]).toContain('it answered 401 Unauthorized');
    for (const failure of failures) {
      expect(failure).not.toContain(wrong);
      expect(failure).not.toContain(telegram.token);
    }
  });

  it('without a token says how to set one', async () => {
    await expect(telegramBy(undefined)(to('@giaoban'), OUTGOING, never)).rejects.toThrow(/set TELEGRAM_TOKEN/);
  });

  it('a token that is none is refused at the start, and not said', () => {
    const told = (env: object) => () => readConfig({ ...env });
    expect(told({ TELEGRAM_TOKEN: 's3cret' })).toThrow(/TELEGRAM_TOKEN must look like/);
    expect(told({ TELEGRAM_TOKEN: 's3cret' })).not.toThrow(/s3cret/);
    const token = `1:${'a'.repeat(35)}`;
    expect(told({ TELEGRAM_TOKEN: token, TELEGRAM_API: 'nowhere' })).toThrow(/TELEGRAM_API is nowhere/);
    expect(readConfig({ TELEGRAM_TOKEN: token }).telegram).toEqual({ token, api: 'https://api.telegram.org' });
    expect(readConfig({}).telegram).toBeUndefined();
  });

  it.each(['0', '12 34', '@a', '@1abcde', 'giaoban', '12345678901234567', '-'])('%s is no chat', (chat) => {
    const receiver = { name: 'x', to: { ...to('1'), chat } };
    expect(receiverSchema.safeParse(receiver).success).toBe(false);
  });
});
