/** Command: has the running room make a backup of its embedded stores, and waits until it is complete. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { BackupState } from './backup/backups.ts';
import { runCommand } from './command.ts';
import { readConfig } from './config.ts';
import { askRoom } from './operator/ask-room.ts';

const USAGE = `usage: backup [--to NAME] [--url http://host:port] | backup --list
  --to    name of the new folder in the room's BACKUP_DIR; without it the time
  --url   the room, where it is not the one of DATA_DIR
  --list  complete backups, newest first`;

const PATH = '/v1/operator/backup';
const LOOK_MS = 1_000;

async function main(words: string[]): Promise<void> {
  const { values } = parseArgs({
    args: words,
    options: { to: { type: 'string' }, url: { type: 'string' }, list: { type: 'boolean' } },
  });
  const call = await askRoom(readConfig(), values.url);

  if (values.list === true) {
    const { backups } = await call<{ backups: BackupState[] }>(PATH);
    for (const backup of backups) process.stdout.write(`${JSON.stringify(backup)}\n`);
    return;
  }
  const asked = values.to === undefined ? {} : { name: values.to };
  let state = await call<BackupState>(PATH, asked);
  let said = '';
  while (state.stage !== 'complete') {
    if (state.stage === 'failed') throw new Error(state.error);
    const percent = Math.min(100, Math.floor((100 * state.bytes) / Math.max(1, state.ofBytes)));
    const line = `${state.stage}: ${percent} %`;
    if (line !== said) process.stderr.write(`${line}\n`);
    said = line;
    await sleep(LOOK_MS);
    state = await call<BackupState>(`${PATH}/${state.name}`);
  }
  process.stdout.write(`${JSON.stringify(state, null, 2)}\n`);
}

runCommand(USAGE, main);
