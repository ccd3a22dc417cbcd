/** The room's server process: composition only. Embedded parts live in this process, so then the pipelines run here too. */
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { EVERYTHING } from '@room/contract';
import { AlertTable, DIRECTIVE, DirectiveTable, EvidenceFileTable, openDatabase, REPORTED_VALUE } from '@room/database';
import { EmbeddedLog, KafkaLog } from '@room/log';
import { createRegistry, fileSystemOf, type Owned, runProgram, type Telling } from '@room/operations';
import { openStores, readRows, runWhileLeader, SIZES, startCounting } from '@room/pipelines';
import { within } from '@room/runtime';
import { LinkStore, QueryStore, ShownStore, WallQueries } from '@room/warehouse';
import { isTrial } from './access/demonstration.ts';
import { openDoor } from './access/door.ts';
import { readMapping } from './access/mapping.ts';
import { isLoopback } from './access/origins.ts';
import { tellSetUp } from './access/set-up.ts';
import { Reminders } from './alerts/directives/reminders.ts';
import { DirectiveStore } from './alerts/directives/store.ts';
import { TaskStore } from './alerts/directives/tasks.ts';
import { startAlerting } from './alerts/start.ts';
import type { Route } from './api/route.ts';
import { createApp, webBuild } from './app.ts';
import { assertRestored } from './backup/restore.ts';
import { backupsOf } from './backup/start.ts';
import type { Briefings } from './briefing/briefings.ts';
import { ScheduledBriefings, schedulesIn } from './briefing/schedule.ts';
import { type Config, readConfig } from './config.ts';
import { Recorder } from './displays/recorder.ts';
import { DisplayStore } from './displays/store.ts';
import { EvidenceFiles } from './evidence-files/store.ts';
import { EvidenceSweep } from './evidence-files/sweep.ts';
import { Press } from './export/paper/press.ts';
import { startGateway } from './gateway/start.ts';
import { Live } from './live/live.ts';
import { Watching } from './live/watching.ts';
import { lockDirectory, openToOthers, prepareDirectory } from './lock.ts';
import { prepareNotifying } from './notify/start.ts';
import { measureAlerts } from './operations/alerts.ts';
import { diskWarning } from './operations/disk.ts';
import { startListening } from './operations/listening.ts';
import { AnswerLog } from './operations/log.ts';
import { ServerMetrics } from './operations/metrics.ts';
import { RecorderMetrics } from './operations/recorder.ts';
import { measureScreens } from './operations/screens.ts';
import { track } from './operations/tracking.ts';
import { tellAddress } from './operator/room.ts';
import { Deliveries } from './portals/deliveries.ts';
import { DEPLOYMENT, seesDeployment } from './programmes/board-routes.ts';
import { ProgrammeStore } from './programmes/store.ts';
import { Questions } from './questions.ts';
import { routesOf } from './routes.ts';

/** Of the live wall's state: some five are computed in a second while somebody looks. */
const LATE_MS = 600;

/** How long a server that starts waits to know what is not counted yet; from then on it turns portals away until it does. */
const CATCHING_UP_MS = 5_000;

const isEmbedded = ({ kafka, warehouse }: Config): boolean => kafka === undefined || warehouse.kind === 'embedded';

async function start(config: Config, { logger, report, fatal }: Telling, owned: Owned): Promise<void> {
  const { dataDirectory, kafka, warehouse, retention, maxPending, portalRate, watchdogMs, oidc, tls } = config;
  const warn = (message: string): void => report('warn', message);
  prepareDirectory(dataDirectory);
  owned.own(await lockDirectory(dataDirectory));
  assertRestored(dataDirectory);
  const mapping = oidc && readMapping(oidc.mappingFile);
  for (const warning of [openToOthers(dataDirectory), diskWarning(config, await fileSystemOf(dataDirectory))])
    if (warning !== undefined) warn(warning);

  const registry = createRegistry();
  const { health, listener, url, operations } = await startListening({ addresses: config, registry, report }, owned);
  await tellAddress(dataDirectory, tls === undefined ? url : (config.publicUrls[0] ?? url));
  const database = owned.own(await openDatabase({ settings: config.database, report, fatal }));
  const openLog = (): EmbeddedLog | KafkaLog =>
    kafka === undefined ? new EmbeddedLog(join(dataDirectory, 'log'), warn) : new KafkaLog({ ...kafka, report });
  const stores = await openStores({ config, openLog, registry, report }, owned);
  const { loaded, log, lag, engine } = stores;
  const { catalogue } = loaded;
  const { timeZone } = catalogue;
  const { access, appends, space, causes } = track({ engine, log, lag, database, timeZone, config, report }, owned);

  let sockets = (): number => 0;
  // All walls are served here where the pipelines are.
  const watch = new Watching({ sockets: () => sockets() });
  const { maxRange } = SIZES.beside;
  const pending = kafka === undefined ? {} : { pending: () => lag.pending };
  const counting = isEmbedded(config)
    ? await startCounting(
        { stores, access, registry, retention, maxRange, watchdogMs, watch, ...pending, report, fatal },
        owned,
      )
    : undefined;
  const backups = backupsOf({ config, log, engine, counting, catalogueHash: loaded.hash, report }, owned);

  const door = await openDoor({ settings: config, mapping, catalogue, database, report: warn }, owned);
  await tellSetUp(door, config.publicUrls[0] ?? url);
  const questions = new Questions(() => watch.isSettled && (live.ageMs ?? 0) > LATE_MS);
  const metrics: ServerMetrics = new ServerMetrics(registry, {
    current: () => live.current,
    pulseAgeMs: () => live.ageMs,
    audience: () => live.audience(),
    spare: () => space?.spare,
    databaseTrouble: () => database.trouble,
  });
  const live: Live = owned.own(
    new Live({
      http: listener.http,
      build: webBuild(),
      catalogue,
      reads: access.strangers,
      questions,
      watching: watch,
      admit: (request) => door.access.admitSocket(request),
      turn: door.socketTurn,
      admitAgain: (request, before) => door.access.admitAgain(request, before),
      onChanged: (hear) => {
        const stops = [door.accounts.onChanged(hear), door.screens.onChanged(hear)];
        return () => {
          for (const stop of stops) stop();
        };
      },
      observer: metrics,
      report,
    }),
  );
  sockets = () => live.size;
  door.screens.follow(() => live.screens());
  const isShared = kafka !== undefined;
  const gateway = startGateway(
    {
      catalogue,
      log,
      appends,
      access,
      keepSubmissions: retention.submissions,
      lag,
      space,
      maxPending,
      portalRate,
      isShared,
      isTrial: () => isTrial(config),
      report,
    },
    owned,
  );
  await live.follow(log);
  measureAlerts(registry, new AlertTable(database));
  const notifying = prepareNotifying({
    database,
    catalogue,
    people: door.accounts.documents,
    mail: config.mail,
    webhookAllow: config.webhookAllow,
    telegram: config.telegram,
    url: config.publicUrls[0] ?? url,
    registry,
    report,
  });
  const directives = new DirectiveTable(database);
  const fileTable = new EvidenceFileTable(database);
  const files: EvidenceFiles = new EvidenceFiles({
    table: fileTable,
    roomBytes: config.evidenceBytes,
    // Whoever may see what a file shows may read it, and nobody else.
    sees: {
      [REPORTED_VALUE]: (subject, scope) => programmes.sees(subject, scope),
      [DEPLOYMENT]: (id, scope) => seesDeployment(loaded.essential, id, scope),
      [DIRECTIVE]: (id, scope) => directiveStore.sees(id, scope),
    },
  });
  const programmes = new ProgrammeStore({ database, catalogue, starters: loaded.indicators, files });
  const directiveStore: DirectiveStore = new DirectiveStore({
    table: directives,
    alerts: new AlertTable(database),
    catalogue,
    files,
  });
  /** Undefined until the table of routes has it: whoever leads that early makes the day's briefing a moment later. */
  let briefings: Briefings | undefined;
  /** The same of what scenes showed. */
  let rows: readonly Route[] | undefined;
  const tasks = new TaskStore({ table: directives, directives: directiveStore, catalogue });
  const scheduled = (): ScheduledBriefings =>
    new ScheduledBriefings({
      catalogue,
      schedules: schedulesIn(database),
      briefings: {
        get: async (id) => briefings?.get(id),
        make: (...asked) => briefings?.make(...asked) ?? Promise.reject(new Error('the room is starting')),
      },
      report,
    });
  const shipped = { hasIndex: loaded.index !== undefined, hasEssential: loaded.essential !== undefined };
  const displays = owned.own(new DisplayStore({ database, catalogue, shipped, tell: () => live.tellScenes() }));
  const recorded = new RecorderMetrics(registry);
  const recorder = (): Recorder =>
    new Recorder({
      store: new ShownStore(access),
      rows: () => rows,
      shows: async () => ({ ...(await displays.known()), screens: door.screens.all() }),
      observer: recorded,
      report,
    });
  const alerting = await startAlerting(
    {
      catalogue,
      starters: loaded.rules,
      database,
      current: () => live.current,
      ageMs: () => live.ageMs,
      queries: new WallQueries(access, timeZone),
      store: new QueryStore(access, catalogue, { isKeeping: access.isOneStore }),
      links: new LinkStore(access),
      index: loaded.index,
      indicators: (at) => programmes.list(EVERYTHING, at),
      lead: (begin) => runWhileLeader({ log, group: 'alerting', begin, leads: () => undefined }),
      beside: () => [
        notifying.begin(),
        new Reminders({ table: directives, catalogue, report }),
        new EvidenceSweep({ table: fileTable, report }),
        scheduled(),
        recorder(),
      ],
      directives: directiveStore,
      tell: (sees) => live.tellAlerts(sees),
      report,
    },
    owned,
  );

  measureScreens(registry, () => displays.silent());
  const deliveries = new Deliveries();
  const answers = new AnswerLog(logger);
  const measured = operations === undefined ? registry : undefined;
  const app = createApp({
    routes: routesOf({
      loaded,
      access,
      database,
      log: appends,
      gateway,
      live,
      door,
      questions,
      deliveries,
      portalRate,
      alerting,
      directives: directiveStore,
      tasks,
      programmes,
      readRows,
      files,
      scheduled: (made) => {
        briefings = made;
      },
      recorded: (made) => {
        rows = made;
      },
      notifying,
      backups,
      press: owned.own(new Press()),
      briefingKey: config.briefingKey,
      displays,
      keeps: retention,
      warn,
      registry: measured,
    }),
    door,
    proxies: config.proxies,
    isStrictlySecure: tls !== undefined && !isLoopback(config.host),
    answered: (request) => {
      metrics.answered(request);
      deliveries.answered(request);
      answers.note(request);
    },
  });
  // Mostly little is to be read: then no portal is turned away for it.
  await within(gateway.caughtUp, CATCHING_UP_MS);
  listener.open(app);
  health.open({
    // Anybody may ask; what a closed room measures is for those with its metrics.
    health: () => (door.isOpen() ? { pulseAgeMs: live.ageMs ?? null, pending: lag.pending ?? null } : {}),
    causes: () => [
      ...causes({ isCatchingUp: !gateway.tail.isCovered, pulseAgeMs: live.ageMs }),
      ...(counting?.causes() ?? []),
    ],
  });
  // Opened last, closed first: what came in is answered while everything behind it still works.
  owned.defer(async () => {
    health.close();
    await listener.drain();
  });
  const kinds = { log: kafka === undefined ? 'embedded' : 'kafka', warehouse: warehouse.kind, database: database.kind };
  logger.info({ url, operations, ...kinds }, 'listening');
}

// Garbage of a busy minute would grow to twice what lives before it is collected.
setFlagsFromString('--heap-growing-percent=30');
runProgram('the room', readConfig, start);
