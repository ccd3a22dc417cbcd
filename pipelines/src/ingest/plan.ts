/** From the records of a range to its rows. Pure: the same records and the same answers give the same rows, byte for byte. */
import { type Backlog, type Catalogue, decode, HEADERS, type QuarantineCode, type Submission } from '@room/contract';
import type { LogRecord } from '@room/log';
import { backlogRow, eventKey, hashed, quarantineRow, type RangeRows, type Seen, submissionRow } from '@room/warehouse';

export type Decided =
  | { record: LogRecord; ok: true; event: Submission | Backlog; key: string; target?: string }
  | { record: LogRecord; ok: false; code: string; reason: string; source: string; id: string };

export function decide(records: readonly LogRecord[], catalogue: Catalogue): Decided[] {
  return records.map((record) => {
    const outcome = decode(record, catalogue);
    // Refused there is refused here: the portal was told so, even if ingest could count the event by now.
    const verdict = record.headers[HEADERS.verdict];
    if (outcome.ok && verdict === undefined) {
      const { event } = outcome;
      const decided: Decided = { record, ok: true, event, key: eventKey(event.source, event.id) };
      if (event.kind === 'submission' && event.corrects !== undefined)
        decided.target = eventKey(event.source, event.corrects);
      return decided;
    }
    const [code, reason] = outcome.ok
      ? [verdict ?? 'refused', record.headers[HEADERS.reason] ?? 'refused by the gateway']
      : [outcome.code, outcome.reason];
    const { source, id } = outcome.ok ? outcome.event : outcome;
    return { record, ok: false, code, reason, source: source ?? '', id: id ?? '' };
  });
}

/** Keys whose history the plan depends on. `isNew` tells keys that surely nobody counted; targets are always asked for. */
export function questions(decided: readonly Decided[], isNew: (key: string) => boolean): string[] {
  const keys = new Set<string>();
  for (const item of decided) {
    if (!item.ok) continue;
    if (!isNew(item.key)) keys.add(item.key);
    if (item.target !== undefined) keys.add(item.target);
  }
  return [...keys];
}

export interface Plan {
  rows: RangeRows;
  /** Keys counted by this range. */
  keys: string[];
  duplicates: number;
  /** Cases by code. */
  quarantined: Record<string, number>;
  /** Local days whose totals change. */
  days: string[];
}

/** `seen` holds what other ranges counted. Within the range the first of two equal ids counts. */
export function plan(
  decided: readonly Decided[],
  seen: ReadonlyMap<string, Seen>,
  topic: string,
  rangeId: string,
): Plan {
  const counted = new Map<string, Seen>();
  const submission: string[] = [];
  const backlog: string[] = [];
  const quarantine: string[] = [];
  const days = new Set<string>();
  const codes: Record<string, number> = {};
  let duplicates = 0;

  const refuse = (
    record: LogRecord,
    code: QuarantineCode | (string & {}),
    reason: string,
    source: string,
    id: string,
  ): void => {
    const portal = record.headers[HEADERS.portal] ?? '';
    const entry = {
      quarantineId: hashed(portal || source, record.value),
      portal,
      source,
      id,
      topic,
      code,
      reason,
      value: record.value,
      headers: record.headers,
    };
    quarantine.push(quarantineRow(entry, record));
    codes[code] = (codes[code] ?? 0) + 1;
  };

  for (const item of decided) {
    const { record } = item;
    if (!item.ok) {
      refuse(record, item.code, item.reason, item.source, item.id);
      continue;
    }
    const { event, key, target } = item;
    if (seen.has(key) || counted.has(key)) {
      duplicates++;
      continue;
    }
    if (target !== undefined && event.kind === 'submission') {
      const original = counted.get(target) ?? seen.get(target);
      if (original === undefined || original.correction) {
        const [code, reason] =
          original === undefined
            ? ['corrects_unknown', `corrects ${JSON.stringify(event.corrects)}, which was never counted`]
            : [
                'corrects_correction',
                `corrects ${JSON.stringify(event.corrects)}, which is a correction itself; name the original event`,
              ];
        refuse(record, code, reason, event.source, event.id);
        continue;
      }
    }
    counted.set(key, { correction: target !== undefined });
    if (event.kind === 'submission') {
      submission.push(submissionRow(key, event, record, rangeId));
      days.add(event.day);
    } else backlog.push(backlogRow(key, event, record, rangeId));
  }

  return {
    rows: { submission: submission.join('\n'), backlog: backlog.join('\n'), quarantine: quarantine.join('\n') },
    keys: [...counted.keys()],
    duplicates,
    quarantined: codes,
    days: [...days].sort(),
  };
}
