/** What goes wrong on purpose, told from outside; and how much of it came to pass. */
import type { Insert } from './statement.ts';

/** One insert's misfortune. */
export type Fault =
  /** The connection is reset when some of the body has come and more is to come; nothing is executed. */
  | { kind: 'cut' }
  /** Executed; then the connection is reset instead of an answer. */
  | { kind: 'unanswered' }
  /** The connection is reset when the body is whole; executed `ms` later, perhaps after the client's next try. */
  | { kind: 'abandoned'; ms: number }
  /** Executed `ms` late. */
  | { kind: 'slow'; ms: number };

export type Order =
  /** `faults` befall the next inserts into `table`, one each; those armed before are forgotten. */
  | { do: 'arm'; table: string; faults: Fault[] }
  /** Every request is answered with 503 for `ms`. */
  | { do: 'refuse'; ms: number }
  /** The next requests find their connection reset, as on a kept one that the server just closed. */
  | { do: 'hangUp'; requests: number }
  | { do: 'report' };

export interface Report {
  /** Inserts whose body began to come. */
  begun: number;
  executed: number;
  /** Executed under a token that was executed before: what deduplication had to catch. */
  repeated: number;
  failed: number;
  /** Whole, and not executed to the end. */
  underWay: number;
  cut: number;
  unanswered: number;
  abandoned: number;
  slow: number;
  refused: number;
  hungUp: number;
  /** Faults that wait for their insert. */
  armed: number;
}

export class Faults {
  readonly #armed = new Map<string, Fault[]>();
  readonly #tokens = new Set<string>();
  #refuseUntil = 0;
  #hangUps = 0;
  readonly #count = {
    begun: 0,
    executed: 0,
    repeated: 0,
    failed: 0,
    underWay: 0,
    cut: 0,
    unanswered: 0,
    abandoned: 0,
    slow: 0,
    refused: 0,
    hungUp: 0,
  };

  take(order: Order): Report {
    if (order.do === 'arm') this.#armed.set(order.table, [...order.faults]);
    else if (order.do === 'refuse') this.#refuseUntil = performance.now() + order.ms;
    else if (order.do === 'hangUp') this.#hangUps = order.requests;
    const armed = [...this.#armed.values()].reduce((sum, faults) => sum + faults.length, 0);
    return { ...this.#count, armed };
  }

  isRefusing(): boolean {
    if (performance.now() >= this.#refuseUntil) return false;
    this.#count.refused++;
    return true;
  }

  isHangingUp(): boolean {
    if (this.#hangUps === 0) return false;
    this.#hangUps--;
    this.#count.hungUp++;
    return true;
  }

  /** An insert begins; what befalls it, if anything. */
  begin({ table }: Insert): Fault | undefined {
    this.#count.begun++;
    return this.#armed.get(table)?.shift();
  }

  /** It could not befall this insert: the next one gets it. */
  giveBack({ table }: Insert, fault: Fault): void {
    this.#armed.get(table)?.unshift(fault);
  }

  happened({ kind }: Fault): void {
    this.#count[kind]++;
  }

  /** Counts an insert's execution. */
  async executing<T>({ table, token }: Insert, work: () => Promise<T>): Promise<T> {
    this.#count.underWay++;
    try {
      const result = await work();
      this.#count.executed++;
      const key = `${table} ${token}`;
      if (token !== '' && this.#tokens.has(key)) this.#count.repeated++;
      this.#tokens.add(key);
      return result;
    } catch (error) {
      this.#count.failed++;
      throw error;
    } finally {
      this.#count.underWay--;
    }
  }
}
