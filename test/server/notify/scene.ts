/** What tests of delivery share: rules that ring, receivers, routes, a real HTTP server that is told, and the ledger. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AlertRoute, type Match, type Person, personSchema, type Receiver, ruleSchema } from '@room/contract';
import type { AlertRow, AlertTable } from '@room/database';

export const rule = (
  severity: 'info' | 'warning' | 'critical',
  when: object = {
    kind: 'threshold',
    measure: 'submitted',
    window: { kind: 'today' },
    side: 'above',
    against: { kind: 'value', limit: 100 },
  },
) =>
  ruleSchema.parse({
    label: { vi: 'Quá nhiều hồ sơ', en: 'Too many dossiers' },
    over: { dim: (when as { kind: string }).kind === 'silent' ? 'source' : 'agency' },
    when,
    severity,
    owner: 'somebody',
    reason: { vi: 'để thử', en: 'a test' },
  });

export interface Hit {
  headers: Record<string, string | string[] | undefined>;
  body: string;
}
export async function hooked(
  answer: (hit: Hit, respond: (status: number | undefined) => void, response: ServerResponse) => void,
) {
  const hits: Hit[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      const hit = { headers: request.headers, body };
      hits.push(hit);
      // Undefined: never.
      answer(hit, (status) => status !== undefined && response.writeHead(status).end('noted'), response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    hits,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const person = (agencies: string[]): Person =>
  personSchema.parse({ name: 'somebody', rights: ['view'], scope: { agencies, provinces: [] } });
export const mailTo = (address: string, more: Partial<Receiver> = {}): Receiver => ({
  name: address,
  language: 'vi',
  to: { channel: 'mail', person: address },
  ...more,
});
export const route = (match: Match, receivers: string[], more: Partial<AlertRoute> = {}): AlertRoute => ({
  match,
  receivers,
  groupBy: [],
  waitSeconds: 0,
  goesOn: false,
  escalation: [],
  ...more,
});

export const rings = (table: AlertTable, id: string, code: string, body = rule('critical'), dim = 'agency') => {
  const at = new Date().toISOString();
  const key = { rule: `R-${id}`, dim, code };
  const reading = JSON.stringify({ at: Date.now(), value: 151, limit: 100 });
  const begins: AlertRow = {
    id,
    ...key,
    rule_version: 1,
    body: JSON.stringify(body),
    state: 'firing',
    since: at,
    began_at: at,
    ended_at: null,
    outcome: null,
    opened: reading,
    latest: reading,
    acknowledged_at: null,
    acknowledged_by: null,
    answer: null,
    answer_version: 0,
  };
  const to = { ...key, state: 'firing', since: at, former: null, alert: id, reading, version: 0 };
  const told = { alert: id, action: 'alert.fired', after: { reading: JSON.parse(reading) } };
  return table.apply({ who: 'room' }, [{ from: 0, key, to, begins, told }]);
};
export const ledger = async (table: AlertTable, id: string) =>
  (await table.timeline(id)).map(({ action, after }) => [action, (after as { told?: object } | undefined)?.told]);
