/** Drafts a mapping from what a file's columns hold and what the catalogue knows, with the questions that are left. Pure. */
import type { Catalogue, Label } from '@room/contract';
import type { BadCells, ColumnFacts, Layout } from './look.ts';
import { OPEN_QUESTION } from './mapping.ts';
import type { Sheet } from './sheet.ts';
import { bared, choiceOf } from './text.ts';
import type { Twins } from './twins.ts';

/** Values of a column that are asked about one by one. */
const MOST_ASKED = 60;
const MOST_NAMED = 8;
const SHORTEST_PART = 4;
/** Of a name; what has more is a text that mentions one. */
const MOST_WORDS = 10;

export interface Draft {
  mapping: Record<string, unknown>;
  questions: string[];
}

/** Texts of rows that sum up others, and the column where each stands. */
export type Totals = Map<string, string>;

export interface DraftInput extends Layout {
  columns: readonly ColumnFacts[];
  rows: number;
  catalogue: Catalogue;
  /** Where the file does not tell it. */
  encoding: string | undefined;
  /** Of a workbook. */
  sheet: Pick<Sheet, 'name' | 'isFirst' | 'others'> | undefined;
  totals: Totals;
  twins: Twins;
}

type Code = string | number;
interface Kind {
  field: 'procedure' | 'agency' | 'province' | 'channel' | 'status';
  names: readonly { code: Code; names: readonly string[] }[];
  /** What such a column is called. */
  called: RegExp;
}

const labels = (...all: readonly (Label | undefined)[]): string[] =>
  all.flatMap((label) => (label === undefined ? [] : [label.vi, label.en]));

const kindsOf = (catalogue: Catalogue): Kind[] => {
  const units = (all: Catalogue['agencies']): Kind['names'] =>
    all.map((unit) => ({ code: unit.code, names: [unit.code, unit.id, ...labels(unit.label, unit.short)] }));
  const small = (all: readonly { code: number; label: Label }[]): Kind['names'] =>
    all.map(({ code, label }) => ({ code, names: [String(code), ...labels(label)] }));
  return [
    {
      field: 'procedure',
      names: catalogue.services.map((service) => ({
        code: service.code,
        names: [service.code, ...labels(service.label, service.short)],
      })),
      called: /procedure|service|request ?type|complaint|thu tuc|dich vu|linh vuc/,
    },
    {
      field: 'agency',
      names: units(catalogue.agencies),
      called: /agency|department|owner|ministry|co quan|don vi|\bbo\b|(?<!\bho )\bso\b/,
    },
    {
      field: 'province',
      names: units(catalogue.provinces),
      called: /province|area|district|region|tinh|thanh pho|dia phuong|khu vuc/,
    },
    { field: 'channel', names: small(catalogue.channels), called: /channel|kenh|hinh thuc|request ?source|method/ },
    { field: 'status', names: small(catalogue.statuses), called: /status|state|trang thai|tinh trang|ket qua/ },
  ];
};

const CALLED_ID =
  /\b(id|ma|(?<!\bho )so|no|nr|number|ref|reference|code|key)\b|number$|_id$|(?:request|case|ticket|record|report|incident|issue|order|dossier)(?:id|no|nr|num)$/;
const CALLED_END = /clos|finish|complet|resolv|done|tra ket qua|hoan thanh|ket thuc/;
const CALLED_CHANGE = /updat|chang|modif|cap nhat/;
const CALLED_DUE = /due|promis|deadline|target|service ?date|\bhan\b|hen tra/;
/** Share of the rows of which a column that is called so may lack the rest. */
const LEAST_FILLED = 0.8;
/** With fewer rows a column may have no value twice by chance. */
const MANY_ROWS = 20;
const CALLED_START = /creat|receiv|open|submit|request|nop|tiep nhan|gui|ngay/;
const CALLED_COUNT = /\b(count|quantity|total|so luong|tong( so)?)\b/;
/** Means "number of dossiers" and "number of the dossier". */
const CALLED_EITHER = /\bso ho so\b/;

export function draftOf(input: DraftInput): Draft {
  const { columns, rows, catalogue, encoding, sheet, delimiter } = input;
  const questions: string[] = [];
  const taken = new Set<string>();
  const common: Record<string, unknown> = {};
  const count = countOf(columns);
  if (count !== undefined) {
    taken.add(count.name);
    questions.push(...badIn(count.name, count.unnumbered, 'no whole numbers'));
  }
  const time = timeOf(columns, rows, taken, questions);
  const id = idOf(columns, rows, taken);
  const dimensions: string[] = [];
  let status: DraftedField | undefined;
  for (const kind of kindsOf(catalogue)) {
    const found = fieldOf(kind, columns, taken);
    if (found !== undefined) {
      taken.add(found.column);
      questions.push(...found.questions);
    }
    if (kind.field === 'status') {
      status = found;
      continue;
    }
    if (found !== undefined) dimensions.push(found.column);
    common[kind.field] = found?.field ?? constantFor(kind, questions);
  }
  const source = catalogue.sources.length === 1 ? catalogue.sources[0]?.id : undefined;
  if (source === undefined)
    questions.unshift(`source: which portal is it? The catalogue has ${named(catalogue.sources.map((one) => one.id))}`);
  const made = [...time.columns, ...dimensions];
  if (id === undefined) {
    questions.push(
      `id: no column is the number of a dossier, so ids are made of these: ${made.join(', ')}. ` +
        'Rows that have all of them in common count once, and the columns can never be changed: are they enough?',
    );
    questions.push(...alike(made, input, (columns) => JSON.stringify({ columns })));
  } else {
    questions.push(...emptyIn(id, rows));
    questions.push(`id: is ${id.name} the number of the dossier, which it keeps in every export?`);
    if (!id.isUnique)
      questions.push(
        ...alike([id.name], input, (columns) => JSON.stringify(columns.map((name) => `{${name}}`).join('/'))),
      );
  }
  const isCounted = count !== undefined;
  if (isCounted)
    questions.push(
      `count: does ${count.name} say how many dossiers a row stands for${time.isDay ? ', those of a whole day' : ''}? If not, take count${time.isDay ? ' and interval' : ''} out`,
    );
  if (encoding !== undefined)
    questions.push(`encoding: the file is not UTF-8, and was read as ${encoding}: are all names right?`);
  if (sheet !== undefined && sheet.others.length > 0)
    questions.push(`sheet: is ${sheet.name} the one? The workbook has ${named(sheet.others)} too`);
  const ignore = ignored(input.totals);
  if (ignore.length > 0)
    questions.push(
      `ignore: rows that begin with ${named([...input.totals.keys()])} sum up others, and are left out: right?`,
    );
  return {
    mapping: {
      source: source ?? OPEN_QUESTION,
      timeZone: catalogue.timeZone,
      dateFormat: time.format,
      ...(isCounted && count.number !== 'digits' ? { numberFormat: count.number } : {}),
      ...(delimiter === ',' ? {} : { delimiter }),
      ...(input.escape === '"' ? {} : { escape: input.escape }),
      ...(encoding === undefined ? {} : { encoding }),
      ...(sheet === undefined || sheet.isFirst ? {} : { sheet: sheet.name }),
      ...(ignore.length === 0 ? {} : { ignore }),
      common,
      events: eventsOf({ id: id?.name, made, time, status, count, catalogue, columns, rows }, questions),
    },
    questions,
  };
}

/** Rows of the column where most totals stand: a row is ignored where all conditions hold, so there can be one. */
function ignored(totals: Totals): { column: string; in: string[] }[] {
  const [column] = totals.values();
  if (column === undefined || column === '') return [];
  return [{ column, in: [...totals].flatMap(([text, at]) => (at === column ? text : [])) }];
}

interface DraftedParts {
  id: string | undefined;
  /** Columns that ids are made of where there is none. */
  made: readonly string[];
  time: DraftedTime;
  status: DraftedField | undefined;
  count: ColumnFacts | undefined;
  catalogue: Catalogue;
  columns: readonly ColumnFacts[];
  rows: number;
}

/** A dossier enters once; where a column says how it stands now, that is an event of its own. */
function eventsOf(
  { id, made, time, status, count, catalogue, columns, rows }: DraftedParts,
  questions: string[],
): unknown[] {
  const entry = catalogue.statuses.find((one) => one.entry);
  const counted = {
    ...(count === undefined ? {} : { count: { column: count.name } }),
    ...(count === undefined || !time.isDay ? {} : { interval: 'day' }),
  };
  const enters = {
    id: id === undefined ? { columns: made } : `{${id}}`,
    status: entry?.code ?? OPEN_QUESTION,
    time: time.time,
    ...counted,
  };
  if (count !== undefined && status !== undefined) {
    questions.push(`status: is ${status.column} what the dossiers of a row reached then?`);
    const own = id === undefined ? { columns: [...made, status.column] } : `{${id}}/{${status.column}}`;
    return [{ ...enters, id: own, status: status.field }];
  }
  const at = time.columns.length === 0 ? '' : ` at ${time.columns.join(' and ')}`;
  questions.push(
    `status: each row counts as ${entry?.code} (${entry?.label.en})${at}: is that when dossiers were handed in?`,
  );
  if (status === undefined) return [enters];
  const later = [...time.ends, ...time.changes];
  const [since, ...others] = later;
  // A dossier without that day has not come so far.
  const isOpen = others.length === 0 && columns.some(({ name, filled }) => name === since && filled < rows);
  questions.push(
    later.length === 0
      ? `status: ${status.column} says how a dossier stands now, but no column says since when: name one in the second event, or take it out`
      : `status: ${status.column} says how a dossier stands now, and counts at ${later.join(', else ')}: is that when it came to be so?${isOpen ? ` Rows without ${since} count as handed in alone` : ''}`,
  );
  if (time.dues.length > 0)
    questions.push(
      `onTime: is ${time.dues[0]} the day by which it was promised? Then add "onTime" to an event that only finished dossiers give`,
    );
  const arrived = status.codes.filter(([, code]) => code === entry?.code).map(([value]) => value);
  return [
    enters,
    {
      id: id === undefined ? { columns: [...made, status.column] } : `{${id}}/{${status.column}}`,
      when: [
        { column: status.column, filled: true, ...(arrived.length === 0 ? {} : { notIn: arrived }) },
        ...(isOpen ? [{ column: since, filled: true }] : []),
      ],
      status: status.field,
      time: later.length === 0 ? OPEN_QUESTION : later,
    },
  ];
}

/** What becomes of cells that are not what their column is: nothing is taken in their place. */
const badIn = (name: string, { cells, of, seen }: BadCells, what: string): string[] =>
  cells === 0
    ? []
    : [
        `${name}: ${cells} of ${of} cells are ${what} (${seen.map((text) => JSON.stringify(text)).join(', ')}${cells > seen.length ? ' …' : ''}): their rows will be rejected unless they are mended. Is it the right column?`,
      ];

/** What to do about rows that would have one id: which columns tell them apart, and what may be behind those that none does. */
function alike(columns: readonly string[], { twins, rows }: DraftInput, idOf: (columns: string[]) => string): string[] {
  const repeated = twins.rows(columns);
  if (repeated === 0) return [];
  const names = columns.join(', ');
  const added = twins.proposed(columns);
  const left = added.length === 0 ? repeated : twins.rows([...columns, ...added]);
  const asked = [
    `id: ${repeated} of ${rows} rows have the same ${names} as an earlier row, and would not be counted beside it. ` +
      (added.length === 0
        ? 'No other column tells them apart'
        : `If they are dossiers of their own, add ${added.join(' and ')}: write "id": ${idOf([...columns, ...added])}${left === 0 ? ', and no two are the same' : ''}`),
  ];
  const same = twins.alike;
  if (same > 0)
    asked.push(
      `id: ${same} ${same === 1 ? 'row is' : 'rows are'} like an earlier row in every column that was compared. Were they exported twice? Then leave it: they count once. ` +
        'Are they dossiers of their own? Then nothing in the file says which is which: ask for an export that has their number, ' +
        'or let one row stand for all that are alike, with a column of how many ("count")',
    );
  return asked;
}

const emptyIn = ({ name, filled }: ColumnFacts, rows: number): string[] =>
  filled === rows ? [] : [`${name}: ${rows - filled} of ${rows} cells are empty: their rows will be rejected`];

const isCalled = (name: string, pattern: RegExp): boolean => pattern.test(bared(name));

/** Columns whose name says so first, otherwise as they stand. */
const preferred = (columns: readonly ColumnFacts[], pattern: RegExp): ColumnFacts | undefined =>
  columns.find(({ name }) => isCalled(name, pattern)) ?? columns[0];

const countOf = (columns: readonly ColumnFacts[]): ColumnFacts | undefined =>
  columns.find(
    ({ name, number, isUnique }) =>
      number !== undefined && (isCalled(name, CALLED_COUNT) || (isCalled(name, CALLED_EITHER) && !isUnique)),
  );

interface DraftedTime {
  time: unknown;
  format: string | string[];
  columns: string[];
  isDay: boolean;
  /** Other columns of dates: when a dossier was finished, when it changed, and by when it was promised. */
  ends: string[];
  changes: string[];
  dues: string[];
}

function timeOf(columns: readonly ColumnFacts[], rows: number, taken: Set<string>, questions: string[]): DraftedTime {
  const dated = columns.filter(({ dateFormats, name }) => dateFormats.length > 0 && !taken.has(name));
  const most = Math.max(0, ...dated.map(({ filled }) => filled));
  const isLater = ({ name }: ColumnFacts): boolean =>
    [CALLED_END, CALLED_CHANGE, CALLED_DUE].some((pattern) => isCalled(name, pattern));
  // A column that is called so is not passed over for some empty cells.
  const [start] = dated
    .filter((column) => column.filled >= LEAST_FILLED * most && isCalled(column.name, CALLED_START) && !isLater(column))
    .toSorted((one, other) => other.filled - one.filled);
  const chosen =
    start ??
    preferred(
      dated.filter(({ filled }) => filled === most),
      CALLED_START,
    );
  for (const { name } of dated) taken.add(name);
  if (chosen === undefined) {
    questions.push('time: no column holds dates in a format that is known: name it, and say its format in dateFormat');
    return { time: OPEN_QUESTION, format: 'iso', columns: [], isDay: false, dues: [], ends: [], changes: [] };
  }
  const [format = 'iso', ...rivals] = chosen.dateFormats;
  const rival = rivals.find((other) => /^Mdy+$/.test(other.replace(/[^dMy]/g, '')));
  if (/^d\W?M\W/.test(format) && rival !== undefined)
    questions.push(`dateFormat: every day of ${chosen.name} can be read as ${format} and as ${rival}: which is it?`);
  const rest = dated.filter((column) => column !== chosen);
  questions.push(...emptyIn(chosen, rows), ...badIn(chosen.name, chosen.undated, `not ${format}`));
  const called = (pattern: RegExp): string[] => rest.map(({ name }) => name).filter((name) => isCalled(name, pattern));
  const dues = called(CALLED_DUE);
  const ends = called(CALLED_END).filter((name) => !dues.includes(name));
  const others = { dues, ends, changes: called(CALLED_CHANGE).filter((name) => !ends.includes(name)) };
  // Formats of the other columns are tried after this one, where it does not read them.
  const more = rest.flatMap(({ dateFormats }) => (dateFormats.includes(format) ? [] : (dateFormats[0] ?? [])));
  const isDay = !/[hH]/.test(format) && !hasTime(chosen, format);
  const clock = columns.find(({ isTime, name }) => isTime && !taken.has(name));
  if (isDay && clock !== undefined) {
    taken.add(clock.name);
    const [example = ''] = [...(clock.values?.keys() ?? [])];
    const tail = `${/m$/i.test(example) ? 'h' : 'H'}:mm${/:\d\d:/.test(example) ? ':ss' : ''}${/m$/i.test(example) ? ' a' : ''}`;
    questions.push(`time: is ${clock.name} the time of ${chosen.name}? They are read as one`);
    return {
      time: { columns: [chosen.name, clock.name] },
      format: format === 'iso' ? 'iso' : [`${format} ${tail}`, ...new Set(more)],
      columns: [chosen.name, clock.name],
      isDay: false,
      ...others,
    };
  }
  return {
    time: chosen.name,
    format: more.length === 0 ? format : [format, ...new Set(more)],
    columns: [chosen.name],
    isDay,
    ...others,
  };
}

const hasTime = ({ values }: ColumnFacts, format: string): boolean =>
  format.startsWith('epoch') ||
  (format === 'iso' && (values === undefined || [...values.keys()].some((text) => /:/.test(text))));

/** A column that is called so, unique where there is one; without such a name only many rows show that it is one. */
function idOf(columns: readonly ColumnFacts[], rows: number, taken: Set<string>): ColumnFacts | undefined {
  const free = columns.filter(({ name }) => name !== '' && !taken.has(name));
  const called = free
    .filter(({ name, filled }) => filled >= LEAST_FILLED * rows && isCalled(name, CALLED_ID))
    .toSorted((one, other) => other.filled - one.filled);
  const unique = free.filter(({ isUnique, filled }) => isUnique && filled === rows);
  const id = called.find(({ isUnique }) => isUnique) ?? called[0] ?? (rows >= MANY_ROWS ? unique[0] : undefined);
  if (id !== undefined) taken.add(id.name);
  return id;
}

interface DraftedField {
  column: string;
  field: unknown;
  codes: [string, Code][];
  questions: string[];
}

/** The column that most of the catalogue's names are found in, else the one that is called so. */
function fieldOf(kind: Kind, columns: readonly ColumnFacts[], taken: ReadonlySet<string>): DraftedField | undefined {
  const code = codeFinder(kind);
  const scored = columns
    .filter(({ name, values }) => name !== '' && values !== undefined && !taken.has(name))
    .map((column) => {
      const isNamed = isCalled(column.name, kind.called);
      const values = [...(column.values ?? [])];
      // Small numbers are codes of everything: only a column that is called so holds these.
      const known = values.filter(([value]) => (isNamed || !/^\d+$/.test(value)) && code(value) !== undefined);
      const cells = known.reduce((sum, [, count]) => sum + count, 0);
      return { column, values, isNamed, share: column.filled === 0 ? 0 : cells / column.filled };
    })
    .toSorted((one, other) => other.share - one.share || Number(other.isNamed) - Number(one.isNamed));
  const best =
    scored.find(({ share }) => share >= 0.5) ??
    scored.find(({ isNamed, values }) => isNamed && values.length <= MOST_ASKED);
  if (best === undefined) return undefined;
  const { column, values } = best;
  const map = Object.fromEntries(values.map(([value]) => [value, code(value) ?? OPEN_QUESTION]));
  const unknown = values.filter(([value]) => map[value] === OPEN_QUESTION);
  const isPlain = values.every(([value]) => kind.names.some((one) => String(one.code) === value));
  const questions =
    unknown.length === 0
      ? []
      : [
          `${kind.field}: which codes have ${named(unknown.map(([value]) => JSON.stringify(value)))} of ${column.name}? ` +
            'Write them in the map, or "otherwise" for everything else',
        ];
  const empty = column.filled < Math.max(...columns.map(({ filled }) => filled));
  if (empty)
    questions.push(`${kind.field}: some cells of ${column.name} are empty: which code have those ("default")?`);
  return {
    column: column.name,
    field: {
      column: column.name,
      ...(isPlain ? {} : { map }),
      ...(empty ? { default: OPEN_QUESTION } : {}),
    },
    codes: Object.entries(map),
    questions,
  };
}

/** A code by its name, or by a name that stands within a longer one. */
function codeFinder({ names }: Kind): (value: string) => Code | undefined {
  const all = names.flatMap(({ code, names: own }) => [...new Set(own)].map((name) => ({ code, name })));
  const choice = choiceOf([...new Set(all.map(({ name }) => name))]);
  const parts = all
    .map(({ code, name }) => ({ code, part: words(name) }))
    .filter(({ part }) => part.length >= SHORTEST_PART + 2)
    .toSorted((one, other) => other.part.length - one.part.length);
  return (value) => {
    const name = choice(value);
    if (typeof name === 'string') return all.find((one) => one.name === name)?.code;
    if (value.split(/\s+/).length > MOST_WORDS) return undefined;
    const whole = ` ${bared(value)
      .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
      .trim()} `;
    return parts.find(({ part }) => whole.includes(part))?.code;
  };
}

const words = (text: string): string =>
  ` ${bared(text)
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `;

function constantFor(kind: Kind, questions: string[]): Code {
  const [only, ...others] = kind.names;
  if (only !== undefined && others.length === 0) return only.code;
  questions.push(
    `${kind.field}: no column holds one that the catalogue knows: name a column with a map, or give the code of all rows, as ${named(kind.names.map(({ code, names }) => `${code} (${names.at(-1)})`))}`,
  );
  return OPEN_QUESTION;
}

const named = (all: readonly string[]): string =>
  all.length <= MOST_NAMED
    ? all.join(', ')
    : `${all.slice(0, MOST_NAMED).join(', ')} and ${all.length - MOST_NAMED} others`;
