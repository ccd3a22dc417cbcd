/** The portals' door with what it knows: the log's uncounted tail, what portals may have under way, and what has to wait. */
import type { Catalogue } from '@room/contract';
import type { EventLog } from '@room/log';
import type { Lag, Owned, Space } from '@room/operations';
import { type Access, Ledger, type Retention } from '@room/warehouse';
import { Gateway } from './gateway.ts';
import { Intake } from './intake.ts';
import { Pressure } from './pressure.ts';
import { Rates } from './rates.ts';
import { Tail, type TailOptions } from './tail.ts';

export interface StartGatewayOptions extends Omit<TailOptions, 'log' | 'catalogue'> {
  catalogue: Catalogue;
  log: EventLog;
  /** Where what is accepted goes. */
  appends: Pick<EventLog, 'append'>;
  access: Access;
  /** Days that counted submissions are kept. */
  keepSubmissions: Retention['submissions'];
  lag: Lag;
  space: Space | undefined;
  /** Events a second of a key without a limit of its own. */
  portalRate: number;
  /** Whether all numbers of the room are made up: portals that send real ones are told, and made-up ones are taken nowhere else. */
  isTrial: () => boolean;
}

export interface StartedGateway {
  gateway: Gateway;
  intake: Intake;
  pressure: Pressure;
  rates: Rates;
  tail: Tail;
  isTrial: () => boolean;
  /** Resolves when everything is known that stood in the log at the start. */
  caughtUp: Promise<void>;
}

export function startGateway(options: StartGatewayOptions, owned: Owned): StartedGateway {
  const { catalogue, appends, access, keepSubmissions, lag, space, maxPending, portalRate, isTrial, ...rest } = options;
  const tail = new Tail({ catalogue, maxPending, ...rest });
  // Not awaited: the log waits for its readers, and brokers that are away would cost their time twice.
  owned.defer(() => void tail[Symbol.asyncDispose]());
  const intake = owned.own(new Intake());
  const gateway = new Gateway({
    catalogue,
    log: appends,
    ledger: new Ledger(access),
    keepSubmissions,
    intake,
    tail,
    isTrial,
  });
  return {
    gateway,
    intake,
    pressure: new Pressure(lag, maxPending, space),
    rates: new Rates(portalRate),
    tail,
    isTrial,
    caughtUp: tail.start(),
  };
}
