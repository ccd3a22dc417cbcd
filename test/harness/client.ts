/** A portal of a test: makes events and posts them, as a portal would, until they are acknowledged. */
import type { Snapshot } from '@room/contract';
import type { Room } from './room.ts';

/** All that a portal knows of a room: its address, and its own key. */
export type Door = Pick<Room, 'url' | 'key'>;

export const NATIONAL = 'urn:portal:national';

export interface EventResult {
  id: string | null;
  result: 'accepted' | 'duplicate' | 'quarantined';
  code?: string;
  reason?: string;
}

/** A dossier submitted online just now, changed as the test wants. */
export function submission(id: string, data: object = {}, envelope: object = {}): Record<string, unknown> {
  const fields: Record<string, unknown> = {
    procedure: 'DV01',
    agency: 'MPS',
    province: '01',
    channel: 2,
    status: 1,
    count: 1,
    occurredAt: new Date().toISOString(),
    ...data,
  };
  return { specversion: '1.0', id, source: NATIONAL, type: 'submission.counted', data: fields, ...envelope };
}

export async function post(room: Door, events: readonly unknown[], source = NATIONAL): Promise<Response> {
  return fetch(`${room.url}/v1/events`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await room.key(source)}`,
      'content-type': 'application/cloudevents-batch+json',
    },
    body: JSON.stringify(events),
  });
}

/** Posts and expects 202. */
export async function send(room: Door, events: readonly unknown[], source = NATIONAL): Promise<EventResult[]> {
  const response = await post(room, events, source);
  if (response.status !== 202) throw new Error(`the gateway answered ${response.status}: ${await response.text()}`);
  return ((await response.json()) as { results: EventResult[] }).results;
}

/** Undefined while the room has no numbers yet. */
export async function snapshot(room: Pick<Door, 'url'>, name = 'now'): Promise<Snapshot | undefined> {
  const response = await fetch(`${room.url}/v1/snapshot?room=${name}`);
  return response.ok ? ((await response.json()) as Snapshot) : undefined;
}
