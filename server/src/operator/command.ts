/** The words of the quarantine command. */
export const USAGE = `usage: quarantine list [--source S] [--code C] [--all] | show ID | replay ID | replay --source S | replay --code C
  --url http://host:port   the room, where it is not the one of DATA_DIR
  list     newest first, at most 200; --all shows replayed ones too
  show     one event with its bytes, headers and place in the log
  replay   sends events through counting again, at most 1,000 a call; what fails again is a new case`;

export interface QuarantineCommand {
  command: 'list' | 'show' | 'replay';
  id: string | undefined;
  url: string | undefined;
  filter: { source?: string; code?: string; all?: true };
}

/** What is misspelt or out of place ends the command, as a filter that is passed over would mean every case. */
export function parseCommand([command, ...words]: readonly string[]): QuarantineCommand {
  if (command !== 'list' && command !== 'show' && command !== 'replay') throw new Error(USAGE);
  const wrong = (what: string): Error => new Error(`${what}\n${USAGE}`);
  const options: QuarantineCommand = { command, id: undefined, url: undefined, filter: {} };
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--all' && command === 'list') options.filter.all = true;
    else if (word === '--source' || word === '--code' || word === '--url') {
      const value = rest.shift();
      if (value === undefined || value === '' || value.startsWith('--')) throw wrong(`${word} needs a value`);
      if (word === '--url') options.url = value;
      else if (command === 'show') throw wrong(`show takes an ID, not ${word}`);
      else if (word === '--source') options.filter.source = value;
      else options.filter.code = value;
    } else if (word.startsWith('--')) throw wrong(`${command} has no option ${word}`);
    else if (word === '' || command === 'list' || options.id !== undefined)
      throw wrong(`${JSON.stringify(word)} is one too many`);
    else options.id = word;
  }
  const isFiltered = Object.keys(options.filter).length > 0;
  if (command === 'show' && options.id === undefined) throw wrong('show needs an ID');
  if (command === 'replay' && (options.id !== undefined) === isFiltered)
    throw wrong('replay needs an ID, or else --source, --code or both');
  return options;
}
