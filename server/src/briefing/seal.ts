/** The room's own key: what was signed by it is known again, whoever brings it back. Ed25519. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Sealed } from '@room/contract';
import { Conflict, type Database, Documents } from '@room/database';
import { z } from 'zod';

const KIND = 'briefing_key';
const publicSchema = z.strictObject({ publicKey: z.string() });

/** Public halves of all keys that the room ever signed with: in the database, so in every backup. */
export const keysOf = (database: Pick<Database, 'read' | 'write'>): Documents<z.infer<typeof publicSchema>> =>
  new Documents({ database, kind: KIND, schema: publicSchema });

const spki = (key: KeyObject): Buffer => createPublicKey(key).export({ type: 'spki', format: 'der' });
const idOf = (publicKey: Buffer): string => createHash('sha256').update(publicKey).digest('hex').slice(0, 16);

export class Seal {
  readonly #file: string;
  readonly #keys: ReturnType<typeof keysOf>;
  #key: KeyObject | undefined;

  /** The private half stays in this file of the machine; where it is missing, another is made. */
  constructor(file: string, database: Pick<Database, 'read' | 'write'>) {
    this.#file = file;
    this.#keys = keysOf(database);
  }

  async sign(text: string): Promise<Sealed> {
    const key = this.#private();
    const publicKey = spki(key);
    const id = idOf(publicKey);
    if ((await this.#keys.get(id)) === undefined)
      await this.#keys
        .create({ who: 'room' }, id, { publicKey: publicKey.toString('base64') })
        .catch((error: unknown) => {
          if (!(error instanceof Conflict)) throw error;
        });
    return { text, key: id, signature: sign(null, Buffer.from(text), key).toString('base64') };
  }

  #private(): KeyObject {
    this.#key ??= createPrivateKey(existsSync(this.#file) ? readFileSync(this.#file) : this.#make());
    return this.#key;
  }

  #make(): string {
    const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    try {
      writeFileSync(this.#file, pem, { mode: 0o600, flag: 'wx' });
    } catch (error) {
      // Another process of this folder made it just now.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      return readFileSync(this.#file, 'utf8');
    }
    return pem;
  }
}

/** Whether a text is what the room signed with one of its keys. */
export async function isSealed(
  { text, key, signature }: Sealed,
  database: Pick<Database, 'read' | 'write'>,
): Promise<'genuine' | 'unknownKey' | 'changed'> {
  const known = await keysOf(database).get(key);
  if (known === undefined) return 'unknownKey';
  const publicKey = createPublicKey({ key: Buffer.from(known.body.publicKey, 'base64'), format: 'der', type: 'spki' });
  return verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'base64')) ? 'genuine' : 'changed';
}
