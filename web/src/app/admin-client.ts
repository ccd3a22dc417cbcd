/** What the pages that keep the room ask and tell: what each answers. Throws `RequestFailed`. */
import type {
  AuditPage,
  ChainState,
  PortalKey,
  Portals,
  QuarantineContent,
  QuarantineList,
  Replay,
} from '@room/contract';
import { addressOf, answerOf, telling } from './client.ts';

export type AuditSearch = Partial<Record<'who' | 'action' | 'subject' | 'from' | 'until' | 'before', string>>;
export type QuarantineFilter = Partial<Record<'code' | 'source' | 'quarantineId', string>>;
export type CaseStep = 'close' | 'reopen' | 'delete';
export interface Resolved {
  cases: number;
  more: boolean;
}
/** As it is edited; what is left out is never, or as any key. */
export interface KeyForm {
  name: string;
  expiresAt?: number;
  rate?: number;
}

const get = async <T>(address: string, signal?: AbortSignal): Promise<T> =>
  (await answerOf(address, signal === undefined ? {} : { signal })) as T;
const post = async <T>(address: string, body: object): Promise<T> => (await answerOf(address, telling(body))) as T;

const ofKey = (id: string, step = ''): string => `/v1/portals/keys/${encodeURIComponent(id)}${step}`;
const QUARANTINE = '/v1/operator/quarantine';

export const admin = {
  audit: (search: AuditSearch, signal?: AbortSignal) => get<AuditPage>(addressOf('/v1/audit', search), signal),
  chain: (signal?: AbortSignal) => get<ChainState>('/v1/audit/chain', signal),
  verify: () => post<ChainState>('/v1/audit/verify', {}),

  portals: (signal?: AbortSignal) => get<Portals>('/v1/portals', signal),
  createKey: (source: string, key: KeyForm) =>
    post<{ key: PortalKey; secret: string }>('/v1/portals/keys', { source, ...key }),
  changeKey: (id: string, key: KeyForm) => post<PortalKey>(ofKey(id), key),
  revokeKey: (id: string) => post<PortalKey>(ofKey(id, '/revoke'), {}),
  restoreKey: (id: string) => post<PortalKey>(ofKey(id, '/restore'), {}),

  quarantine: (filter: QuarantineFilter & { all?: string | undefined }, signal?: AbortSignal) =>
    get<QuarantineList>(addressOf(QUARANTINE, filter), signal),
  quarantined: (id: string) => get<QuarantineContent>(`${QUARANTINE}/${encodeURIComponent(id)}`),
  replay: (filter: QuarantineFilter) => post<Replay>(`${QUARANTINE}/replay`, filter),
  /** `why` is wanted where cases are closed or deleted. */
  resolve: (step: CaseStep, filter: QuarantineFilter, why?: string) =>
    post<Resolved>(`${QUARANTINE}/${step}`, { ...filter, ...(why === undefined ? {} : { why }) }),
};
