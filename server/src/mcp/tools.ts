/** The tools of the room's MCP server: questions in words and in fields, each answered with what its numbers mean and how fresh they are. */
import {
  addDays,
  type Catalogue,
  DIMENSIONS,
  type Dimension,
  ELSEWHERE,
  EXPLAINED,
  fixedOn,
  groupLabel,
  groupsOf,
  LEVELS,
  lexiconOf,
  localDay,
  type Meaning,
  type Measure,
  measuresIn,
  type Part,
  readQuestion,
  STANDING,
  subjectOf,
  withMeasured,
} from '@room/contract';
import { z } from 'zod';
import { checked, type Fields } from '../api/input.ts';
import { HttpError } from '../errors.ts';
import { aboutAnswer, aboutEvidence, definitionsOf, instantText, namesOf } from './about.ts';
import type { Asking, Reader } from './reader.ts';

export interface Tool {
  name: string;
  description: string;
  input: z.ZodObject;
  /** The row that it reads, whose right it wants; undefined: the catalogue, which is told to whoever may ask. */
  reads: string | undefined;
  answer(given: Fields, asking: Asking): Promise<object>;
}

const DIMENSION_NAMES = Object.keys(DIMENSIONS) as Dimension[];
/** Rows of an answer where it is not said how many. */
const ROWS = 50;
const MOST_MEMBERS = 100;
const LONGEST_QUESTION = 300;

const askSchema = z.strictObject({
  question: z.string().min(1).max(LONGEST_QUESTION).meta({
    description:
      'in either language of the room, with or without diacritics: "on-time share ministries november vs october"',
  }),
  choose: z.record(z.string().max(LONGEST_QUESTION), z.int().min(0).max(100)).optional().meta({
    description: 'of words that may mean several things (understood, with alternatives) the number of what is meant',
  }),
  leaveOut: z.boolean().default(false).meta({
    description: 'answers although some words are not understood; without it they are told and nothing is answered',
  }),
});

const catalogueToolSchema = z.strictObject({
  dimension: z.enum(DIMENSION_NAMES).optional().meta({
    description: 'whose members are listed; without it what is measured, and how many members each dimension has',
  }),
  search: z.string().max(100).default('').meta({ description: 'a part of a name or code' }),
  after: z.string().max(200).optional().meta({ description: 'the code that goOn of the answer before names' }),
});

/** Fields are texts, as in an address; what a program has as numbers and lists is written so. */
const textsOf = (given: Fields): Fields =>
  Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      if (typeof value === 'number' || typeof value === 'boolean') return [name, String(value)];
      return [name, Array.isArray(value) && value.every((one) => typeof one === 'string') ? value.join(',') : value];
    }),
  );

export function toolsOf(reader: Reader, catalogue: Catalogue): Tool[] {
  const lexicon = lexiconOf(catalogue);
  const known = measuresIn(catalogue);
  const today = (): string => localDay(Date.now(), catalogue.timeZone);
  /** Days may move with the running one, as a saved view's do. */
  const fixed = (given: Fields): Fields => {
    const { from, to } = given;
    return typeof from === 'string' && typeof to === 'string' ? { ...given, ...fixedOn({ from, to }, today()) } : given;
  };
  const bounded = (given: Fields): Fields => ({ top: String(ROWS), ...fixed(textsOf(given)) });

  async function query(given: Fields, asking: Asking): Promise<object> {
    const fields = bounded(given);
    const answer = await reader.read('/v1/query', fields, asking);
    const split = String(fields['split'] ?? '').split(',') as Dimension[];
    const measures = withMeasured(known.filter((measure) => asksFor(fields, measure)));
    return {
      asked: fields,
      about: aboutAnswer(answer),
      definitions: definitionsOf(measures),
      names: namesOf(
        answer.rows.flatMap(({ key }) =>
          key.flatMap((code, n) => (split[n] === undefined ? [] : [[split[n], code] as const])),
        ),
        catalogue,
      ),
      ...(answer.others === undefined
        ? {}
        : {
            goOn: `${answer.others.members} more rows stand together in others; ask with a larger top (at most 1000), or narrow the question`,
          }),
      answer,
    };
  }

  async function explain(given: Fields, asking: Asking): Promise<object> {
    const fields = bounded(given);
    const answer = await reader.read('/v1/explain', fields, asking);
    return {
      asked: fields,
      about: aboutAnswer(answer),
      definitions: definitionsOf([answer.measure]),
      names: namesOf(
        answer.by.flatMap(({ dimension, members }) => members.map(({ code }) => [dimension, code] as const)),
        catalogue,
      ),
      ...(answer.by.some(({ others }) => others !== undefined)
        ? {
            goOn: 'further members stand together in others; ask with a larger top (at most 1000), or by fewer dimensions',
          }
        : {}),
      answer,
    };
  }

  async function ask(given: Fields, asking: Asking): Promise<object> {
    const { question, choose = {}, leaveOut } = checked(askSchema, given);
    const { parts, fields, isWhole } = readQuestion(question, { catalogue, lexicon, today: today() }, choose);
    const understood = parts.filter(({ state }) => state !== 'filler').map((part) => told(part, catalogue));
    const left = parts.filter(({ state }) => state === 'unknown' || state === 'extra').map(({ text }) => `"${text}"`);
    if (Object.keys(fields).length === 0)
      throw new HttpError(
        400,
        'not_understood',
        `question: nothing of it is understood; name a measure (${known.join(', ')}), a unit of the catalogue, or a time`,
      );
    if (!isWhole && !leaveOut)
      throw new NotUnderstood(
        `question: ${left.join(', ')} is not understood, or is a second of its kind; say it otherwise, or ask with leaveOut`,
        understood,
      );
    const { explain: explained, sort = 'submitted', ...rest } = fields;
    const assumed = Object.fromEntries(
      Object.entries(fixedOn(STANDING, today())).filter(([name]) => rest[name] === undefined),
    );
    const read = { ...assumed, ...rest };
    const found =
      explained === undefined
        ? await query({ ...read, measures: sort }, asking)
        : await explain({ ...read, measure: explained }, asking);
    return {
      understood,
      assumed: { ...assumed, ...(fields['sort'] === undefined ? { measure: sort } : {}) },
      ...(isWhole ? {} : { leftOut: left }),
      ...found,
    };
  }

  async function evidence(given: Fields, asking: Asking): Promise<object> {
    const fields = fixed(textsOf(given));
    const answer = await reader.read('/v1/evidence', fields, asking);
    return {
      asked: fields,
      about: aboutEvidence(answer),
      definitions: definitionsOf([answer.measure]),
      ...(answer.next === undefined
        ? {}
        : { goOn: `more events: ask the same with cursor ${answer.next} and asOf ${answer.asOf}` }),
      answer,
    };
  }

  async function forecasts(given: Fields, asking: Asking): Promise<object> {
    const fields = textsOf(given);
    const told = await reader.read('/v1/forecasts', fields, asking);
    const { mean, bounds, start, ...answer } = told;
    const first = localDay(start, catalogue.timeZone);
    const dimension = DIMENSION_NAMES.find((name) => name === answer.dim);
    return {
      asked: fields,
      about: {
        asOf: instantText(answer.knownTo),
        madeAt: instantText(answer.madeAt),
        levels: LEVELS,
        steps: STEPS[answer.grain],
      },
      definitions: definitionsOf([answer.metric]),
      ...(dimension === undefined ? {} : { names: namesOf([[dimension, answer.code]], catalogue) }),
      answer: {
        ...answer,
        steps: mean.map((expected, step) => ({
          at: answer.grain === 'day' ? addDays(first, step) : instantText(start + step * HOUR_MS),
          expected,
          bounds: LEVELS.map((_, level) => boundsAt(bounds, mean.length, level, step)),
        })),
      },
    };
  }

  async function listed(given: Fields): Promise<object> {
    const { dimension, search, after } = checked(catalogueToolSchema, given);
    const definitions = definitionsOf(known);
    const members = (name: Dimension) => DIMENSIONS[name].members(catalogue);
    if (dimension === undefined)
      return {
        definitions,
        dimensions: Object.fromEntries(DIMENSION_NAMES.map((name) => [name, members(name).length])),
      };
    const wanted = search.toLowerCase();
    const fitting = members(dimension)
      .filter(({ code, label }) => [code, label.vi, label.en].some((name) => name.toLowerCase().includes(wanted)))
      .sort((a, b) => (a.code < b.code ? -1 : 1));
    const rest = after === undefined ? fitting : fitting.filter(({ code }) => code > after);
    const page = rest
      .slice(0, MOST_MEMBERS)
      .map(({ code, label, validFrom, validTo }) => ({ code, label, validFrom, validTo }));
    const last = page.at(-1)?.code;
    const groups = groupsOf(dimension, catalogue).map((group) => ({
      code: group.name,
      label: groupLabel(group),
      members: group.codes,
    }));
    return {
      dimension,
      members: page,
      ...(groups.length === 0 ? {} : { groups }),
      ...(rest.length > page.length && last !== undefined
        ? { goOn: `${rest.length - page.length} more: ask the same with after ${last}` }
        : {}),
    };
  }

  return [
    {
      name: 'ask',
      description:
        'A question in words, in either language of the room, over the catalogue’s names: measure, unit, time, comparison, why. Tells how it was understood and what was assumed; what is not understood is refused, not guessed.',
      input: askSchema,
      reads: '/v1/query',
      answer: ask,
    },
    {
      name: 'query',
      description: `Measures of a period: by time, by up to two dimensions, compared. Measures: ${known.join(', ')}; those of tasks and of links each in a question of their own, by agency or by province. Dimensions: ${DIMENSION_NAMES.join(', ')}. from and to are local days, or relative as day-28, month-1. ${ROWS} rows without top.`,
      input: reader.schema('/v1/query'),
      reads: '/v1/query',
      answer: query,
    },
    {
      name: 'explain',
      description: `Who made the change of a measure between two periods, by dimension: together the whole change, of shares by rate and mix. Needs compare. from and to as of query. Measures: ${EXPLAINED.join(', ')}.`,
      input: reader.schema('/v1/explain'),
      reads: '/v1/explain',
      answer: explain,
    },
    {
      name: 'evidence',
      description:
        'What a number is made of: its definition, statement, sources, and the events whose sum it is. Take the fields of the question, its measure, key of the row, and as asOf the watermark, of what waits the levelsWatermark. from and to as of query.',
      input: reader.schema('/v1/evidence'),
      reads: '/v1/evidence',
      answer: evidence,
    },
    {
      name: 'forecasts',
      description:
        'The newest forecast of one series: what is expected of each hour or day to come, between which bounds it will be how often, when it was made and up to when it knew. Series: the whole country, or one member of what screens and rules show.',
      input: reader.schema('/v1/forecasts'),
      reads: '/v1/forecasts',
      answer: forecasts,
    },
    {
      name: 'catalogue',
      description: `Without a dimension the definitions of all measures, and how many members each dimension has. With one the codes and names of its members, also of earlier units with their last day, ${MOST_MEMBERS} at once, and its groups: a question takes the code of one where it takes that of a member.`,
      input: catalogueToolSchema,
      reads: undefined,
      answer: listed,
    },
  ];
}

const HOUR_MS = 3_600_000;
const BOUNDS =
  'bounds has a low and a high for each of levels, in their order: so often the truth is expected between them';
const STEPS = {
  hour: `each an hour that begins at its instant; ${BOUNDS}`,
  day: `each a local day; ${BOUNDS}`,
} as const;

/** A program reads pairs; the row has the lows of all steps, then their highs, level by level. */
const boundsAt = (bounds: readonly number[], steps: number, level: number, step: number): (number | undefined)[] =>
  [2 * level, 2 * level + 1].map((row) => bounds[row * steps + step]);

/** Says what was understood beside what was not. */
export class NotUnderstood extends HttpError {
  constructor(
    reason: string,
    readonly understood: readonly object[],
  ) {
    super(400, 'not_understood', reason);
  }
}

/** Without measures all of what `sort` counts are meant, of dossiers without it. */
function asksFor({ measures, sort = 'submitted' }: Fields, measure: Measure): boolean {
  if (measures !== undefined) return String(measures).split(',').includes(measure);
  return subjectOf(measure) === subjectOf(sort as Measure);
}

/** What a stretch of a question is taken for. */
function told({ text, state, choices, chosen, uncounted }: Part, catalogue: Catalogue): object {
  const meaning = choices[chosen];
  const others = choices
    .map((choice, n) => ({ choose: n, ...named(choice, catalogue) }))
    .filter((_, n) => n !== chosen);
  return {
    text,
    state,
    ...(uncounted === undefined ? {} : { notCounted: uncounted }),
    ...(uncounted !== undefined && uncounted in ELSEWHERE
      ? { page: ELSEWHERE[uncounted as keyof typeof ELSEWHERE] }
      : {}),
    ...(meaning === undefined ? {} : { as: named(meaning, catalogue) }),
    ...(others.length === 0 ? {} : { alternatives: others }),
  };
}

function named(meaning: Meaning, catalogue: Catalogue): object {
  if (meaning.kind !== 'member') return meaning;
  const { dimension, code } = meaning;
  return { ...meaning, name: namesOf([[dimension, code]], catalogue)[dimension]?.[code] };
}
