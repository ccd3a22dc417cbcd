/**
 * Attributes beside `data` that the contract does not know may hold anything, personal data too. Nobody reads them, so they never
 * reach the log; whatever else an event has stands there byte for byte.
 */
import { isKnownMember } from '@room/contract';
import { membersOf } from './pieces.ts';

/** The bytes of an event in structured mode; `event` is what could be read of them. */
export function withoutExtensions(value: Buffer, event: Readonly<Record<string, unknown>>): Buffer {
  for (const name in event) if (!isKnownMember(name)) return knownOf(value);
  return value;
}

function knownOf(value: Buffer): Buffer {
  const members = membersOf(value);
  if (members === undefined) return value;
  const known = members.filter(({ name }) => isKnownMember(name)).map(({ bytes }) => bytes.toString());
  return Buffer.from(`{${known.join(',')}}`);
}
