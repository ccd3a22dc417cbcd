/** What operators are told of alerts: those that are open, those that nobody took, and since when rules were not looked at. */
import { type Rule, SEVERITIES, type Severity } from '@room/contract';
import type { AlertRow, AlertTable } from '@room/database';
import { Gauge, type Registry } from 'prom-client';

const OPEN_STATES = ['firing', 'recovering', 'unknown'] as const;

const severityOf = ({ body }: Pick<AlertRow, 'body'>): Severity => (JSON.parse(body) as Rule).severity;
const secondsSince = (at: string, now: number): number => Math.max(0, (now - Date.parse(at)) / 1_000);

/** Each is absent while the database is away, and zero where there is nothing. */
export function measureAlerts(registry: Registry, table: Pick<AlertTable, 'list' | 'lookedAt'>): void {
  const registers = [registry];
  const startedAt = performance.now();
  const open = (): Promise<AlertRow[] | undefined> => table.list('open', 0).catch(() => undefined);
  new Gauge({
    name: 'room_alerts_open',
    help: 'Alerts that are open, by severity and state',
    labelNames: ['severity', 'state'],
    registers,
    async collect() {
      const rows = await open();
      this.reset();
      if (rows === undefined) return;
      for (const severity of SEVERITIES) for (const state of OPEN_STATES) this.set({ severity, state }, 0);
      for (const row of rows) this.inc({ severity: severityOf(row), state: row.state });
    },
  });
  new Gauge({
    name: 'room_alerts_oldest_unacknowledged_seconds',
    help: 'Age of the oldest open alert that nobody acknowledged, by severity; 0 where there is none',
    labelNames: ['severity'],
    registers,
    async collect() {
      const rows = await open();
      this.reset();
      if (rows === undefined) return;
      const now = Date.now();
      const ages = new Map<Severity, number>(SEVERITIES.map((severity) => [severity, 0]));
      for (const row of rows.filter(({ acknowledged_at }) => acknowledged_at === null)) {
        const severity = severityOf(row);
        ages.set(severity, Math.max(ages.get(severity) ?? 0, secondsSince(row.began_at, now)));
      }
      for (const [severity, age] of ages) this.set({ severity }, age);
    },
  });
  new Gauge({
    name: 'room_alerts_evaluation_age_seconds',
    help: 'Since when rules were not looked at, by whichever process; before the first time, since when this one runs',
    registers,
    async collect() {
      this.remove();
      const known = await table.lookedAt().then(
        (at) => ({ at }),
        () => undefined,
      );
      if (known === undefined) return;
      this.set(known.at === undefined ? (performance.now() - startedAt) / 1_000 : secondsSince(known.at, Date.now()));
    },
  });
}
