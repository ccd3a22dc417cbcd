/**
 * The room's certificate, where it serves TLS itself: read at the start, and again when its files change. One that cannot be used ends
 * a start; later the one before stays.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { poll } from '@room/runtime';
import type { KeyPair } from '../listener.ts';

export interface CertificateFiles {
  certificate: string;
  key: string;
}

type Report = (level: 'info' | 'warn', message: string) => void;

const LOOK_MS = 2_000;
const DAY_MS = 86_400_000;
const SOON_MS = 14 * DAY_MS;

export class Certificate {
  readonly #files: CertificateFiles;
  readonly #report: Report;
  #pair: KeyPair;
  /** What the files were when they were read last. */
  #seen: string;
  #validTo: number;
  #warnedAt = 0;

  private constructor(files: CertificateFiles, read: Read, report: Report) {
    this.#files = files;
    this.#report = report;
    this.#pair = read.pair;
    this.#validTo = read.validTo;
    this.#seen = read.seen;
  }

  /** Rejects with the cause and the remedy where it cannot be used. */
  static async open(files: CertificateFiles, report: Report): Promise<Certificate> {
    const opened = new Certificate(files, await read(files), report);
    opened.#warnInTime();
    return opened;
  }

  get pair(): KeyPair {
    return this.#pair;
  }

  /** Until when it is good, milliseconds since 1970 UTC. */
  get validTo(): number {
    return this.#validTo;
  }

  /** Calls `changed` with each new one, until it is disposed. */
  follow(changed: (pair: KeyPair) => void): Disposable {
    return poll(LOOK_MS, async () => {
      this.#warnInTime();
      const seen = await marksOf(this.#files).catch(() => this.#seen);
      if (seen === this.#seen) return;
      // Told once for each change: of two files one is written first, and the next look finds both.
      this.#seen = seen;
      try {
        const found = await read(this.#files);
        this.#pair = found.pair;
        this.#validTo = found.validTo;
        this.#seen = found.seen;
        changed(found.pair);
        this.#report('info', `the certificate was changed, and is good until ${new Date(found.validTo).toISOString()}`);
      } catch (error) {
        this.#report('warn', `the certificate stays as it was: ${(error as Error).message}`);
      }
    });
  }

  /** Once a day. */
  #warnInTime(): void {
    const now = Date.now();
    if (this.#validTo - now > SOON_MS || now - this.#warnedAt < DAY_MS) return;
    this.#warnedAt = now;
    const until = new Date(this.#validTo).toISOString();
    this.#report(
      'warn',
      this.#validTo < now
        ? `the certificate of TLS_CERT ended at ${until}: browsers and portals refuse it; put a new one in its place`
        : `the certificate of TLS_CERT ends at ${until}; put a new one in its place before that`,
    );
  }
}

interface Read {
  pair: KeyPair;
  validTo: number;
  seen: string;
}

async function marksOf({ certificate, key }: CertificateFiles): Promise<string> {
  const marks = await Promise.all([certificate, key].map((file) => stat(file)));
  return marks.map(({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`).join(', ');
}

async function read(files: CertificateFiles): Promise<Read> {
  const seen = await marksOf(files).catch(() => '');
  const [cert, key] = await Promise.all([textOf('TLS_CERT', files.certificate), textOf('TLS_KEY', files.key)]);
  const parsed = of(
    'TLS_CERT',
    files.certificate,
    'a certificate in PEM, its chain after it',
    () => new X509Certificate(cert),
  );
  const secret = of('TLS_KEY', files.key, 'its key in PEM, without a passphrase', () => createPrivateKey(key));
  if (!parsed.checkPrivateKey(secret))
    throw new Error(
      `TLS_KEY is ${files.key}, which is not the key of the certificate ${files.certificate}; name the two that belong together`,
    );
  // What of the chain cannot be read is told here and not at the first browser.
  of('TLS_CERT', files.certificate, 'a certificate in PEM, its chain after it', () =>
    createSecureContext({ cert, key }),
  );
  return { pair: { cert, key }, validTo: Date.parse(parsed.validTo), seen };
}

async function textOf(setting: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new Error(
      `${setting} is ${file}, which cannot be read (${(cause as Error).message}); give this user a file that it can read`,
      { cause },
    );
  }
}

function of<T>(setting: string, file: string, wanted: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw new Error(`${setting} is ${file}, which is not ${wanted} (${(cause as Error).message}); put that there`, {
      cause,
    });
  }
}
