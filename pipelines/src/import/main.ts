/** Hands a portal's CSV export to a running room: `npm run import -- FILE --mapping MAPPING --url URL --key-file KEY`. */
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadCatalogue } from '@room/catalogue';
import { decode } from '@room/contract';
import { type Gateway, Hopeless } from './gateway.ts';
import { parseMapping, type SubmissionEvent } from './mapping.ts';
import { type ImportOptions, runImport, type Summary } from './run.ts';

const USAGE = `Usage: npm run import -- FILE --mapping MAPPING.json --url http://127.0.0.1:3000 --key-file KEY.txt

  --mapping FILE    what the columns mean (JSON)
  --url URL         address of the room
  --key-file FILE   key of the portal; --key KEY gives it directly, but other users of the machine can see it
  --rejects FILE    where rows go that cannot be counted (default: <name of FILE>.rejected.csv)
  --delimiter CHAR  instead of the mapping's (\\t for a tab)
  --dry-run         map every row and send nothing
  --catalogue DIR   with --dry-run: check every event against this catalogue

Events keep their ids: an import can be stopped with Ctrl-C and run again, nothing counts twice.
Ends with 0 when every row was taken, 1 when there are rejects, 2 when it could not go on.`;

class UsageError extends Error {}

interface Command extends Omit<ImportOptions, 'stop' | 'progress' | 'gateway'> {
  target: { url: string; key: string } | undefined;
}

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
        rejects: { type: 'string' },
        delimiter: { type: 'string' },
        catalogue: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

async function commandOf(args: string[]): Promise<Command | 'help'> {
  const { values, positionals } = parseFlags(args);
  if (values.help) return 'help';
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0) throw new UsageError('name one CSV file');
  if (values.mapping === undefined) throw new UsageError('--mapping is missing');
  const mapping = parseMapping(read(values.mapping, '--mapping'), values.mapping);
  const rejects = values.rejects ?? `${basename(file)}.rejected.csv`;
  if (resolve(rejects) === resolve(file))
    throw new UsageError(`the rejects would overwrite ${file}: name another file with --rejects`);
  const dry = values['dry-run'];
  if (values.catalogue !== undefined && !dry) throw new UsageError('--catalogue goes with --dry-run');
  return {
    file,
    mapping:
      values.delimiter === undefined ? mapping : { ...mapping, delimiter: values.delimiter.replace('\\t', '\t') },
    rejects,
    target: dry ? undefined : targetOf(values.url, values.key, values['key-file']),
    ...(values.catalogue === undefined ? {} : { check: await checkAgainst(values.catalogue) }),
  };
}

function targetOf(url: string | undefined, key: string | undefined, keyFile: string | undefined): Command['target'] {
  if (url === undefined || !URL.canParse(url) || !/^https?:/i.test(url))
    throw new UsageError('--url must be the address of the room, for example http://127.0.0.1:3000');
  if ((key === undefined) === (keyFile === undefined)) throw new UsageError('give one of --key-file and --key');
  const text = (key ?? read(keyFile ?? '', '--key-file')).trim();
  if (!/^[\x21-\x7e]+$/.test(text)) throw new UsageError('the key must be one word of plain letters');
  return { url: url.replace(/\/+$/, ''), key: text };
}

function read(file: string, flag: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${flag}: ${(error as Error).message}`);
  }
}

async function checkAgainst(folder: string): Promise<(event: SubmissionEvent) => string | undefined> {
  const { catalogue } = await loadCatalogue(folder);
  const text = new TextEncoder();
  return (event) => {
    const outcome = decode(
      { value: text.encode(JSON.stringify(event)), headers: {}, timestamp: Date.now() },
      catalogue,
    );
    return outcome.ok ? undefined : outcome.reason;
  };
}

function describe(summary: Summary, command: Command): string {
  const number = new Intl.NumberFormat('en');
  const sent = command.target !== undefined;
  const lines = [
    `${number.format(summary.rows)} rows read in ${summary.seconds.toFixed(1)} s, ${number.format(summary.events)} events`,
    sent
      ? `${number.format(summary.accepted)} accepted, ${number.format(summary.duplicate)} known already (not counted again)`
      : `nothing was sent; the first event would be ${JSON.stringify(summary.example, null, 2) ?? 'missing: no row fits'}`,
  ];
  if (summary.rejectedRows > 0) {
    lines.push(`${number.format(summary.rejectedRows)} rows rejected, see ${command.rejects}`);
    for (const [reason, count] of summary.reasons.slice(0, 10)) lines.push(`  ${number.format(count)}: ${reason}`);
  }
  if (summary.stopped) lines.push('stopped before the end of the file; run the same command again to go on');
  return lines.join('\n');
}

async function main(args: string[]): Promise<number> {
  const command = await commandOf(args);
  if (command === 'help') {
    console.log(USAGE);
    return 0;
  }
  const { target, ...options } = command;
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  const clear = process.stderr.isTTY ? '\r\x1b[K' : '';
  const end = process.stderr.isTTY ? '' : '\n';
  const gateway: Gateway | undefined =
    target === undefined
      ? undefined
      : { ...target, stop: stop.signal, note: (text) => process.stderr.write(`${clear}${text}\n`) };
  const summary = await runImport({
    ...options,
    stop: stop.signal,
    progress: (text) => process.stderr.write(`${clear}${text}${end}`),
    ...(gateway === undefined ? {} : { gateway }),
  });
  process.stderr.write(clear);
  console.log(describe(summary, command));
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
    console.error(error instanceof UsageError ? `${error.message}\n\n${USAGE}` : error.message);
    if (error instanceof Hopeless) console.error('Nothing is lost: mend the cause and run the same command again.');
    process.exitCode = 2;
  },
);
