/**
 * What numbers are made of that are no sum of a period: the rate of the present, and what is expected. Instants are milliseconds since
 * 1970 UTC.
 */
import { z } from 'zod';
import { labelSchema } from './catalogue.ts';
import { evidentEventSchema } from './evidence.ts';
import {
  calibrationSchema,
  expectedSchema,
  FORECAST_GRAINS,
  FORESEEN,
  type ForecastGrain,
  seriesAsked,
} from './forecasting.ts';
import type { Language } from './language.ts';
import { absentOr, count, instant, day as localDay, number } from './schema.ts';
import { METRICS } from './sums.ts';

type Label = Readonly<Record<Language, string>>;

/** Local days before the running one of which a forecast knows the hours, and the days. Longer histories cost more than they teach. */
export const HISTORY_DAYS: Readonly<Record<ForecastGrain, number>> = { hour: 84, day: 730 };

const askedInstant = z
  .string()
  .regex(/^\d{12,13}$/, { error: 'not an instant in milliseconds since 1970 UTC, as 1764300000000' })
  .transform(Number);

export const expectedQuerySchema = z.strictObject({
  ...seriesAsked,
  at: absentOr(askedInstant).meta({
    description: 'within the hour or day that is expected; the first step without it',
  }),
  by: absentOr(askedInstant).meta({ description: 'as it was expected then; the newest forecast without it' }),
});

export const expectedMadeSchema = z
  .object({
    series: z.object({
      dim: z.enum(['all', ...FORESEEN]),
      code: z.string(),
      metric: z.enum(METRICS),
      grain: z.enum(FORECAST_GRAINS),
    }),
    /** What is counted, and what is said of it before. */
    definition: labelSchema,
    what: labelSchema,
    issuedAt: instant,
    knownTo: instant.meta({ description: 'the end of the last hour that its makers knew' }),
    /** The hour or day, and what was expected of it; the bounds hold 50, 80 and 95 % of the truth. */
    at: instant,
    expected: expectedSchema,
    model: z.object({ name: labelSchema, described: z.string() }),
    /** What it was made from: each leads to the events that were counted there. */
    inputs: z.array(
      z.object({
        grain: z.enum(FORECAST_GRAINS),
        from: localDay,
        to: localDay,
        table: z.string(),
        evidence: z.string().meta({ description: 'the address of the evidence of what was counted in these days' }),
      }),
    ),
    /** How often such bounds held. */
    calibration: z.array(calibrationSchema),
  })
  .meta({ id: 'ExpectedMade' });
export type ExpectedMade = z.infer<typeof expectedMadeSchema>;

export const rateQuerySchema = z.strictObject({
  at: absentOr(askedInstant).meta({ description: 'the end of the minute: coverageNow.asOf of a wall; now without it' }),
});

export const rateMadeSchema = z
  .object({
    definition: labelSchema,
    what: labelSchema,
    /** The sixty seconds, the last instant excluded. */
    from: instant,
    to: instant,
    /** By the second, or of the minute before where part of it was reported by the minute alone. */
    by: z.enum(['second', 'minute']),
    table: z.string(),
    statement: z.string(),
    perMinute: count.meta({ description: 'as the sums that are kept say it' }),
    sum: number.meta({ description: 'of the events' }),
    matches: z.boolean(),
    /** The newest of them. */
    events: z.array(evidentEventSchema),
    more: count.meta({ description: 'events that are not listed' }),
  })
  .meta({ id: 'RateMade' });
export type RateMade = z.infer<typeof rateMadeSchema>;

export const RATE: Label = {
  vi: 'Hồ sơ nộp trong 60 giây trước thời điểm mà các nguồn đã báo cáo tới; nếu một phần chỉ được báo theo phút thì là phút trọn vẹn gần nhất.',
  en: 'Dossiers submitted in the 60 seconds before the instant up to which sources reported; where part of them is reported by the minute alone, in the last whole minute.',
};
export const EXPECTED: Readonly<Record<ForecastGrain, Label>> = {
  hour: {
    vi: 'Dự kiến của một giờ, lập trước khi giờ đó kết thúc.',
    en: 'What an hour is expected to bring, told before it ended.',
  },
  day: {
    vi: 'Dự kiến của một ngày, lập trước khi ngày đó kết thúc.',
    en: 'What a day is expected to bring, told before it ended.',
  },
};
export const MODEL: Label = {
  vi: 'Năm hồi quy nhỏ và các dạng gần chúng, kết hợp theo sai số trên quá khứ của chính chuỗi; lịch làm việc và Tết có hệ số riêng; khoảng lấy từ thử lùi ở từng bước.',
  en: "Five small regressions and their kin, put together by how they did on the series' own past; factors for the working calendar and Tet; bounds from backtests at each step.",
};
