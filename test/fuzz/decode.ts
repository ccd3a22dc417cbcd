/** Decides generated records, and says what of them is against the contract of `decode`. */
import { isDeepStrictEqual } from 'node:util';
import { type Catalogue, decode, HEADERS, MAX_REASON_LENGTH, type Outcome, type RawRecord } from '@room/contract';
import { NOW, records } from './records.ts';

export interface Decided {
  /** Outcomes by code; `ok` for those that count. */
  outcomes: Record<string, number>;
  /** Of one record, milliseconds. */
  longest: number;
  /** What no record may do, in words, with the record. */
  faults: string[];
}

const MOST_FAULTS = 20;
/** Every so many records is decided again, for a log with another clock too. */
const AGAIN = 7;
const BEHIND_MS = 3 * 86_400_000;
const SURROGATE = /\p{Surrogate}/u;

export function decideMany(seed: string, count: number, catalogue: Catalogue): Decided {
  const result: Decided = { outcomes: {}, longest: 0, faults: [] };
  const tell = (record: RawRecord, what: string): void => {
    if (result.faults.length < MOST_FAULTS) result.faults.push(`${what}: ${said(record)}`);
  };
  let number = 0;
  for (const record of records(seed, count)) {
    const began = performance.now();
    let outcome: Outcome;
    try {
      outcome = decode(record, catalogue);
    } catch (error) {
      tell(record, `threw ${String(error)}`);
      continue;
    }
    result.longest = Math.max(result.longest, performance.now() - began);
    const code = outcome.ok ? 'ok' : outcome.code;
    result.outcomes[code] = (result.outcomes[code] ?? 0) + 1;
    for (const fault of faultsOf(outcome)) tell(record, fault);
    if (number++ % AGAIN > 0) continue;
    if (!isDeepStrictEqual(decode(record, catalogue), outcome)) tell(record, 'was decided in two ways');
    if (!holdsBehind(record, catalogue))
      tell(record, 'was accepted by the gateway and refused by a log that is behind');
  }
  return result;
}

function faultsOf(outcome: Outcome): string[] {
  if (outcome.ok)
    return Object.values(outcome.event).flatMap((value) =>
      (typeof value === 'number' && !Number.isFinite(value)) || (typeof value === 'string' && SURROGATE.test(value))
        ? [`counts with ${String(value)}`]
        : [],
    );
  const faults: string[] = [];
  if (outcome.code === 'undecidable') faults.push(outcome.reason);
  if (outcome.reason.length === 0) faults.push('has no reason');
  for (const text of [outcome.reason, outcome.source, outcome.id, outcome.rootId]) {
    if ((text ?? '').length > MAX_REASON_LENGTH) faults.push('says too much');
    if (SURROGATE.test(text ?? '')) faults.push('says what is not well-formed Unicode');
  }
  return faults;
}

function holdsBehind(record: RawRecord, catalogue: Catalogue): boolean {
  const headers = { ...record.headers, [HEADERS.portal]: 'urn:portal:national', [HEADERS.received]: String(NOW) };
  const arrived = { ...record, headers, timestamp: NOW };
  return !decode(arrived, catalogue).ok || decode({ ...arrived, timestamp: NOW - BEHIND_MS }, catalogue).ok;
}

const said = ({ value, headers, opaque, timestamp }: RawRecord): string =>
  JSON.stringify({ value: Buffer.from(value).toString('base64').slice(0, 400), headers, opaque, timestamp }).slice(
    0,
    900,
  );
