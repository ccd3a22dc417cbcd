/** The table of routes: everything that the room answers by HTTP, beside the wall's own files. */
import type { LoadedCatalogue } from '@room/catalogue';
import { EVERYTHING, querySchema } from '@room/contract';
import { AlertTable, type Database, PortalKeyTable } from '@room/database';
import type { EventLog } from '@room/log';
import type { Registry } from '@room/operations';
import {
  Answers,
  EventStore,
  EvidenceStore,
  ExplainStore,
  ForecastStore,
  Ledger,
  LinkStore,
  PastQueries,
  Quarantine,
  QueryStore,
  RateEvidence,
  type Retention,
  ShownStore,
  SinceStore,
  type Warehouse,
} from '@room/warehouse';
import { accountRoutes } from './access/account-routes.ts';
import type { Door } from './access/door.ts';
import { People } from './access/people.ts';
import { peopleRoutes } from './access/people-routes.ts';
import { providerRoutes } from './access/provider-routes.ts';
import { rememberIn } from './access/remember.ts';
import { accessRoutes } from './access/routes.ts';
import { screenRoutes } from './access/screen-routes.ts';
import { tokenRoutes } from './access/token-routes.ts';
import { contextRoutes } from './alerts/context-routes.ts';
import { directiveRoutes } from './alerts/directives/routes.ts';
import type { DirectiveStore } from './alerts/directives/store.ts';
import { taskRoutes } from './alerts/directives/task-routes.ts';
import type { TaskStore } from './alerts/directives/tasks.ts';
import { alertRoutes } from './alerts/routes.ts';
import { ruleRoutes } from './alerts/rule-routes.ts';
import type { Alerting } from './alerts/start.ts';
import { timesRoutes } from './alerts/times-routes.ts';
import { withDocument } from './api/document.ts';
import type { Route } from './api/route.ts';
import { AuditCheck } from './audit/check.ts';
import { auditRoutes } from './audit/routes.ts';
import type { Backups } from './backup/backups.ts';
import { backupRoutes, type Remote } from './backup/routes.ts';
import { asked } from './bad-query.ts';
import { BRIEFED_MEASURES, Briefings } from './briefing/briefings.ts';
import { briefingRoutes } from './briefing/routes.ts';
import { Seal } from './briefing/seal.ts';
import { numberRoutes } from './displays/number-routes.ts';
import { displayRoutes } from './displays/routes.ts';
import type { DisplayStore } from './displays/store.ts';
import { evidenceFileRoutes } from './evidence-files/routes.ts';
import type { EvidenceFiles } from './evidence-files/store.ts';
import { giveTables } from './export/given.ts';
import type { Press } from './export/paper/press.ts';
import { exportRoutes } from './export/routes.ts';
import { Taker } from './export/taking.ts';
import { forecastRoutes } from './forecasting/routes.ts';
import { contractRoutes, gatewayRoutes } from './gateway/routes.ts';
import type { StartedGateway } from './gateway/start.ts';
import { keptOf } from './kept/routes.ts';
import { linkRoutes } from './links/routes.ts';
import type { Live } from './live/live.ts';
import { liveRoutes } from './live/routes.ts';
import { shownRoutes } from './live/shown-routes.ts';
import { mcpRoutes } from './mcp/routes.ts';
import { changeRoutes } from './notify/change-routes.ts';
import { rosterRoutes } from './notify/roster-routes.ts';
import { notifyRoutes } from './notify/routes.ts';
import type { Notifying } from './notify/start.ts';
import { metricsRoutes } from './operations/routes.ts';
import { operatorRoutes } from './operator/routes.ts';
import type { Deliveries } from './portals/deliveries.ts';
import { portalRoutes } from './portals/routes.ts';
import { boardRoutes } from './programmes/board-routes.ts';
import { leadersRoutes } from './programmes/leaders-routes.ts';
import { goodModels, keptModels, leadingIn } from './programmes/leading.ts';
import { programmeRoutes } from './programmes/routes.ts';
import { type ReadRows, rowsRoutes } from './programmes/rows-routes.ts';
import type { ProgrammeStore } from './programmes/store.ts';
import { evidenceRoutes } from './query/evidence-routes.ts';
import { explainRoutes } from './query/explain-routes.ts';
import { indexRoutes } from './query/index-routes.ts';
import { madeRoutes } from './query/made-routes.ts';
import { queryRoutes } from './query/routes.ts';
import { asQuestion, Questions, SHARED_MS } from './questions.ts';

export interface TableOptions {
  loaded: LoadedCatalogue;
  access: Warehouse;
  database: Pick<Database, 'read' | 'write'>;
  log: Pick<EventLog, 'append'>;
  gateway: StartedGateway;
  live: Pick<Live, 'open' | 'current'>;
  door: Door;
  questions: Questions;
  deliveries: Deliveries;
  /** Events a second of a portal key without a limit of its own. */
  portalRate: number;
  alerting: Alerting;
  directives: DirectiveStore;
  tasks: TaskStore;
  programmes: ProgrammeStore;
  /** Of offices' files. */
  readRows: ReadRows;
  files: EvidenceFiles;
  /** Is told what makes briefings, for the process that leads. */
  scheduled: (briefings: Briefings) => void;
  /** Is told the table, for the process that leads: it asks as wall displays do. */
  recorded: (rows: readonly Route[]) => void;
  notifying: Notifying;
  backups: Backups | Remote;
  press: Press;
  /** File of the private key by which briefings are signed. */
  briefingKey: string;
  displays: DisplayStore;
  /** Days that counted events are kept. */
  keeps: Pick<Retention, 'submissions' | 'backlog'>;
  warn: (message: string) => void;
  /** Where metrics have no address of their own. */
  registry: Registry | undefined;
}

export function routesOf(options: TableOptions): Route[] {
  const { loaded, access, database, log, gateway, live, door, questions, alerting, backups, press, warn, registry } =
    options;
  const { deliveries, portalRate: rate, programmes, files } = options;
  const { catalogue } = loaded;
  const remember = rememberIn(database);
  const taker = new Taker({ questions, remember, catalogue });
  const give = giveTables(taker, catalogue);
  const table = new PortalKeyTable(database);
  const answers = new Answers({
    counted: new QueryStore(access.strangers, catalogue, { freshMs: SHARED_MS, isKeeping: access.isOneStore }),
    links: new LinkStore(access.strangers),
    tasks: (asked, scope) => options.tasks.told(asked, scope),
    catalogue,
  });
  const evidence = new EvidenceStore(access.strangers, catalogue);
  const isTrial = (): boolean => door.accounts.isEmpty === true;
  const kept = keptOf({ database, catalogue, answers, questions, isTrial });
  const explains = new ExplainStore(answers);
  const led = leadingIn({
    catalogue,
    counted: (query, asker, sharedMs) =>
      asQuestion(
        questions,
        asker,
        `leaders ${JSON.stringify(query)} ${sharedMs ?? ''}`,
        (signal) => asked(answers.answer(query, EVERYTHING, signal)),
        sharedMs,
      ),
  });
  const models = goodModels(database);
  const briefings = new Briefings({
    database,
    seal: new Seal(options.briefingKey, database),
    catalogue,
    counted: (days, asker) =>
      asQuestion(questions, asker, `briefing ${JSON.stringify(days)}`, (signal) =>
        answers.answer(querySchema.parse({ measures: BRIEFED_MEASURES, ...days }), EVERYTHING, signal),
      ),
    state: () => live.current?.state,
    alerts: () => alerting.store.list('open', EVERYTHING),
    indicators: (at) => programmes.list(EVERYTHING, at),
    tasks: (since) => options.tasks.list(EVERYTHING, Date.now(), since),
    led,
    models: () => keptModels(models),
    warn,
  });
  options.scheduled(briefings);
  const rows: Route[] = [
    ...gatewayRoutes(gateway),
    ...contractRoutes(catalogue),
    ...accessRoutes(door),
    ...providerRoutes(door),
    ...accountRoutes(door),
    ...tokenRoutes(door),
    ...peopleRoutes(door.accounts, new People({ accounts: door.accounts, database }), catalogue),
    ...portalRoutes({ table, catalogue, deliveries, current: () => live.current, rate }),
    ...screenRoutes(door, catalogue),
    ...displayRoutes({ store: options.displays, catalogue, alerts: alerting.store }),
    ...numberRoutes({ store: answers, questions, catalogue }),
    ...liveRoutes(live, loaded),
    ...shownRoutes({
      store: new ShownStore(access, access.strangers),
      known: new SinceStore(access.strangers, catalogue),
      scenes: options.displays,
      catalogue,
      codesOf: (ids) => [...new Set(ids.flatMap((id) => loaded.essential?.services[id]?.counted ?? []))],
      questions,
      keeps: options.keeps,
    }),
    ...forecastRoutes({ store: new ForecastStore(access, warn, access.strangers), catalogue, questions }),
    ...queryRoutes({ store: answers, questions, kept: new Questions() }),
    ...indexRoutes({ store: answers, catalogue, index: loaded.index, questions }),
    ...explainRoutes({ store: explains, questions }),
    ...exportRoutes({
      store: answers,
      forecasts: new ForecastStore(access, warn, access.strangers),
      evidence,
      events: new EventStore(access.strangers, catalogue),
      notebooks: kept.notebooks,
      happened: kept.happened,
      press,
      taker,
      catalogue,
    }),
    ...evidenceRoutes({ store: evidence, questions }),
    ...madeRoutes({
      forecasts: new ForecastStore(access, warn, access.strangers),
      rates: new RateEvidence(access.strangers),
      catalogue,
      questions,
    }),
    ...kept.routes,
    ...alertRoutes({ ...alerting, catalogue }),
    ...contextRoutes({ ...alerting, catalogue, answers, explains, questions }),
    ...ruleRoutes({
      ...alerting,
      catalogue,
      database,
      questions,
      pasts: {
        past: new PastQueries(access.strangers),
        store: answers,
        forecasts: new ForecastStore(access, warn, access.strangers),
      },
    }),
    ...timesRoutes({
      table: new AlertTable(database),
      catalogue,
      give,
    }),
    ...linkRoutes({
      store: new LinkStore(access.strangers),
      catalogue,
      questions,
      give,
    }),
    ...directiveRoutes(options.directives),
    ...taskRoutes({ store: options.tasks, catalogue, give }),
    ...notifyRoutes({ ...options.notifying, catalogue, database }),
    ...changeRoutes({ ...options.notifying, catalogue, database }),
    ...rosterRoutes(options.notifying),
    ...programmeRoutes({ store: programmes, catalogue, give }),
    ...rowsRoutes(options.readRows),
    ...evidenceFileRoutes({
      files,
      hand: (call, { id, name, sha256, size }) => taker.hand(call, 'evidence file', { file: id, name, sha256, size }),
    }),
    ...leadersRoutes({ catalogue, models, led }),
    ...boardRoutes({
      essential: loaded.essential,
      catalogue,
      database,
      counted: (query, scope, asker, sharedMs) =>
        asQuestion(
          questions,
          asker,
          `board of ${scope.key} ${JSON.stringify(query)} ${sharedMs ?? ''}`,
          (signal) => asked(answers.answer(query, scope, signal)),
          sharedMs,
        ),
      give,
      files,
    }),
    ...briefingRoutes({
      briefings,
      database,
      catalogue,
      print: (sheet, signal) => press.print(sheet, signal),
    }),
    ...operatorRoutes({
      quarantine: new Quarantine(access),
      ledger: new Ledger(access),
      log,
      catalogue,
      tail: gateway.tail,
      remember,
    }),
    ...auditRoutes({ database, check: new AuditCheck({ database, remember }) }),
    ...backupRoutes(backups, remember),
    ...(registry === undefined ? [] : metricsRoutes(registry)),
  ];
  options.recorded(rows);
  return withDocument([...rows, ...mcpRoutes({ rows, catalogue })]);
}
