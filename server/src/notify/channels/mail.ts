/** Mails, by SMTP. */
import { createTransport } from 'nodemailer';
import type { Bring } from './channel.ts';

export interface MailSettings {
  /** `smtp://user:password@host:587`, or `smtps:`. */
  url: string;
  from: string;
}

const PATIENCE_MS = 10_000;

/** Undefined settings: every mail is refused with how to change that. */
export function mailBy(settings: MailSettings | undefined): Bring<'mail'> {
  if (settings === undefined) return () => Promise.reject(new Error('mail is not set up: set SMTP_URL and MAIL_FROM'));
  // A socket's own patience is longer: of a server that greets nobody the reason is told, not just "Timeout".
  const times = { connectionTimeout: PATIENCE_MS, greetingTimeout: PATIENCE_MS, socketTimeout: 1.5 * PATIENCE_MS };
  const transport = createTransport({ url: settings.url, ...times });
  const domain =
    settings.from
      .split('@')
      .at(-1)
      ?.replace(/[^\w.-]/g, '') ?? 'room';
  return async ({ person, address = person }, { key, texts }) => {
    if (!address.includes('@'))
      throw new Error(`the account ${person} is no address: give the receiver one of its own`);
    const sent = await transport.sendMail({
      from: settings.from,
      to: { name: '', address },
      subject: texts.subject,
      text: texts.text,
      messageId: `<${key}@${domain}>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
      // Nothing of a message may name files or addresses to be read here.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    return sent.response;
  };
}
