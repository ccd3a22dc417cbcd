/** A year of reports as ministries and provinces send them: most in time, some late, some corrected, some never. Pure and seeded. */
import { addDays, type Catalogue, type Indicator, periodsUntil, reportersOf, startOfDay } from '@room/contract';
import { fixed } from './random.ts';

/** Told by the page as made up. */
export const SIMULATOR = 'simulator';
const MISSING = 0.06;
const LATE = 0.14;
const CORRECTED = 0.08;
const MOST_LATE_DAYS = 40;
const HOUR = 3_600_000;

export interface SimReport {
  indicator: string;
  by_unit: string;
  period: string;
  revision: number;
  value: string;
  at: string;
  evidence: string;
  note: null;
  why: string | null;
}

export interface Year {
  indicators: Readonly<Record<string, Indicator>>;
  catalogue: Pick<Catalogue, 'agencies' | 'provinces' | 'timeZone'>;
  /** Milliseconds: what is told later is not there yet. */
  now: number;
  /** Local day of it. */
  today: string;
}

/** In the order in which they were told. */
export function reportsOfYear({ indicators, catalogue, now, today }: Year): SimReport[] {
  const reports: SimReport[] = [];
  for (const [id, indicator] of Object.entries(indicators)) {
    const units = reportersOf(indicator, catalogue, today).map((unit) => unit.id);
    for (const unit of ['', ...units]) {
      const periods = periodsUntil(indicator, addDays(today, -1));
      periods.forEach(([period, { to }], index) => {
        const chance = (what: string): number => fixed(`${id} ${unit} ${period} ${what}`);
        const fate = chance('fate');
        if (fate < MISSING) return;
        const grace = Math.max(1, indicator.graceDays);
        const days =
          fate < MISSING + LATE
            ? grace + 1 + Math.floor(chance('days') * MOST_LATE_DAYS)
            : 1 + Math.floor(chance('days') * grace);
        const value = simulatedValue(indicator, `${id} ${unit}`, index, periods.length);
        const isCorrected = chance('corrected') < CORRECTED;
        const first = isCorrected ? simulatedValue(indicator, `${id} ${unit} slip`, index, periods.length) : value;
        const tell = (revision: number, told: number, after: number): SimReport => ({
          indicator: id,
          by_unit: unit,
          period,
          revision,
          value: JSON.stringify(told),
          at: new Date(
            startOfDay(addDays(to, after), catalogue.timeZone) + (8 + 8 * chance('hour')) * HOUR,
          ).toISOString(),
          evidence: JSON.stringify({ text: `Báo cáo mô phỏng / simulated report ${period}` }),
          note: null,
          why: revision === 1 ? null : 'mô phỏng: một huyện gửi thiếu / simulated: a district was missing',
        });
        reports.push(tell(1, first, days));
        if (isCorrected) reports.push(tell(2, value, days + 3 + Math.floor(chance('later') * 20)));
      });
    }
  }
  return reports
    .filter(({ at }) => Date.parse(at) <= now)
    .sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : one.revision - other.revision));
}

/** From what was published last, on an uneven way to somewhere about the next target. */
function simulatedValue(indicator: Indicator, seed: string, index: number, periods: number): number {
  const { unit, of, most, published, targets, direction } = indicator;
  const whole = unit === 'share' ? 1 : (of ?? undefined);
  const start = published.at(-1)?.value ?? (whole ?? 10) * (0.55 + 0.15 * fixed(`${seed} start`));
  const target = targets.at(-1)?.value ?? start * (direction === 'up' ? 1.15 : 0.9);
  const end = start + (target - start) * (0.6 + 0.7 * fixed(`${seed} end`));
  const step = (end - start) / Math.max(1, periods + 1);
  const way = start + step * (index + 1 + (fixed(`${seed} ${index}`) - 0.5) * 0.9);
  const bounded = Math.min(most ?? Number.POSITIVE_INFINITY, whole ?? Number.POSITIVE_INFINITY, Math.max(0, way));
  if (unit === 'share' || unit === 'points') return Number(bounded.toFixed(3));
  return Math.max(unit === 'rank' ? 1 : 0, Math.round(bounded));
}
