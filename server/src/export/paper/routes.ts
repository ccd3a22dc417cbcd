/** An answer, and a notebook, on A4. */
import {
  type Annotation,
  type Catalogue,
  type Frozen,
  fixedOn,
  type Kept,
  LANGUAGES,
  type Language,
  localDay,
  type Notebook,
  type NotebookPage,
  type Pivot,
  type Query,
  type QueryAnswer,
  type QuestionFields,
  querySchema,
  type Scope,
  slideFields,
} from '@room/contract';
import type { ForecastStore, QueryStore } from '@room/warehouse';
import { z } from 'zod';
import type { Actor } from '../../access/principal.ts';
import { checked } from '../../api/input.ts';
import { type Route, route } from '../../api/route.ts';
import { Streamed } from '../../api/streamed.ts';
import { HttpError } from '../../errors.ts';
import { crossedBy, wholly } from '../crossed.ts';
import { mainOf, momentOf } from '../table.ts';
import type { Taker, Taking } from '../taking.ts';
import { WORDS } from '../words.ts';
import { behindOf } from './behind.ts';
import { type Paper, type PaperSection, sectionOf } from './paper.ts';
import type { Press } from './press.ts';

export interface PaperRoutesOptions {
  store: Pick<QueryStore, 'answer'>;
  forecasts: Pick<ForecastStore, 'forecast'>;
  notebooks: {
    get: (actor: Actor, id: string) => Promise<Kept<Notebook>>;
    frozen: (scope: Scope, id: string) => Promise<Frozen>;
  };
  happened: { list: (actor: Actor) => Promise<Kept<Annotation>[]> };
  catalogue: Catalogue;
  taker: Taker;
  press: Pick<Press, 'print'>;
}

const PDF = 'application/pdf';
const lang = z.enum(LANGUAGES).default('vi').meta({ description: 'of its words' });
const REFUSES = {
  429: 'too many files were taken along; try again after Retry-After',
  422: 'more is asked for than is answered at once, or than is still kept',
  503: 'the database that notes exports does not answer, or the room is busy',
};

export function paperRoutes({
  store,
  forecasts,
  notebooks,
  happened,
  catalogue,
  taker,
  press,
}: PaperRoutesOptions): Route[] {
  const answerTo = ({ ask, scope }: Pick<Taking<unknown>, 'ask' | 'scope'>, query: Query): Promise<QueryAnswer> =>
    ask(`query ${JSON.stringify(query)}`, (signal) => store.answer(query, scope, signal));
  const behind = ({ ask, scope }: Pick<Taking<unknown>, 'ask' | 'scope'>, query: Query, answer: QueryAnswer) =>
    behindOf({
      query,
      main: mainOf(query),
      answer,
      catalogue,
      scope,
      ask,
      answerTo: (one) => answerTo({ ask, scope }, one),
      forecasts,
    });
  async function pivotIn(taking: Pick<Taking<unknown>, 'ask' | 'scope'>, query: Query): Promise<Pivot | undefined> {
    if (query.split.length < 2) return undefined;
    const main = mainOf(query);
    return crossedBy(query, main, await answerTo(taking, wholly(query, main)), (one) => answerTo(taking, one));
  }
  const paperOf = (title: string, language: Language, sections: PaperSection[], isSimulated: boolean): Paper => ({
    language,
    title,
    warning: isSimulated ? WORDS[language].simulated : null,
    footer: `${catalogue.title[language]} · ${WORDS[language].madeAt} ${momentOf(Date.now(), catalogue.timeZone)}`,
    page: WORDS[language].page,
    sections,
  });

  async function pageOf(
    taking: Taking<unknown>,
    page: NotebookPage,
  ): Promise<{ section: PaperSection; isSimulated: boolean }> {
    const { language, scope, isPart, address } = taking;
    const words = WORDS[language];
    const today = localDay(Date.now(), catalogue.timeZone);
    const kept = page.frozen === undefined ? undefined : await frozenOr(notebooks.frozen(scope, page.frozen));
    const fields: QuestionFields = fixedOn(kept?.question ?? page.question, today);
    // What is shown to a meeting, and in the same order: its curve, and the first rows of its split.
    const query = checked(querySchema, kept === undefined ? slideFields(page.question, today) : fields, 'bad_query');
    const answer = kept?.answer ?? (await answerTo(taking, query));
    const section = sectionOf({
      query,
      search: `?${new URLSearchParams(fields)}`,
      answer,
      catalogue,
      language,
      isPart,
      address,
      title: page.title,
      text: page.text,
      // What was kept is of then.
      ...(kept === undefined ? { behind: await behind(taking, query, answer) } : {}),
      happened: await happened.list(taking.principal),
    });
    if (kept !== undefined)
      section.about.unshift({ name: words.asFrozen, value: momentOf(kept.at, catalogue.timeZone), isLink: false });
    else if (page.frozen !== undefined)
      section.about.unshift({ name: words.liveInstead, value: words.liveInstead, isLink: false });
    return { section, isSimulated: answer.simulated };
  }

  return [
    route({
      method: 'get',
      path: '/v1/query.pdf',
      summary: 'the answer of a question on A4, each number with a link to its evidence',
      right: 'analyse',
      query: querySchema.safeExtend({ lang }),
      badInput: 'bad_query',
      answer: { type: PDF, schema: z.string() },
      refuses: REFUSES,
      handle: async (call) => {
        const { paper } = await taker.take('pdf', call, async (taking) => {
          const { query, search, language, isPart, address } = taking;
          const answer = await answerTo(taking, query);
          const pivot = await pivotIn(taking, query);
          const section = sectionOf({
            query,
            search,
            answer,
            catalogue,
            language,
            isPart,
            address,
            behind: await behind(taking, query, answer),
            happened: await happened.list(taking.principal),
            ...(pivot === undefined ? {} : { pivot }),
          });
          const title = section.main?.name ?? catalogue.title[language];
          return {
            paper: paperOf(title, language, [section], answer.simulated),
            count: section.table.rows.length + (section.crossed ?? []).reduce((rows, one) => rows + one.rows.length, 0),
          };
        });
        const bytes = await press.print(paper, call.asker.signal);
        const { from, to } = call.query;
        return new Streamed<string>(`${catalogue.id}-${from}-${to}.pdf`, one(bytes));
      },
    }),
    route({
      method: 'get',
      path: '/v1/notebooks/{id}/paper.pdf',
      summary: 'a notebook on A4: its questions with their words, answered now or as they were frozen',
      right: 'analyse',
      params: z.strictObject({ id: z.uuid() }),
      query: z.strictObject({ lang }),
      answer: { type: PDF, schema: z.string() },
      refuses: { ...REFUSES, 404: 'there is none of this id that whoever asks may see' },
      handle: async (call) => {
        const { body } = await notebooks.get(call.principal, call.params.id);
        const { paper } = await taker.take('notebook pdf', call, async (taking) => {
          const pages: Awaited<ReturnType<typeof pageOf>>[] = [];
          for (const page of body.pages) pages.push(await pageOf(taking, page));
          const sections = pages.map(({ section }) => section);
          return {
            paper: paperOf(
              body.name,
              taking.language,
              sections,
              pages.some(({ isSimulated }) => isSimulated),
            ),
            count: sections.reduce((rows, { table }) => rows + table.rows.length, 0),
          };
        });
        const bytes = await press.print(paper, call.asker.signal);
        return new Streamed<string>(`${catalogue.id}-notebook.pdf`, one(bytes));
      },
    }),
  ];
}

/** Undefined where its numbers are of another's scope, or it is there no longer. */
async function frozenOr(frozen: Promise<Frozen>): Promise<Frozen | undefined> {
  try {
    return await frozen;
  } catch (error) {
    if (error instanceof HttpError && (error.status === 403 || error.status === 404)) return undefined;
    throw error;
  }
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
