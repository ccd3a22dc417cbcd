/** What operators are told of what is kept of scenes: how many answers, how many failed, how long a turn takes, and what is left out. */
import { Counter, Gauge, type Registry } from 'prom-client';

interface Turn {
  kept: number;
  failed: number;
  seconds: number;
  leftOut: { scopes: number; questions: number };
}

export class RecorderMetrics {
  readonly #kept: Counter;
  readonly #failed: Counter;
  readonly #seconds: Gauge;
  readonly #leftOut: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#kept = new Counter({
      name: 'room_scene_answers_kept_total',
      help: 'Answers of scenes that were kept, to be shown later as they were',
      registers,
    });
    this.#failed = new Counter({
      name: 'room_scene_answers_failed_total',
      help: 'Questions of scenes that were not answered when they were to be kept',
      registers,
    });
    this.#seconds = new Gauge({
      name: 'room_scene_answers_turn_seconds',
      help: 'How long was waited for the answers of the last turn; a minute is what a turn has',
      registers,
    });
    this.#leftOut = new Gauge({
      name: 'room_scene_answers_left_out',
      help: 'Scopes of wall displays, and questions of scenes, of which nothing is kept because they are too many',
      labelNames: ['what'],
      registers,
    });
    for (const what of ['scopes', 'questions']) this.#leftOut.set({ what }, 0);
  }

  turned({ kept, failed, seconds, leftOut }: Turn): void {
    this.#kept.inc(kept);
    this.#failed.inc(failed);
    this.#seconds.set(seconds);
    for (const [what, n] of Object.entries(leftOut)) this.#leftOut.set({ what }, n);
  }
}
