/** A real SMTP server that receives the mails of a test. */
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface Post extends AsyncDisposable {
  readonly url: string;
  readonly got: { to: string; text: string }[];
  /** Whether the next ones are refused. */
  refuses: boolean;
}

export async function openPost(): Promise<Post> {
  const got: Post['got'] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onData: (stream, session, done) => {
      let text = '';
      stream.setEncoding('utf8');
      stream.on('data', (part: string) => {
        text += part;
      });
      stream.on('end', () => {
        if (post.refuses) return done(new Error('mailbox full'));
        got.push({ to: session.envelope.rcptTo[0]?.address ?? '', text });
        done();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const post: Post = {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    got,
    refuses: false,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
  return post;
}
