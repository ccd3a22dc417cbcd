import { randomUUID } from 'node:crypto';
import type { OutboxRow } from './tables.ts';

/** A message that is due now. */
export function messageOf(channel: string, body: unknown, lane: string | null): OutboxRow {
  const now = new Date().toISOString();
  const content = { id: randomUUID(), channel, body: JSON.stringify(body), created_at: now };
  return { ...content, due_at: now, attempts: 0, is_dead: 0, error: null, lane };
}
