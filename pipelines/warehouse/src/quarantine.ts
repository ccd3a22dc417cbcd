/**
 * Cases in quarantine: list, look at, and note as resolved once replayed. Of a scope are those whose portal is: what came without a
 * key says itself whose it is, and is of the whole.
 */
import type { Scope } from '@room/contract';
import type { Access } from './access.ts';
import { instantSql } from './instant.ts';

export interface QuarantineCase {
  quarantineId: string;
  portal: string;
  source: string;
  id: string;
  topic: string;
  partition: number;
  offset: number;
  receivedAt: string;
  code: string;
  reason: string;
  resolvedAt: string | null;
}

export interface QuarantineContent extends QuarantineCase {
  value: Buffer;
  /** In base64 where the bytes are no UTF-8. */
  headers: Record<string, string | { base64: string }>;
}

export interface QuarantineFilter {
  source?: string;
  code?: string;
  quarantineId?: string;
  /** Resolved cases too. */
  all?: boolean;
}

const COLUMNS = `toString(quarantine_id) AS quarantineId, portal, source, id, topic, log_partition AS partition, log_offset AS offset,
  formatDateTime(received_at, '%Y-%m-%dT%H:%i:%SZ', 'UTC') AS receivedAt, code, reason,
  if(isNull(resolved_at), NULL, formatDateTime(assumeNotNull(resolved_at), '%Y-%m-%dT%H:%i:%SZ', 'UTC')) AS resolvedAt`;

const within = ({ own }: Scope): string[] => (own === undefined ? [] : ['has({portals:Array(String)}, portal)']);
const portalsOf = ({ own }: Scope): { portals?: string[] } =>
  own === undefined ? {} : { portals: [...(own.source ?? [])] };

/** Which cases, as SQL and what is bound to it. */
function narrowed(filter: QuarantineFilter, scope: Scope): { where: string; bound: Record<string, unknown> } {
  const { all, ...named } = filter;
  const where = [
    all === true ? '1' : 'isNull(resolved_at)',
    ...within(scope),
    ...(filter.source === undefined ? [] : ['source = {source:String}']),
    ...(filter.code === undefined ? [] : ['code = {code:String}']),
    ...(filter.quarantineId === undefined ? [] : ['toString(quarantine_id) = {quarantineId:String}']),
  ];
  return { where: where.join(' AND '), bound: { ...named, ...portalsOf(scope) } };
}

/** A statement's text is bounded. */
const FORGOTTEN_AT_ONCE = 2_000;

export class Quarantine {
  readonly #access: Access;

  constructor(access: Access) {
    this.#access = access;
  }

  waiting(scope: Scope): Promise<number> {
    return this.count({}, scope);
  }

  /** Those that the filter names, all that wait where it names none. */
  async count(filter: QuarantineFilter, scope: Scope): Promise<number> {
    const { where, bound } = narrowed(filter, scope);
    const [row] = await this.#access.readBound<{ cases: number }>(
      `SELECT count() AS cases FROM quarantine FINAL WHERE ${where}`,
      bound,
    );
    return row?.cases ?? 0;
  }

  /** What waits, by why and whose, most first, at most `limit` rows. */
  causes(limit: number, scope: Scope): Promise<{ code: string; source: string; cases: number }[]> {
    const { where, bound } = narrowed({}, scope);
    return this.#access.readBound(
      `SELECT code, source, count() AS cases FROM quarantine FINAL WHERE ${where} GROUP BY code, source
       ORDER BY cases DESC, code, source LIMIT {limit:UInt32}`,
      { ...bound, limit },
    );
  }

  /** Newest first, at most `limit`. */
  async list(filter: QuarantineFilter, limit: number, scope: Scope): Promise<QuarantineCase[]> {
    return this.#select<QuarantineCase>(COLUMNS, filter, limit, scope);
  }

  /** Of the cases that the filter names by source, code or id. Throws where it names none: that never means all. */
  async contents(filter: QuarantineFilter, limit: number, scope: Scope): Promise<QuarantineContent[]> {
    if (filter.source === undefined && filter.code === undefined && filter.quarantineId === undefined)
      throw new RangeError('name cases by source, code or quarantineId');
    const rows = await this.#select<QuarantineCase & { bytes: string; headerText: string }>(
      `${COLUMNS}, bytes_base64 AS bytes, headers AS headerText`,
      filter,
      limit,
      scope,
    );
    return rows.map(({ bytes, headerText, ...row }) => ({
      ...row,
      value: Buffer.from(bytes, 'base64'),
      headers: JSON.parse(headerText) as QuarantineContent['headers'],
    }));
  }

  #select<T>(columns: string, filter: QuarantineFilter, limit: number, scope: Scope): Promise<T[]> {
    const { where, bound } = narrowed(filter, scope);
    return this.#access.readBound<T>(
      `SELECT ${columns} FROM quarantine FINAL WHERE ${where} ORDER BY quarantine.received_at DESC, log_offset DESC LIMIT {limit:UInt32}`,
      { ...bound, limit },
    );
  }

  /**
   * Marks cases as replayed at `at`. A range that is replayed writes its cases again as they were; what fails again is a case
   * of its own, at its new place. A log whose clock is ahead must not keep a case open, so each version follows the last.
   */
  async resolve(quarantineIds: readonly string[], at: number): Promise<void> {
    if (quarantineIds.length === 0) return;
    const instant = instantSql(at);
    await this.#access.command(
      `INSERT INTO quarantine SELECT * REPLACE (${instant} AS resolved_at, greatest(${instant}, version + toIntervalMillisecond(1)) AS version)
       FROM quarantine FINAL WHERE quarantine_id IN (${quarantineIds.map((id) => `'${id}'`).join(',')})
       SETTINGS insert_deduplicate = 0`,
    );
  }

  /**
   * Removes cases resolved before `before` (milliseconds) and returns how many. A case that was replayed again since then
   * has a later version and stays. Older versions go first, or a case would seem to wait again in between.
   */
  async forgetResolved(before: number, onCluster: string): Promise<number> {
    const limit = instantSql(before);
    let forgotten = 0;
    for (;;) {
      const cases = await this.#access.read<{ id: string }>(
        `SELECT toString(quarantine_id) AS id FROM quarantine FINAL
         WHERE isNotNull(resolved_at) AND version <= ${limit} LIMIT ${FORGOTTEN_AT_ONCE}`,
      );
      if (cases.length === 0) return forgotten;
      const these = `quarantine_id IN (${cases.map(({ id }) => `'${id}'`).join(',')}) AND version <= ${limit}`;
      for (const versions of [`isNull(resolved_at) AND ${these}`, these])
        await this.#access.command(
          `ALTER TABLE quarantine ${onCluster} DELETE WHERE ${versions} SETTINGS mutations_sync = 2`,
        );
      forgotten += cases.length;
    }
  }
}
