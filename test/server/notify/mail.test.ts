/** Mail servers in trouble, as they are met: each is told apart, and whoever has the mail at last knows it by its id. */

import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Outgoing } from '../../../server/src/notify/channels/channel.ts';
import { mailBy } from '../../../server/src/notify/channels/mail.ts';

const OUTGOING: Outgoing = {
  key: '0b7c2f0e-0000-4000-8000-000000000000',
  receiver: 'truc',
  texts: { subject: 'Quá hạn', text: 'Bộ Y tế: 1.204\n', short: 's' },
  notices: [],
};
const TO = { channel: 'mail' as const, person: 'lan', address: 'truc@example.org' };
const never = new AbortController().signal;

/** Speaks as much of SMTP as a mail needs. `answers` says otherwise at a command; undefined there: nothing at all, `cut`: it is gone. */
async function post(answers: (command: string) => string | undefined | 'cut' | 'well') {
  const got: string[] = [];
  const server = createServer((socket: Socket) => {
    let isData = false;
    let mail = '';
    const say = (command: string, well: string): void => {
      const answer = answers(command);
      if (answer === 'cut') socket.destroy();
      else if (answer !== undefined) socket.write(`${answer === 'well' ? well : answer}\r\n`);
    };
    socket.setEncoding('utf8').on('error', () => undefined);
    socket.on('data', (part: string) => {
      if (isData) {
        mail += part;
        if (answers('IN DATA') === 'cut') return void socket.destroy();
        if (!mail.endsWith('\r\n.\r\n')) return;
        isData = false;
        got.push(mail);
        return say('END', '250 taken');
      }
      for (const line of part.trim().split('\r\n')) {
        const [command = ''] = line.toUpperCase().split(/[ :]/);
        if (command === 'DATA') isData = true;
        say(command, command === 'DATA' ? '354 go on' : command === 'QUIT' ? '221 bye' : '250 well');
      }
    });
    say('GREETING', '220 mail.example.org ESMTP');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    got,
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}

const TROUBLES: [what: string, command: string, answer: string, said: RegExp][] = [
  ['is asked to come again (451)', 'RCPT', '451 4.7.1 greylisted', /451 4\.7\.1 greylisted/],
  ['has no such mailbox (550)', 'RCPT', '550 5.1.1 no such mailbox', /550 5\.1\.1 no such mailbox/],
  ['refuses the sender', 'MAIL', '553 5.7.1 not from you', /553 5\.7\.1 not from you/],
  ['refuses what it read', 'END', '552 5.2.2 mailbox full', /552 5\.2\.2 mailbox full/],
  ['is gone in the middle of a mail', 'IN DATA', 'cut', /closed|ECONNRESET|EPIPE|hang up/i],
  ['is gone before it says that it has it', 'END', 'cut', /closed|ECONNRESET|EPIPE|hang up/i],
  ['says no at once', 'GREETING', '421 4.3.2 too many', /421 4\.3\.2 too many/],
  ['offers TLS and cannot', 'STARTTLS', '454 4.7.0 TLS not available', /454|TLS/],
];

describe('mail', () => {
  it.each(TROUBLES)(
    'whose server %s is not delivered, says why, and arrives by the same id once that is over',
    async (_, at, answer, said) => {
      let isTrouble = true;
      await using it = await post((command) => {
        if (command === 'EHLO' && at === 'STARTTLS' && isTrouble) return '250-mail.example.org\r\n250 STARTTLS';
        return isTrouble && command === at ? answer : 'well';
      });
      const bring = mailBy({ url: it.url, from: 'room@example.org' });
      await expect(bring(TO, OUTGOING, never)).rejects.toThrow(said);
      isTrouble = false;
      expect(await bring(TO, OUTGOING, never)).toBe('250 taken');
      for (const mail of it.got) expect(mail).toContain(`Message-ID: <${OUTGOING.key}@example.org>`);
      // What broke off after the whole mail was there may come twice, and then by one id.
      expect(it.got.length).toBe(at === 'END' ? 2 : 1);
    },
  );

  it('whose server greets nobody is not waited for without end', { timeout: 90_000 }, async () => {
    await using it = await post((command) => (command === 'GREETING' ? undefined : 'well'));
    const began = performance.now();
    await expect(mailBy({ url: it.url, from: 'room@example.org' })(TO, OUTGOING, never)).rejects.toThrow(/[Gg]reeting/);
    expect(performance.now() - began).toBeLessThan(60_000);
  });

  it('to a server whose TLS nobody vouches for is not sent', async () => {
    await using it = await post(() => 'well');
    await expect(
      mailBy({ url: it.url.replace('smtp:', 'smtps:'), from: 'room@example.org' })(TO, OUTGOING, never),
    ).rejects.toThrow(/SSL|TLS|wrong version/i);
    expect(it.got).toEqual([]);
  });
});
