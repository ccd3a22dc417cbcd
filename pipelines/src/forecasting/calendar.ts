/** The working calendar as forecasts read it: one label a day. Pure. */
import { addDays, type Catalogue, type DayType, daysBetween, dayTypeOf, localDay } from '@room/contract';
import { labelOfDay } from '@room/forecast';

export const HOUR = 3_600_000;
const FEAST = 'new-year';

export class Calendar {
  readonly timeZone: string;
  readonly #calendar: Catalogue['calendar'];
  readonly #labels = new Map<string, string | null>();

  constructor({ calendar, timeZone }: Pick<Catalogue, 'calendar' | 'timeZone'>) {
    this.#calendar = calendar;
    this.timeZone = timeZone;
  }

  typeOf(day: string): DayType | undefined {
    return dayTypeOf(this.#calendar, day);
  }

  /** Null where the calendar does not know the day. */
  labelOf(day: string): string | null {
    const known = this.#labels.get(day);
    if (known !== undefined) return known;
    const type = this.typeOf(day);
    const label = type === undefined ? null : labelOfDay(type, this.#feast(day));
    this.#labels.set(day, label);
    return label;
  }

  /** The nearest lunar new year, where the country keeps one. */
  #feast(day: string): { name: string; offset: number } | undefined {
    const offsets = Object.values(this.#calendar.newYear ?? {}).map((feast) => daysBetween(feast, day));
    const offset = offsets.sort((a, b) => Math.abs(a) - Math.abs(b))[0];
    return offset === undefined ? undefined : { name: FEAST, offset };
  }

  /** Labels of `count` hours from `start` (milliseconds) on. */
  hourLabels(start: number, count: number): (string | null)[] {
    return Array.from({ length: count }, (_, hour) => this.labelOf(localDay(start + hour * HOUR, this.timeZone)));
  }

  /** Labels of `count` days from `first` on. */
  dayLabels(first: string, count: number): (string | null)[] {
    return Array.from({ length: count }, (_, day) => this.labelOf(addDays(first, day)));
  }
}
