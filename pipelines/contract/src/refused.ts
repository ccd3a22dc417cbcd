/** Why an event cannot be counted: a code for programs, a reason for people. */
export const QUARANTINE_CODES = [
  'not_json',
  'too_large',
  'too_deep',
  'header_not_utf8',
  'not_an_event',
  'unknown_type',
  'unknown_field',
  /** Its sender wrote a field twice: which of both is meant nobody knows. */
  'field_twice',
  'invalid_field',
  'unknown_source',
  'wrong_source',
  /** It says that it is made up, and the room that it was sent to counts real numbers. */
  'simulated',
  'unknown_code',
  /** Another source reports this link. */
  'wrong_link',
  'code_not_valid',
  'time_in_future',
  'time_too_early',
  'interval_invalid',
  'count_negative',
  'on_time_not_finished',
  'corrects_unknown',
  'corrects_correction',
  'corrects_itself',
  'corrects_other_type',
  'corrects_too_much',
  /** It takes away where its original was not counted. */
  'corrects_elsewhere',
  /** Its original's event may no longer be kept. */
  'corrects_gone',
  /** The log holds it in a batch that cannot be read. */
  'unreadable',
  /** Deciding failed in a way that nobody foresaw; the reason says how. */
  'undecidable',
] as const;
export type QuarantineCode = (typeof QUARANTINE_CODES)[number];

export class Refused extends Error {
  constructor(
    readonly code: QuarantineCode,
    readonly reason: string,
  ) {
    super(reason);
  }
}

export const MAX_REASON_LENGTH = 500;

/** At most `most` characters of what a sender chose, in well-formed Unicode. */
export function bounded(text: string, most: number): string {
  const kept = text.length > most ? `${text.slice(0, most - 1)}…` : text;
  return kept.replace(/\p{Surrogate}/gu, '\ufffd');
}
