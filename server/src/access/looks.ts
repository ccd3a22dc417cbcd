/**
 * "Look as …": a demonstration shows each user's room by one click. Only where all numbers are made up, nobody but this machine
 * reaches the room, and nobody has an account: a look is no credential.
 */
import {
  type Catalogue,
  type Label,
  type Look,
  localDay,
  type Right,
  scopeOf,
  type Unit,
  validOn,
} from '@room/contract';
import type { Actor } from './principal.ts';

const OF_ALL: Readonly<Record<string, readonly Right[]>> = {
  leadership: ['view', 'direct'],
  analyst: ['view', 'analyse'],
  operator: ['view', 'operate'],
  administrator: ['view', 'administer'],
};
const OF_A_UNIT: readonly Right[] = ['view', 'analyse', 'answer'];

export interface LooksOptions {
  catalogue: Catalogue;
  /** Whether all of its conditions hold now. */
  isDemonstration: () => boolean;
}

export class Looks {
  readonly #options: LooksOptions;
  readonly #actors = new Map<string, Actor>();

  constructor(options: LooksOptions) {
    this.#options = options;
  }

  /** Those that may be chosen; none where this is no demonstration. */
  all(): Look[] {
    const { catalogue, isDemonstration } = this.#options;
    if (!isDemonstration()) return [];
    const today = localDay(Date.now(), catalogue.timeZone);
    const units = (kind: 'agency' | 'province', noun: Label, of: readonly Unit[]): Look[] =>
      of
        .filter((unit) => validOn(unit, today))
        .map(({ id, label, short }) => ({
          id: `${kind}:${id}`,
          rights: OF_A_UNIT,
          scope: kind === 'agency' ? { agencies: [id], provinces: [] } : { agencies: [], provinces: [id] },
          unit: { noun, label: short ?? label },
        }));
    return [
      ...Object.entries(OF_ALL).map(([id, rights]): Look => ({ id, rights, scope: 'all' })),
      ...units('agency', catalogue.agencyNoun, catalogue.agencies),
      ...units('province', catalogue.provinceNoun, catalogue.provinces),
    ];
  }

  /** Undefined where there is none of this id, or this is no demonstration. */
  actor(id: string): Actor | undefined {
    const look = this.all().find((each) => each.id === id);
    if (look === undefined) return undefined;
    const { rights, scope: grant } = look;
    const known = this.#actors.get(id) ?? {
      kind: 'look',
      id,
      rights: new Set(rights),
      grant,
      scope: scopeOf(grant, this.#options.catalogue),
    };
    this.#actors.set(id, known);
    return known;
  }
}
