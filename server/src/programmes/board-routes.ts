/** HTTP of essential services: the board within a scope, the same as a file, and what ministries say of their deployment. */
import {
  API,
  addDays,
  asKept,
  type BoardService,
  boardAskedSchema,
  type Catalogue,
  type Deployment,
  deploymentSchema,
  type EssentialServices,
  LANGUAGES,
  type Language,
  localDay,
  owns,
  type QueryAnswer,
  querySchema,
  type Scope,
  type SentDeployment,
  type ServicesBoard,
  sentDeploymentSchema,
} from '@room/contract';
import { type Cause, type Database, Documents } from '@room/database';
import { z } from 'zod';
import { causeOf } from '../access/remember.ts';
import { type Route, route } from '../api/route.ts';
import { assertBegun } from '../begun.ts';
import { HttpError } from '../errors.ts';
import { type GivenFiles, givenFile, withRemovals } from '../given-files.ts';
import { type Asker, SHARED_BY_WALLS_MS } from '../questions.ts';
import { type Cell, type GiveTable, TAKEN, type TableFile } from '../table-file.ts';
import { boardOf, isServiceSeen } from './board.ts';
import { essentialOnWall } from './on-walls.ts';

/** Days that are looked at where nothing is asked for: whole weeks, so that each holds as many Sundays. */
const DAYS = 28;

type Query = z.output<typeof querySchema>;
type Asked = z.output<typeof boardAskedSchema>;

export interface BoardRoutesOptions {
  essential: EssentialServices | undefined;
  catalogue: Catalogue;
  database: Pick<Database, 'read' | 'write'>;
  /** The same answer for all who ask within `sharedMs`. */
  counted: (query: Query, scope: Scope, asker: Asker, sharedMs?: number) => Promise<QueryAnswer>;
  give: GiveTable;
  files: GivenFiles;
}

/** The kind of its documents. */
export const DEPLOYMENT = 'deployment';
const NO_BOARD = 'the catalogue has no essential.json';
const NO_SERVICE = 'there is no such service within your scope';
const params = z.strictObject({ id: z.string().min(1).max(64) });

export function boardRoutes({ essential, catalogue, database, counted, give, files }: BoardRoutesOptions): Route[] {
  const documents = new Documents<Deployment>({ database, kind: DEPLOYMENT, schema: asKept(deploymentSchema) });

  const read = async (
    { from, to, agency, province }: Asked,
    { scope, rights }: { scope: Scope; rights: ReadonlySet<string> },
    asker: Asker,
    { sharedMs, ...cut }: { split: string; grain?: 'day'; sharedMs?: number },
  ): Promise<{ board: ServicesBoard; answer: QueryAnswer }> => {
    if (essential === undefined) throw new HttpError(404, 'no_board', NO_BOARD);
    // Of nobody there is nothing, which would read as nothing at all.
    if (agency !== undefined && !catalogue.agencies.some(({ id }) => id === agency))
      throw new HttpError(400, 'bad_request', `agency: the catalogue has no agency ${agency}`);
    assertBegun('from', from, catalogue.timeZone);
    const last = to ?? addDays(localDay(Date.now(), catalogue.timeZone), -1);
    const first = from ?? addDays(last, 1 - DAYS);
    const codes = Object.values(essential.services).flatMap(({ counted: code }) => code ?? []);
    const query = querySchema.parse({
      measures: 'submitted,submittedOnline,onTime,late',
      from: first,
      to: last,
      ...cut,
      service: codes.join(','),
      compare: 'previous',
      boundaries: last,
      ...(province === undefined ? {} : { province }),
    });
    const [answer, told] = await Promise.all([
      counted(query, scope, asker, sharedMs),
      documents.list().then((all) => withRemovals(files, all)),
    ]);
    const { coverage, asOf } = answer.periods.now;
    const reported = new Map(
      told.map(({ id, version, body, who, at }) => [id, { ...body, version, who, at: Date.parse(at) }]),
    );
    const { title, source, lists, of, earliest, indicator } = essential;
    const board = {
      title,
      source,
      lists,
      listedAsOf: essential.asOf,
      ...(indicator === undefined ? {} : { indicator }),
      ...(earliest === undefined ? {} : { earliest }),
      of,
      unnamed: Math.max(0, of - Object.keys(essential.services).length),
      from: first,
      to: last,
      ...(asOf === undefined ? {} : { asOf }),
      ...(coverage === undefined ? {} : { coverage }),
      simulated: answer.simulated,
      ...boardOf({
        essential,
        counted: { rows: answer.rows, ...(coverage === undefined ? {} : { coverage }) },
        reported,
        scope,
        mayAnswer: rights.has('answer'),
        agency,
      }),
    };
    return { board, answer };
  };
  const board = async (asked: Asked, principal: Parameters<typeof read>[1], asker: Asker): Promise<ServicesBoard> =>
    (await read(asked, principal, asker, { split: 'service,province' })).board;
  /** Only its own ministry says so. */
  const assertTheirs = (id: string, scope: Scope): void => {
    const agencies = essential?.services[id]?.agencies ?? [];
    if (!agencies.some((agency) => owns(scope, 'agency', agency)))
      throw new HttpError(404, 'no_such_service', NO_SERVICE);
  };
  const save = async (
    cause: Cause,
    scope: Scope,
    id: string,
    { version, body }: { version: number; body: SentDeployment },
  ): Promise<number> => {
    const { file: given, ...evidence } = body.evidence;
    const file = await givenFile(files, { who: cause.who, scope }, given);
    const kept = { ...body, evidence: { ...evidence, ...(file === undefined ? {} : { file }) } };
    return database.write(cause, async (edit) => {
      if (file !== undefined) await files.attachIn(edit, file.id, DEPLOYMENT, id);
      const { version: made } =
        version === 0 ? await documents.createIn(edit, id, kept) : await documents.updateIn(edit, id, version, kept);
      return made;
    });
  };
  const refuses = { 404: NO_BOARD, 422: 'more is asked for than is answered at once' };
  const saved = { schema: z.strictObject({ version: z.int() }) };
  return [
    route({
      method: 'get',
      path: '/v1/services-board',
      summary:
        'essential services: deployed or not, used or not, by ministry and province, those that nobody uses first',
      right: 'view',
      query: API['/v1/services-board'].query,
      answer: { schema: API['/v1/services-board'].answer },
      refuses,
      handle: ({ principal, query, asker }) => board(query, principal, asker),
    }),
    route({
      method: 'get',
      path: '/v1/wall/essential',
      summary:
        'the same of the last four weeks as walls show it: those that nobody uses first, shares as sure as they are',
      right: 'view',
      isOnWalls: true,
      query: API['/v1/wall/essential'].query,
      answer: { schema: API['/v1/wall/essential'].answer },
      refuses,
      handle: async ({ principal, asker }) => {
        const cut = { split: 'service', grain: 'day', sharedMs: SHARED_BY_WALLS_MS } as const;
        const { board: found, answer } = await read({}, principal, asker, cut);
        return essentialOnWall(found, answer, principal.scope.own === undefined);
      },
    }),
    route({
      method: 'get',
      path: '/v1/services-board.csv',
      summary: 'the same as CSV, a row for each service',
      right: 'view',
      query: boardAskedSchema.safeExtend({ lang: z.enum(LANGUAGES).default('vi') }),
      answer: { type: 'text/csv; charset=utf-8', schema: z.string() },
      refuses: { ...refuses, ...TAKEN },
      handle: (call) => {
        const { lang, ...asked } = call.query;
        const { principal, asker } = call;
        return give(call, 'services', async () => tableOf(await board(asked, principal, asker), lang, catalogue));
      },
    }),
    route({
      method: 'post',
      path: '/v1/services-board/{id}',
      summary:
        'a ministry says since when a service of its own is offered to everybody, or that it is not, with its evidence',
      right: 'answer',
      params,
      body: sentDeploymentSchema,
      badInput: 'bad_deployment',
      answer: saved,
      refuses: { 404: NO_SERVICE, 409: 'somebody else changed it since', 422: 'its file is not there' },
      handle: async ({ principal, params: { id }, body }) => {
        assertTheirs(id, principal.scope);
        assertBegun('since', body.body.since, catalogue.timeZone);
        assertNotBefore(body.body.since, essential?.earliest);
        return { version: await save(causeOf(principal), principal.scope, id, body) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/services-board/{id}/undo',
      summary: 'takes the newest word of it back; what was said stays to be read in the audit',
      right: 'answer',
      params,
      body: z.strictObject({ version: z.int().positive() }),
      answer: saved,
      refuses: { 404: NO_SERVICE, 409: 'somebody else changed it since' },
      handle: async ({ principal, params: { id }, body: { version } }) => {
        assertTheirs(id, principal.scope);
        return { version: (await documents.undo(causeOf(principal, 'undone'), id, version)).version };
      },
    }),
  ];
}

function assertNotBefore(since: string | undefined, earliest: EssentialServices['earliest']): void {
  if (since === undefined || earliest === undefined || since >= earliest.on) return;
  const { on, source } = earliest;
  throw new HttpError(400, 'too_early', `since: not before ${on}: ${source.en}; say that day or a later one`);
}

/** Whether what is said of a service may be seen. */
export const seesDeployment = (essential: EssentialServices | undefined, id: string, scope: Scope): boolean =>
  isServiceSeen(essential?.services[id]?.agencies ?? [], scope);

const NAMES = {
  vi: {
    service: 'Dịch vụ',
    code: 'Mã',
    list: 'Danh mục',
    ministries: 'Bộ, ngành',
    deployed: 'Triển khai',
    since: 'Từ ngày',
    evidence: 'Chứng cứ',
    use: 'Sử dụng',
    submitted: 'Hồ sơ',
    before: 'Hồ sơ kỳ trước',
    online: 'Trực tuyến',
    onTime: 'Đúng hạn',
    late: 'Trễ hạn',
    yes: 'có',
    no: 'chưa',
    gone: 'nội dung đã bị gỡ',
  },
  en: {
    service: 'Service',
    code: 'Code',
    list: 'List',
    ministries: 'Ministries',
    deployed: 'Deployed',
    since: 'Since',
    evidence: 'Evidence',
    use: 'Use',
    submitted: 'Dossiers',
    before: 'Dossiers before',
    online: 'Online',
    onTime: 'On time',
    late: 'Late',
    yes: 'yes',
    no: 'no',
    gone: 'its content was taken away',
  },
} as const;

const shownBy = ({ evidence: { text, link, file } }: Deployment, gone: string): string =>
  [text, link, file && `${file.name} (sha256 ${file.sha256}${file.removed === undefined ? '' : `, ${gone}`})`]
    .filter((part) => part !== undefined)
    .join(' ');

function tableOf(board: ServicesBoard, lang: Language, catalogue: Catalogue): TableFile {
  const names = NAMES[lang];
  const text = (name: string): TableFile['columns'][number] => ({ name, kind: 'text' });
  const number = (name: string): TableFile['columns'][number] => ({ name, kind: 'count' });
  const nameOf = (id: string): string => catalogue.agencies.find((each) => each.id === id)?.label[lang] ?? id;
  const cellsOf = ({ id, label, list, agencies, deployed, use, now, before }: BoardService): Cell[] => [
    label[lang],
    id,
    board.lists[list]?.label[lang] ?? list,
    agencies.map(nameOf).join('; '),
    deployed === undefined ? undefined : deployed.isDeployed ? names.yes : names.no,
    deployed?.since,
    deployed === undefined ? undefined : shownBy(deployed, names.gone),
    use,
    now?.submitted,
    before?.submitted,
    now?.submittedOnline,
    now?.onTime,
    now?.late,
  ];
  return {
    from: board.from,
    to: board.to,
    about: [
      [board.title[lang], `${board.from} – ${board.to}`],
      [board.source[lang], board.listedAsOf],
    ],
    columns: [
      text(names.service),
      text(names.code),
      text(names.list),
      text(names.ministries),
      text(names.deployed),
      text(names.since),
      text(names.evidence),
      text(names.use),
      number(names.submitted),
      number(names.before),
      number(names.online),
      number(names.onTime),
      number(names.late),
    ],
    rows: board.services.map(cellsOf),
  };
}
