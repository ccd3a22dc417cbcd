/** Goes through the audit's chain when somebody asks, one at a time; what it found is in the audit itself, so that every server knows. */
import type { ChainFault, ChainState } from '@room/contract';
import { type Database, headOf, lastAudit, verifyAudit } from '@room/database';
import type { Actor } from '../access/principal.ts';
import type { Remember } from '../access/remember.ts';

export const AUDIT = 'audit';

interface Found {
  sequence: number;
  hash?: string;
  fault?: ChainFault;
}

export interface AuditCheckOptions {
  database: Pick<Database, 'read'>;
  remember: Remember;
}

export class AuditCheck {
  readonly #options: AuditCheckOptions;
  #running: { done: number; of: number } | undefined;

  constructor(options: AuditCheckOptions) {
    this.#options = options;
  }

  async state(): Promise<ChainState> {
    const { database } = this.#options;
    const running = this.#running;
    const [head, last] = await database.read((query) => Promise.all([headOf(query), lastAudit(query, AUDIT)]));
    return {
      entries: head.sequence,
      ...(last === undefined ? {} : { last: { at: last.at, who: last.who, ...(last.after as Found) } }),
      ...(running === undefined ? {} : { running }),
    };
  }

  /** Begins, where none goes on. Rejects while the database is away. */
  async begin(actor: Actor): Promise<ChainState> {
    if (this.#running === undefined) {
      this.#running = { done: 0, of: 0 };
      // What it found is in the audit; where the database goes away meanwhile nothing was found.
      this.#verify(actor)
        .catch(() => undefined)
        .finally(() => {
          this.#running = undefined;
        });
    }
    return this.state();
  }

  async #verify(actor: Actor): Promise<void> {
    const { database, remember } = this.#options;
    const told = (done: number, of: number): void => {
      this.#running = { done, of };
    };
    const verified = await database.read((query) => verifyAudit(query, { told }));
    const after: Found = verified.ok ? verified.head : { sequence: verified.sequence, fault: verified.fault };
    await remember(actor, {
      action: verified.ok ? 'audit.verified' : 'audit.broken',
      kind: AUDIT,
      subject: 'chain',
      after,
    });
  }
}
