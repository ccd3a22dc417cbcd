/** Hands an office's export to a running room: `npm run import -- FILE --mapping MAPPING --url URL --key-file KEY`. */
import { accessSync, constants, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { type Catalogue, decode, type SubmissionEvent } from '@room/contract';
import { encodingNamed } from './encoding.ts';
import { fetchCatalogue, type GatewayClient, Hopeless } from './gateway.ts';
import { init } from './init.ts';
import { STANDARD_INPUT } from './input.ts';
import { type Mapping, parseMapping } from './mapping.ts';
import { Memory } from './memory.ts';
import { report } from './report.ts';
import { hasRows, type RowsOptions, reportRows, runRows } from './rows.ts';
import { isRowsMapping, parseRowsMapping } from './rows-mapping.ts';
import type { Sender } from './rows-room.ts';
import { type ImportOptions, runImport } from './run.ts';
import type { Summary } from './tally.ts';
import { printable } from './text.ts';

const USAGE = `Usage: npm run import -- FILE --mapping MAPPING.json --url http://127.0.0.1:3000 --key-file KEY.txt
       npm run import -- FILE --mapping MAPPING.json --check [--url URL --key-file KEY.txt]
       npm run import -- FILE --mapping ROWS.json --url URL --token-file TOKEN.txt
       npm run import -- init FILE [--mapping MAPPING.json] [--url URL --key-file KEY.txt]

FILE is CSV in any encoding, the same packed by gzip, a workbook (.xlsx), or - for standard input. \`init\` looks at it, writes a
first mapping (FILE.mapping.json) and asks what is left; it knows codes by the room's catalogue.

  --mapping FILE    what the columns mean (JSON)
  --url URL         address of the room
  --key-file FILE   key of the portal; --key KEY gives it directly, but other users of the machine can see it
  --token-file FILE of tasks and reported values (a mapping with "rows"): the token of who sends them, as they made it at /account for
                    that; or --sign-in NAME with --password-file FILE; --look NAME in a demonstration
  --check           send nothing and say what an import would do: rows, days, unknown codes, repeated ids
  --catalogue DIR   with --check and init: the catalogue in this folder instead of the room's
  --dry-run         as --check, and show the first event
  --out DIR         folder of the drafted mapping and of rejects, for its user alone (default: that of FILE; of standard input, that of
                    the mapping)
  --rejects FILE    where rows go that cannot be counted (default: <name of FILE>.rejected.csv there; never an existing file)
  --delimiter CHAR  instead of the mapping's (\\t for a tab)
  --encoding NAME   instead of the mapping's
  --memory FOLDER   what was counted, for a mapping that corrects changed rows (default: <MAPPING>.counted)

Events keep their ids: an import can be stopped with Ctrl-C and run again, nothing counts twice.
Ends with 0 when every row was taken, 1 when there are rejects (with "rows": faults, or no row), 2 when it could not go on.
pipelines/src/import/README.md explains the mapping field by field.`;

class UsageError extends Error {}

interface Command extends Omit<ImportOptions, 'stop' | 'progress' | 'gateway' | 'memory' | 'failed'> {
  target: { url: string; key: string } | undefined;
  /** Folder of what was counted, where changed rows are to be corrected. */
  memoryFolder: string | undefined;
  against: string | undefined;
  showsExample: boolean;
}

type Flags = ReturnType<typeof parseFlags>['values'];

function parseFlags(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        mapping: { type: 'string' },
        url: { type: 'string' },
        key: { type: 'string' },
        'key-file': { type: 'string' },
        out: { type: 'string' },
        rejects: { type: 'string' },
        delimiter: { type: 'string' },
        encoding: { type: 'string' },
        catalogue: { type: 'string' },
        memory: { type: 'string' },
        'token-file': { type: 'string' },
        'sign-in': { type: 'string' },
        'password-file': { type: 'string' },
        look: { type: 'string' },
        check: { type: 'boolean', default: false },
        'dry-run': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function fileOf([file, ...rest]: string[]): string {
  if (file === undefined || rest.length > 0) throw new UsageError('name one file');
  if (file !== STANDARD_INPUT && !existsSync(file)) throw new UsageError(`there is no file ${file}`);
  return file;
}

async function commandOf(values: Flags, positionals: string[]): Promise<Command> {
  const file = fileOf(positionals);
  if (values.mapping === undefined) throw new UsageError('--mapping is missing');
  const mapping = changed(parseMapping(read(values.mapping, '--mapping'), values.mapping), values);
  const isCheck = values.check || values['dry-run'];
  if (values.catalogue !== undefined && !isCheck) throw new UsageError('--catalogue goes with --check');
  const rejects = values.check
    ? values.rejects
    : (values.rejects ?? rejectsOf(file, outOf(values.out, file === STANDARD_INPUT ? values.mapping : file)));
  if (rejects !== undefined && resolve(rejects) === resolve(file))
    throw new UsageError(`the rejects would overwrite ${file}: name another file with --rejects`);
  const against = isCheck ? await catalogueOf(values) : undefined;
  return {
    file,
    mapping,
    ...(rejects === undefined ? {} : { rejects }),
    target: isCheck ? undefined : { url: urlOf(values.url), key: keyOf(values.key, values['key-file']) },
    memoryFolder:
      isCheck || mapping.changed === undefined
        ? undefined
        : (values.memory ?? `${values.mapping.replace(/\.json$/, '')}.counted`),
    against: against?.name,
    showsExample: values['dry-run'],
    ...(against === undefined ? {} : { check: checkAgainst(against.catalogue) }),
  };
}

/** Of a mapping of tasks or reported values. */
function rowsOptionsOf(values: Flags, positionals: string[], mapping: string): RowsOptions {
  const isCheck = values.check || values['dry-run'];
  const file = fileOf(positionals);
  const parsed = parseRowsMapping(mapping, values.mapping ?? '');
  const sender = senderOf(values);
  if (sender === undefined && !isCheck)
    throw new UsageError(
      'say who sends these rows: --token-file FILE, with a token made at /account to bring them (a portal key reports dossiers alone)',
    );
  const named = encodingOf(values.encoding);
  return {
    file,
    mapping: {
      ...parsed,
      ...(values.delimiter === undefined ? {} : { delimiter: values.delimiter.replace('\\t', '\t') }),
      ...(named === undefined ? {} : { encoding: named }),
    },
    isCheck,
    ...(sender === undefined ? {} : { room: { url: urlOf(values.url), sender } }),
  };
}

function senderOf({
  'token-file': tokenFile,
  'sign-in': signIn,
  'password-file': passwordFile,
  look,
}: Flags): Sender | undefined {
  if ([tokenFile, signIn, look].filter((each) => each !== undefined).length > 1)
    throw new UsageError('give one of --token-file, --sign-in and --look');
  if (tokenFile !== undefined) {
    if (!existsSync(tokenFile)) throw new UsageError(`--token-file: there is no file ${tokenFile}`);
    return { tokenFile };
  }
  if (look !== undefined) return { look };
  if (signIn === undefined) return undefined;
  if (passwordFile === undefined || !existsSync(passwordFile))
    throw new UsageError('--password-file must be a file with the password of --sign-in');
  return { signIn, passwordFile };
}

/** The rejects of rejects get a number, not another ending. */
const rejectsOf = (file: string, folder: string): string =>
  join(
    folder,
    file === STANDARD_INPUT
      ? 'standard-input.rejected.csv'
      : `${basename(file).replace(/\.rejected(-\d+)?\.csv$/, '')}.rejected.csv`,
  );

/** Beside a file, unless another folder is named. What is written has people's data in it, and goes nowhere by itself. */
function outOf(out: string | undefined, beside: string): string {
  const folder = out ?? dirname(beside);
  try {
    if (out !== undefined) mkdirSync(out, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new UsageError(
      `nothing can be written in ${folder}: name another folder with --out (${(error as Error).message})`,
    );
  }
  return folder;
}

function changed(mapping: Mapping, { delimiter, encoding }: Flags): Mapping {
  const named = encodingOf(encoding);
  return {
    ...mapping,
    ...(delimiter === undefined ? {} : { delimiter: delimiter.replace('\\t', '\t') }),
    ...(named === undefined ? {} : { encoding: named }),
  };
}

function encodingOf(name: string | undefined): string | undefined {
  const named = name === undefined ? undefined : encodingNamed(name);
  if (name !== undefined && named === undefined)
    throw new UsageError(`--encoding ${name} is no encoding; write for example windows-1258`);
  return named;
}

function urlOf(url: string | undefined): string {
  if (url === undefined || !URL.canParse(url) || !/^https?:/i.test(url))
    throw new UsageError('--url must be the address of the room, for example http://127.0.0.1:3000');
  return url.replace(/\/+$/, '');
}

function keyOf(key: string | undefined, keyFile: string | undefined): string {
  if ((key === undefined) === (keyFile === undefined)) throw new UsageError('give one of --key-file and --key');
  const text = (key ?? read(keyFile ?? '', '--key-file')).trim();
  if (!/^[\x21-\x7e]+$/.test(text)) throw new UsageError('the key must be one word of plain letters');
  return text;
}

function read(file: string, flag: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${flag}: ${(error as Error).message}`);
  }
}

/** What events are held against before they are sent: a folder, the room's own, or nothing. */
async function catalogueOf(flags: Flags): Promise<{ name: string; catalogue: Catalogue } | undefined> {
  const { catalogue, url, key, 'key-file': keyFile } = flags;
  if (catalogue !== undefined)
    return { name: `the catalogue in ${catalogue}`, catalogue: (await loadCatalogue(catalogue)).catalogue };
  if (url === undefined) return undefined;
  const known = key === undefined && keyFile === undefined ? undefined : keyOf(key, keyFile);
  return { name: `the catalogue of ${urlOf(url)}`, catalogue: await fetchCatalogue(urlOf(url), known) };
}

function checkAgainst(catalogue: Catalogue): (event: SubmissionEvent) => string | undefined {
  const text = new TextEncoder();
  return (event) => {
    const outcome = decode(
      { value: text.encode(JSON.stringify(event)), headers: {}, timestamp: Date.now() },
      catalogue,
    );
    return outcome.ok ? undefined : outcome.reason;
  };
}

async function begin(values: Flags, positionals: string[]): Promise<number> {
  const file = fileOf(positionals);
  if (file === STANDARD_INPUT) throw new UsageError('init reads a file twice: save it first');
  const mapping = values.mapping ?? join(outOf(values.out, file), `${basename(file)}.mapping.json`);
  if (existsSync(mapping)) throw new UsageError(`${mapping} is there already: name another file with --mapping`);
  const given = await catalogueOf(values);
  const catalogue = given?.catalogue ?? (await loadCatalogue(DEFAULT_CATALOGUE)).catalogue;
  const { rows, questions } = await init({
    file,
    mapping,
    catalogue,
    encoding: encodingOf(values.encoding),
    stdin: process.stdin,
  });
  const lines = [
    `${mapping} was drafted from ${rows} rows and ${given?.name ?? 'the catalogue that comes with the room'}`,
    ...questions.map((question, at) => `  ${at + 1}. ${question}`),
    `Write the answers where "?" stands, then: npm run import -- ${file} --mapping ${mapping} --check${placeOf(values)}`,
  ];
  console.log(printable(lines.join('\n')));
  return 0;
}

/** Where codes are known from, as it was given; a key itself is not repeated. */
const placeOf = ({ catalogue, url, 'key-file': keyFile }: Flags): string =>
  [
    ...(catalogue === undefined ? [] : [` --catalogue ${catalogue}`]),
    ...(url === undefined ? [] : [` --url ${url}`]),
    ...(keyFile === undefined ? [] : [` --key-file ${keyFile}`]),
  ].join('');

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseFlags(args);
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const [command, ...files] = positionals;
  if (command !== 'init' && values.mapping !== undefined) {
    const mapping = read(values.mapping, '--mapping');
    if (isRowsMapping(mapping)) return sendRows(rowsOptionsOf(values, positionals, mapping));
  }
  return command === 'init' ? begin(values, files) : send(await commandOf(values, positionals));
}

async function sendRows(options: RowsOptions): Promise<number> {
  const summary = await runRows(options);
  console.log(printable(reportRows(summary, options)));
  return summary.faults.length > 0 || !hasRows(summary) ? 1 : 0;
}

async function send(command: Command): Promise<number> {
  const { target, memoryFolder, against, showsExample, ...options } = command;
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  const clear = process.stderr.isTTY ? '\r\x1b[K' : '';
  const end = process.stderr.isTTY ? '' : '\n';
  const say = (text: string): void => void process.stderr.write(`${clear}${printable(text)}`);
  const gateway: GatewayClient | undefined =
    target === undefined ? undefined : { ...target, stop: stop.signal, note: (text) => say(`${text}\n`) };
  await using memory = memoryFolder === undefined ? undefined : new Memory(memoryFolder);
  const tell = (summary: Summary): void => {
    process.stderr.write(clear);
    console.log(report(summary, { isCheck: target === undefined, against, rejects: options.rejects, showsExample }));
  };
  const summary = await runImport({
    ...options,
    stop: stop.signal,
    progress: (text) => say(`${text}${end}`),
    failed: tell,
    ...(gateway === undefined ? {} : { gateway }),
    ...(memory === undefined ? {} : { memory }),
  });
  tell(summary);
  if (summary.stopped) return 2;
  return summary.rejectedRows > 0 ? 1 : 0;
}

// Nobody may read it any more, as behind `| head`: the import goes on.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    console.error(printable(error instanceof UsageError ? `${error.message}\n\n${USAGE}` : error.message));
    if (error instanceof Hopeless) console.error('Nothing is lost: mend the cause and run the same command again.');
    process.exitCode = 2;
  },
);
