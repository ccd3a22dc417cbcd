/** Passwords as argon2id hashes. A few at a time: each takes a core and 19 MiB for some hundredths of a second. */
import { createHash, randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { HttpError } from '../errors.ts';

/** What OWASP names for argon2id, of which these are the defaults but for the memory: KiB, passes, lanes. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const MOST_AT_ONCE = 2;
const MOST_WAITING = 64;

export class Passwords {
  /** Of nobody: whoever asks for an unknown name waits as long as for a wrong password. */
  readonly #nobodys = this.hash(randomBytes(32).toString('base64url'));
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  hash(password: string): Promise<string> {
    return hash(password, COST);
  }

  /** Whether it is the one of this hash; never without a hash, after the same time. Rejects with 503 where too many wait. */
  async matches(password: string, known: string | undefined): Promise<boolean> {
    await this.#turn();
    try {
      const isRight = await verify(known ?? (await this.#nobodys), password);
      return isRight && known !== undefined;
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    if (this.#running >= MOST_AT_ONCE) {
      if (this.#waiting.length >= MOST_WAITING)
        throw new HttpError(503, 'busy', 'many sign in at the moment; try again in a few seconds', 2);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running++;
  }
}

/** A secret that is given out once; whoever keeps it here keeps its hash. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** Of 256 random bits one fast hash is enough. */
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex');
