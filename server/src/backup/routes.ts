/** Operators' HTTP: backups begun, watched and listed. */
import { z } from 'zod';
import type { Remember } from '../access/remember.ts';
import { type Route, route } from '../api/route.ts';
import { HttpError } from '../errors.ts';
import { Backups, backupStateSchema } from './backups.ts';

/** Which stores are not the room's own to copy. */
export interface Remote {
  kafka: boolean;
  clickhouse: boolean;
}

const NOT_EMBEDDED = "log or warehouse are not the room's own";

/** `backups`, where both stores are the room's own. */
export function backupRoutes(backups: Backups | Remote, remember: Remember): Route[] {
  const ours = (): Backups => {
    if (backups instanceof Backups) return backups;
    throw new HttpError(409, 'not_embedded', instead(backups));
  };
  return [
    route({
      method: 'post',
      path: '/v1/operator/backup',
      summary: 'begins a backup and returns at once',
      right: 'operate',
      isWhole: true,
      body: z.strictObject({ name: z.string().optional() }),
      badInput: 'bad_name',
      answer: { status: 202, schema: backupStateSchema },
      refuses: {
        409: `another backup is being made, or there is one of this name; ${NOT_EMBEDDED}`,
        507: 'there is no space for it',
      },
      handle: async ({ principal, body }) => {
        const state = await ours().start(body.name);
        await remember(principal, { action: 'backup.begun', kind: 'backup', subject: state.name });
        return state;
      },
    }),
    route({
      method: 'get',
      path: '/v1/operator/backup',
      summary: 'complete backups, newest first',
      right: 'operate',
      isWhole: true,
      answer: { schema: z.strictObject({ backups: z.array(backupStateSchema) }) },
      refuses: { 409: NOT_EMBEDDED },
      handle: async () => ({ backups: await ours().list() }),
    }),
    route({
      method: 'get',
      path: '/v1/operator/backup/{name}',
      summary: 'one backup: running, failed or complete',
      right: 'operate',
      isWhole: true,
      params: z.strictObject({ name: z.string() }),
      answer: { schema: backupStateSchema },
      refuses: { 404: 'there is none of this name', 409: NOT_EMBEDDED },
      handle: async ({ params: { name } }) => {
        const state = await ours().state(name);
        if (state !== undefined) return state;
        throw new HttpError(404, 'no_such_backup', `there is no backup ${name}`);
      },
    }),
  ];
}

function instead({ kafka, clickhouse }: Remote): string {
  const rewind =
    "set the offsets of the room's consumer group back to before it: what is read again counts once, by its id, as far back as " +
    'the topic reaches';
  if (kafka && clickhouse)
    return `this room keeps nothing itself: stop the pipelines, run BACKUP DATABASE in ClickHouse, start them again. After a RESTORE ${rewind}`;
  return kafka
    ? `this room keeps its log in Kafka: stop it and copy DATA_DIR, which is whole then. After going back to a copy ${rewind}`
    : 'this room keeps its numbers in ClickHouse: stop it, copy DATA_DIR/log first, then run BACKUP DATABASE in ClickHouse. What ' +
        'the copied log holds and the restored tables have counts once, by its id';
}
