/** What operators are told of wall displays: how many of those that stand in a wall tell nothing of themselves any more. */
import { Gauge, type Registry } from 'prom-client';

/** Absent while the database is away. */
export function measureScreens(registry: Registry, silent: () => Promise<number>): void {
  new Gauge({
    name: 'room_screens_silent',
    help: 'Wall displays of walls that told nothing of themselves for a minute, or never',
    registers: [registry],
    async collect() {
      this.remove();
      const count = await silent().catch(() => undefined);
      if (count !== undefined) this.set(count);
    },
  });
}
