/** What portals were answered by this server since it started: the last of each, and refusals by their kind. */
import type { PortalAnswer, PortalRefusals } from '@room/contract';
import type { AnsweredRequest } from '../requests.ts';

interface Delivered {
  last: PortalAnswer;
  refused: Map<string, PortalRefusals>;
}

const EVENTS = '/v1/events';

export class Deliveries {
  readonly #bySource = new Map<string, Delivered>();
  readonly #now: () => number;

  constructor(now = () => Date.now()) {
    this.#now = now;
  }

  /** Hears of every request; a sender that left before its answer was told nothing. */
  answered({ route, portal, status, code, events }: AnsweredRequest): void {
    if (route !== EVENTS || portal === undefined || status === undefined) return;
    const at = this.#now();
    const last: PortalAnswer = {
      at,
      status,
      ...(code === undefined ? {} : { code }),
      ...(events === undefined ? {} : { events }),
    };
    const refused = this.#bySource.get(portal)?.refused ?? new Map<string, PortalRefusals>();
    if (code !== undefined) refused.set(code, { code, count: (refused.get(code)?.count ?? 0) + 1, at });
    this.#bySource.set(portal, { last, refused });
  }

  /** Refusals: the last of them first. */
  of(source: string): { last?: PortalAnswer; refused: PortalRefusals[] } {
    const found = this.#bySource.get(source);
    if (found === undefined) return { refused: [] };
    return { last: found.last, refused: [...found.refused.values()].sort((a, b) => b.at - a.at) };
  }
}
