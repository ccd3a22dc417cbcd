/** The words of the quarantine command. */
export const USAGE = `usage: quarantine list [--source S] [--code C] [--all] | show ID | replay WHICH | close WHICH --why TEXT | reopen WHICH
                  | delete WHICH --why TEXT [--all] [--yes]
  ID is the quarantineId that list prints, not the event's own; WHICH is an ID, or --source S, --code C or both
  --url http://host:port   the room, where it is not the one of DATA_DIR
  list     how many match, and the newest 200 of them; --all has those too that are not open any more
  show     one event with its bytes, headers and place in the log
  replay   sends events through counting again, at most 1,000 a call, and says what became of each; what fails again is a new case
  close    events that are not to be counted; they stay in the list as closed, and can be opened again
  delete   the content of events for good: bytes, headers and what reasons quote of them; --all of those too that are not open any more;
           --yes asks nothing. The log keeps its own copy for KEEP_LOG_DAYS, and backups theirs`;

const COMMANDS = ['list', 'show', 'replay', 'close', 'reopen', 'delete'] as const;

export interface QuarantineCommand {
  command: (typeof COMMANDS)[number];
  id: string | undefined;
  url: string | undefined;
  filter: { source?: string; code?: string; all?: true };
  why?: string;
  /** Not to be asked whether it is meant. */
  yes?: true;
}

/** What is misspelt or out of place ends the command, as a filter that is passed over would mean every case. */
export function parseCommand([word, ...words]: readonly string[]): QuarantineCommand {
  const command = COMMANDS.find((each) => each === word);
  if (command === undefined) throw new Error(USAGE);
  const wrong = (what: string): Error => new Error(`${what}\n${USAGE}`);
  const options: QuarantineCommand = { command, id: undefined, url: undefined, filter: {} };
  const takesWhy = command === 'close' || command === 'delete';
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--all' && (command === 'list' || command === 'delete')) options.filter.all = true;
    else if (word === '--yes' && command === 'delete') options.yes = true;
    else if (word === '--source' || word === '--code' || word === '--url' || (word === '--why' && takesWhy)) {
      const value = rest.shift();
      if (value === undefined || value.trim() === '' || value.startsWith('--')) throw wrong(`${word} needs a value`);
      if (word === '--url') options.url = value;
      else if (word === '--why') options.why = value;
      else if (command === 'show') throw wrong(`show takes an ID, not ${word}`);
      else if (word === '--source') options.filter.source = value;
      else options.filter.code = value;
    } else if (word.startsWith('--')) throw wrong(`${command} has no option ${word}`);
    else if (word === '' || command === 'list' || options.id !== undefined)
      throw wrong(`${JSON.stringify(word)} is one too many`);
    else options.id = word;
  }
  const { id, filter, why } = options;
  const isFiltered = Object.keys(filter).some((name) => name !== 'all');
  if (command === 'show' && id === undefined) throw wrong('show needs an ID');
  if (command !== 'show' && command !== 'list' && (id !== undefined) === isFiltered)
    throw wrong(`${command} needs an ID, or else --source, --code or both`);
  if (id !== undefined && filter.all === true) throw wrong(`${command} with an ID has no option --all`);
  if (takesWhy && why === undefined) throw wrong(`${command} needs --why, which stays with the case and in the audit`);
  return options;
}
