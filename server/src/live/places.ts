/**
 * Who may hold how many sockets of a server: so that one person's programs, or whoever has a copy of one cookie, take nobody else's
 * place, and people take none from wall displays.
 */
import type { Actor } from '../access/principal.ts';
import { HttpError } from '../errors.ts';

/** Of one server. A room with more viewers has more servers. */
export const MOST_SOCKETS = 5_000;
/** Of these for wall displays alone. */
export const MOST_SCREENS = 500;
/** Of one person, in all browsers and sessions: some pages open on some devices. */
export const MOST_OF_A_PERSON = 32;
/** Of one wall display, which has one; after a cut the server holds the former for up to half a minute. */
export const MOST_OF_A_SCREEN = 16;

const MOST_OF_ONE: Partial<Record<Actor['kind'], number>> = { person: MOST_OF_A_PERSON, screen: MOST_OF_A_SCREEN };

/** `T` is what holds a place. */
export class Places<T> {
  readonly #holders = new Map<T, Actor>();
  readonly #ofOne = new Map<string, number>();
  #others = 0;

  /** Throws with what to do where there is no place. */
  take(holder: T, actor: Actor): void {
    const most = MOST_OF_ONE[actor.kind];
    const key = keyOf(actor);
    const held = this.#ofOne.get(key) ?? 0;
    if (most !== undefined && held >= most)
      throw actor.kind === 'person'
        ? new HttpError(
            429,
            'sockets_of_person',
            `you look at this room in ${held} places already, on all your devices together; close some of them`,
          )
        : new HttpError(
            429,
            'sockets_of_screen',
            `this wall display is shown in ${held} places already; approve each display by a code of its own`,
          );
    const isScreen = actor.kind === 'screen';
    if (this.#holders.size >= MOST_SOCKETS || (!isScreen && this.#others >= MOST_SOCKETS - MOST_SCREENS))
      throw new HttpError(503, 'sockets_full', 'this server has all the viewers it takes; try again later');
    this.#holders.set(holder, actor);
    if (!isScreen) this.#others++;
    if (most !== undefined) this.#ofOne.set(key, held + 1);
  }

  leave(holder: T): void {
    const actor = this.#holders.get(holder);
    if (actor === undefined) return;
    this.#holders.delete(holder);
    if (actor.kind !== 'screen') this.#others--;
    const key = keyOf(actor);
    const held = (this.#ofOne.get(key) ?? 1) - 1;
    if (held > 0) this.#ofOne.set(key, held);
    else this.#ofOne.delete(key);
  }
}

const keyOf = ({ kind, id }: Actor): string => `${kind} ${id}`;
