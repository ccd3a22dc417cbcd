/** Command: looks at quarantined events and has them replayed, closed or deleted, through the running room. */
import { createInterface } from 'node:readline/promises';
import type { QuarantineCase, QuarantineList, Replay } from '@room/contract';
import { runCommand } from './command.ts';
import { readConfig } from './config.ts';
import { askRoom } from './operator/ask-room.ts';
import { parseCommand, type QuarantineCommand, USAGE } from './operator/command.ts';

const PATH = '/v1/operator/quarantine';

async function main(words: readonly string[]): Promise<void> {
  const asked = parseCommand(words);
  const { command, id, url } = asked;
  const call = await askRoom(readConfig(), url);
  const tell = (answer: unknown): unknown => process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
  const note = (text: string): unknown => process.stderr.write(`${text}\n`);
  const { all, ...narrowed } = asked.filter;
  const which = id === undefined ? narrowed : { quarantineId: id };
  const listed = () =>
    call<QuarantineList>(`${PATH}?${new URLSearchParams({ ...which, ...(all === undefined ? {} : { all: 'true' }) })}`);

  if (command === 'show') return void tell(await call<QuarantineCase>(`${PATH}/${encodeURIComponent(id ?? '')}`));
  if (command === 'list') {
    const found = await listed();
    tell(found);
    return void note(countOf(found, asked));
  }
  if (
    command === 'delete' &&
    asked.yes === undefined &&
    !(await isMeant(id === undefined ? (await listed()).matching : 1))
  )
    throw new Error('nothing was deleted');
  const { why } = asked;
  const body = { ...which, ...(all === undefined ? {} : { all }), ...(why === undefined ? {} : { why }) };
  const done = await call<Replay | { cases: number; more: boolean }>(`${PATH}/${command}`, body);
  tell(done);
  note('replayed' in done ? becameOf(done) : `${DONE[command as keyof typeof DONE]}: ${done.cases}`);
  if (done.more) note('there are more: run it again');
  if (id !== undefined && ('replayed' in done ? done.replayed : done.cases) === 0) {
    const { state, resolvedAt, resolvedBy } = await call<QuarantineCase>(`${PATH}/${encodeURIComponent(id)}`);
    note(
      `the case is ${state}${resolvedAt === null ? '' : ` since ${resolvedAt}`}${resolvedBy === null ? '' : `, by ${resolvedBy}`}`,
    );
  }
}

const DONE = { close: 'closed', reopen: 'opened again', delete: 'content deleted' };

const countOf = (
  { matching, waiting, cases }: QuarantineList,
  { filter: { all, ...named } }: QuarantineCommand,
): string => {
  const wanted = Object.values(named).length === 0 ? '' : ` match ${Object.values(named).join(', ')}`;
  const kind = all === undefined ? 'open cases' : 'cases, open or not,';
  const shown = cases.length < matching ? `; the newest ${cases.length} are listed` : '';
  return `${matching} ${kind}${wanted}${shown}; ${waiting} are open in all`;
};

const becameOf = ({ replayed, results: { counted, duplicate, refused, undecided } }: Replay): string =>
  [
    `replayed ${replayed}: ${counted} counted, ${duplicate} counted before, ${refused} refused again`,
    ...(undecided === 0 ? [] : [`${undecided} not decided yet: look at the list again in a moment`]),
  ].join(', ');

/** Asks whoever sits there; a script says --yes. */
async function isMeant(cases: number): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new Error(`the content of ${cases} cases would be deleted for good; say --yes to do it`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`Delete the content of ${cases} cases for good? Type yes: `);
    return answer.trim() === 'yes';
  } finally {
    terminal.close();
  }
}

runCommand(USAGE, main);
