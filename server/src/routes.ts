/** The table of routes: everything that the room answers by HTTP, beside the wall's own files. */
import type { LoadedCatalogue } from '@room/catalogue';
import type { Database } from '@room/database';
import type { EventLog } from '@room/log';
import type { Registry } from '@room/operations';
import { ForecastStore, Quarantine, QueryStore, type Warehouse } from '@room/warehouse';
import { accountRoutes } from './access/account-routes.ts';
import type { Door } from './access/door.ts';
import { peopleRoutes } from './access/people-routes.ts';
import { providerRoutes } from './access/provider-routes.ts';
import { accessRoutes } from './access/routes.ts';
import { screenRoutes } from './access/screen-routes.ts';
import { alertRoutes } from './alerts/routes.ts';
import type { Alerting } from './alerts/start.ts';
import { withDocument } from './api/document.ts';
import type { Route } from './api/route.ts';
import { auditRoutes } from './audit/routes.ts';
import type { Backups } from './backup/backups.ts';
import { backupRoutes, type Remote } from './backup/routes.ts';
import { forecastRoutes } from './forecasting/routes.ts';
import { contractRoutes, gatewayRoutes } from './gateway/routes.ts';
import type { StartedGateway } from './gateway/start.ts';
import type { Live } from './live/live.ts';
import { liveRoutes } from './live/routes.ts';
import { metricsRoutes } from './operations/routes.ts';
import { operatorRoutes } from './operator/routes.ts';
import { queryRoutes } from './query/routes.ts';
import type { Questions } from './questions.ts';

export interface TableOptions {
  loaded: LoadedCatalogue;
  access: Warehouse;
  database: Pick<Database, 'read'>;
  log: Pick<EventLog, 'append'>;
  gateway: StartedGateway;
  live: Pick<Live, 'open'>;
  door: Door;
  questions: Questions;
  alerting: Alerting;
  backups: Backups | Remote;
  warn: (message: string) => void;
  /** Where metrics have no address of their own. */
  registry: Registry | undefined;
}

export function routesOf(options: TableOptions): Route[] {
  const { loaded, access, database, log, gateway, live, door, questions, alerting, backups, warn, registry } = options;
  const { catalogue } = loaded;
  return withDocument([
    ...gatewayRoutes(gateway, catalogue),
    ...contractRoutes(catalogue),
    ...accessRoutes(door),
    ...providerRoutes(door),
    ...accountRoutes(door),
    ...peopleRoutes(door.accounts, catalogue),
    ...screenRoutes(door, catalogue),
    ...liveRoutes(live, loaded),
    ...forecastRoutes({ store: new ForecastStore(access, warn, access.strangers), catalogue, questions }),
    ...queryRoutes({ store: new QueryStore(access.strangers, catalogue), questions }),
    ...alertRoutes({ ...alerting, catalogue }),
    ...operatorRoutes({ quarantine: new Quarantine(access), log, catalogue, tail: gateway.tail }),
    ...auditRoutes(database),
    ...backupRoutes(backups),
    ...(registry === undefined ? [] : metricsRoutes(registry)),
  ]);
}
