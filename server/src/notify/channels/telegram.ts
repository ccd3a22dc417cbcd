/** Chats of Telegram, by a bot: `sendMessage` of the Bot API, with the form of a message that is short enough for a telephone. */
import type { Bring } from './channel.ts';
import { post } from './post.ts';

export interface TelegramSettings {
  /** What BotFather gave the bot. It stands in the address of each request: no error may name that. */
  token: string;
  /** Telegram's own, or a Bot API server in the house. */
  api: string;
}

/** Undefined settings: every message is refused with how to change that. */
export function telegramBy(settings: TelegramSettings | undefined): Bring<'telegram'> {
  if (settings === undefined) return () => Promise.reject(new Error('Telegram is not set up: set TELEGRAM_TOKEN'));
  const { token, api } = settings;
  const url = new URL(`${api.replace(/\/$/, '')}/bot${token}/sendMessage`);
  const headers = { 'content-type': 'application/json', 'user-agent': 'operations-room' };
  return async ({ chat }, { texts }, signal) => {
    // Text as it is, so that nothing of a message is read as markup; no preview, which would fetch the room's page.
    const body = JSON.stringify({ chat_id: chat, text: texts.short, link_preview_options: { is_disabled: true } });
    const { status, said } = await post(url, { headers, body, signal }).catch((error: Error) => {
      throw new Error(withoutToken(error.message));
    });
    if (status === 200) return `200 ${messageOf(said)}`;
    throw new Error(withoutToken(`it answered ${status} ${reasonOf(said)}`.trim()));
  };

  function withoutToken(text: string): string {
    return text.replaceAll(token, '…');
  }
}

/** Its answer tells the chat and the text again, and may be cut: the number of the message is what counts. */
function messageOf(said: string): string {
  const id = /"message_id":\s*(\d+)/.exec(said)?.[1];
  return id === undefined ? '' : `message ${id}`;
}

/** As it describes it, with how long it asks to wait. */
function reasonOf(said: string): string {
  const [, description = ''] = /"description":\s*"((?:[^"\\]|\\.)*)"/.exec(said) ?? [];
  return description === '' ? said : (JSON.parse(`"${description}"`) as string);
}
