/** A demonstration with a rule book of a test: one number that is easily crossed, who is silent, and stretches that are read. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_CATALOGUE } from '@room/catalogue';
import { send, submission } from './client.ts';
import { type Room, startRoom } from './room.ts';
import { tempDir } from './temp.ts';

export const MINISTRY_PORTAL = 'urn:portal:agency:MPS';

const label = (vi: string, en: string) => ({ vi, en });
const COMMON = { forSeconds: 0, keepSeconds: 0, owner: 'somebody', reason: label('để thử', 'a test') };
const submittedAbove = (limit: number, window: object) => ({
  kind: 'threshold',
  measure: 'submitted',
  window,
  side: 'above',
  against: { kind: 'value', limit },
});
const RULES = {
  'T-01': {
    ...COMMON,
    label: label('Quá nhiều hồ sơ', 'Too many dossiers'),
    over: { dim: 'agency', codes: ['MPS', 'MOH'] },
    when: submittedAbove(100, { kind: 'today' }),
    severity: 'critical',
  },
  'T-02': {
    ...COMMON,
    label: label('Hệ thống im lặng', 'Portal silent'),
    over: { dim: 'source' },
    when: { kind: 'silent' },
    severity: 'warning',
  },
  'T-03': {
    ...COMMON,
    label: label('Hai giờ qua', 'The last two hours'),
    over: { dim: 'all' },
    when: submittedAbove(1_000_000, { kind: 'last', minutes: 120 }),
    severity: 'info',
  },
  'T-04': {
    ...COMMON,
    label: label('Hồ sơ quá hạn vượt ngưỡng', 'Too much waits beyond its date'),
    over: { dim: 'agency', codes: ['MPS'] },
    when: {
      kind: 'threshold',
      measure: 'backlogOverdue',
      window: { kind: 'now' },
      side: 'above',
      against: { kind: 'value', limit: 1_000 },
    },
    severity: 'critical',
  },
  'T-05': {
    ...COMMON,
    label: label('Kết nối im lặng', 'Link silent'),
    over: { dim: 'link' },
    when: { kind: 'silent' },
    severity: 'warning',
  },
};

export interface AlertingRoom extends AsyncDisposable {
  room: Room;
  /** Has the ministry's portal tell of so many dossiers. Events are called `a-0`, `a-1` and so on. */
  tell(count: number, data?: object): Promise<void>;
  /** Has it tell how many dossiers wait beyond their date. */
  tellOverdue(overdue: number): Promise<void>;
  /** Asks as somebody of the demonstration. */
  as(look: string, path: string, body?: unknown): Promise<Response>;
}

/** The ministry's portal is silent after so many seconds; `more` are rules beside those above. */
export async function startAlertingRoom(
  silentAfter: number,
  env: Record<string, string> = {},
  more: Record<string, object> = {},
): Promise<AlertingRoom> {
  const folder = await tempDir('alerts');
  const catalogue = join(folder.path, 'catalogue');
  await cp(DEFAULT_CATALOGUE, catalogue, { recursive: true });
  const file = join(catalogue, 'catalogue.json');
  const found = JSON.parse(await readFile(file, 'utf8')) as {
    sources: { id: string; lateAfter: number; silentAfter: number }[];
  };
  for (const source of found.sources)
    if (source.id === MINISTRY_PORTAL)
      Object.assign(source, { lateAfter: Math.min(source.lateAfter, silentAfter), silentAfter });
  await writeFile(file, JSON.stringify(found));
  await writeFile(join(catalogue, 'rules.json'), JSON.stringify({ ...RULES, ...more }));
  const room = await startRoom({ catalogue, dataDir: join(folder.path, 'data'), env });
  // All numbers here are made up, as those of a trial are: ministries are looked at by a click.
  await writeFile(join(room.dataDir, 'simulator-keys.jsonl'), '');
  let sent = 0;
  return {
    room,
    tell: async (count, data = {}) => {
      const event = submission(`a-${sent++}`, { count, ...data }, { source: MINISTRY_PORTAL });
      await send(room, [event], MINISTRY_PORTAL);
    },
    tellOverdue: async (overdue) => {
      const level = { procedure: 'DV01', agency: 'MPS', at: new Date().toISOString(), open: 5_000, overdue };
      const envelope = { source: MINISTRY_PORTAL, type: 'backlog.reported', data: level };
      await send(room, [submission(`a-${sent++}`, {}, envelope)], MINISTRY_PORTAL);
    },
    as: (look, path, body) =>
      fetch(`${room.url}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          cookie: `room-look=${look}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json', origin: room.url }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    [Symbol.asyncDispose]: async () => {
      await room[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
