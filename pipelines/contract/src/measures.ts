/**
 * What is counted, as data: the rollups' SQL, sums, readers, forecasts, targets and labels come from here. A new sum is an entry
 * here, and a migration that gives the rollups its column.
 */
import type { Language } from './language.ts';

export interface Described {
  label: Readonly<Record<Language, string>>;
  /** In which direction it gets better. */
  better: 'up' | 'down';
}

/** A count that adds up over time and units. */
interface SumEntry extends Described {
  unit: 'dossiers';
  /** Its column in every rollup: a signed whole number. */
  column: string;
  /** Whether its series are forecast, by hour and by day. */
  isForecast: boolean;
}

export const SUM_MEASURES = {
  /** Dossiers submitted (reached an entry status). */
  submitted: {
    label: { vi: 'Hồ sơ nộp', en: 'Submitted' },
    unit: 'dossiers',
    better: 'up',
    column: 'submitted',
    isForecast: true,
  },
  submittedOnline: {
    label: { vi: 'Nộp trực tuyến', en: 'Submitted online' },
    unit: 'dossiers',
    better: 'up',
    column: 'submitted_online',
    isForecast: true,
  },
  /** Finished dossiers whose portal said whether they were on time. */
  onTime: {
    label: { vi: 'Xong đúng hạn', en: 'Finished on time' },
    unit: 'dossiers',
    better: 'up',
    column: 'finished_on_time',
    isForecast: true,
  },
  late: {
    label: { vi: 'Xong trễ hạn', en: 'Finished late' },
    unit: 'dossiers',
    better: 'down',
    column: 'finished_late',
    isForecast: true,
  },
} as const satisfies Readonly<Record<string, SumEntry>>;
export type SumMeasure = keyof typeof SUM_MEASURES;

/** Dossiers at an instant, as last reported: adds up over units, never over time. */
interface LevelEntry extends Described {
  unit: 'dossiers';
  /** What a report calls it. */
  reported: 'open' | 'overdue';
}

export const LEVEL_MEASURES = {
  backlogOpen: { label: { vi: 'Đang giải quyết', en: 'Open' }, unit: 'dossiers', better: 'down', reported: 'open' },
  /** Of those open, the ones that are beyond their date. */
  backlogOverdue: {
    label: { vi: 'Đang chờ quá hạn', en: 'Waiting beyond the date' },
    unit: 'dossiers',
    better: 'down',
    reported: 'overdue',
  },
} as const satisfies Readonly<Record<string, LevelEntry>>;
export type LevelMeasure = keyof typeof LEVEL_MEASURES;
/** A level that is older says nothing of now; local days, its own among them. */
export const LEVEL_REACH_DAYS = 40;

/** A share, 0..1: of all dossiers that the sums of `whole` count, those that `part` counts. */
interface RatioEntry extends Described {
  unit: 'share';
  part: SumMeasure;
  whole: readonly SumMeasure[];
}

export const RATIO_MEASURES = {
  shareOnline: {
    label: { vi: 'Tỷ lệ nộp trực tuyến', en: 'Share submitted online' },
    unit: 'share',
    better: 'up',
    part: 'submittedOnline',
    whole: ['submitted'],
  },
  shareOnTime: {
    label: { vi: 'Tỷ lệ đúng hạn', en: 'Share on time' },
    unit: 'share',
    better: 'up',
    part: 'onTime',
    whole: ['onTime', 'late'],
  },
} as const satisfies Readonly<Record<string, RatioEntry>>;
export type RatioMeasure = keyof typeof RATIO_MEASURES;
