/**
 * Cases in quarantine: list, look at, and note what became of them. Of a scope are those whose portal is: what came without a
 * key says itself whose it is, and is of the whole.
 */
import {
  HEADERS,
  type QuarantineCase,
  type QuarantineCause,
  type Scope,
  type QuarantineContent as Shown,
} from '@room/contract';
import type { Access } from './access.ts';
import { instantSql } from './instant.ts';

export interface QuarantineContent extends QuarantineCase {
  value: Buffer;
  /** In base64 where the bytes are no UTF-8. */
  headers: Shown['headers'];
}

export interface QuarantineFilter {
  source?: string;
  code?: string;
  quarantineId?: string;
  /** Those that are not open any more too. */
  all?: boolean;
  /** In this state, whatever `all` says. */
  state?: 'closed';
  /** Not those whose content was deleted. */
  hasContent?: boolean;
}

/** What somebody decided: by whom, as the audit names them, and why they said. */
export interface Resolution {
  state: 'replayed' | 'closed';
  by: string;
  why?: string;
}

const rfc = (column: string): string => `formatDateTime(${column}, '%Y-%m-%dT%H:%i:%SZ', 'UTC')`;
const STATE = `multiIf(isNull(quarantine.resolved_at), 'open', resolution = '', 'replayed', resolution)`;
const COLUMNS = `toString(quarantine_id) AS quarantineId, portal, source, id, topic, log_partition AS partition, log_offset AS offset,
  ${rfc('received_at')} AS receivedAt, code, reason, ${STATE} AS state,
  if(isNull(resolved_at), NULL, ${rfc('assumeNotNull(resolved_at)')}) AS resolvedAt,
  nullIf(resolved_by, '') AS resolvedBy, nullIf(resolved_why, '') AS resolvedWhy`;
const DELETED = 'deleted';
/** What a reason quotes of an event, also where it was cut. */
const QUOTED = `'(?s)".*"|".*$'`;

/** What somebody wrote, as SQL that nothing in it can end. */
const textSql = (text: string): string => `unhex('${Buffer.from(text).toString('hex')}')`;
const idsSql = (quarantineIds: readonly string[]): string => quarantineIds.map((id) => `'${id}'`).join(',');

const within = ({ own }: Scope): string[] => (own === undefined ? [] : ['has({portals:Array(String)}, portal)']);
const portalsOf = ({ own }: Scope): { portals?: string[] } =>
  own === undefined ? {} : { portals: [...(own.source ?? [])] };

/** Which cases, as SQL and what is bound to it. */
function narrowed(filter: QuarantineFilter, scope: Scope): { where: string; bound: Record<string, unknown> } {
  const { all, state, hasContent, ...named } = filter;
  const where = [
    ...(state !== undefined ? [`resolution = '${state}'`] : all === true ? [] : ['isNull(resolved_at)']),
    ...(hasContent === true ? [`resolution != '${DELETED}'`] : []),
    ...within(scope),
    ...(filter.source === undefined ? [] : ['source = {source:String}']),
    ...(filter.code === undefined ? [] : ['code = {code:String}']),
    ...(filter.quarantineId === undefined ? [] : ['toString(quarantine_id) = {quarantineId:String}']),
  ];
  return { where: ['1', ...where].join(' AND '), bound: { ...named, ...portalsOf(scope) } };
}

function assertNarrowed({ source, code, quarantineId }: QuarantineFilter): void {
  if (source === undefined && code === undefined && quarantineId === undefined)
    throw new RangeError('name cases by source, code or quarantineId');
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
  causes(limit: number, scope: Scope): Promise<QuarantineCause[]> {
    const { where, bound } = narrowed({}, scope);
    return this.#access.readBound(
      `SELECT code, source, count() AS cases FROM quarantine FINAL WHERE ${where} GROUP BY code, source
       ORDER BY cases DESC, code, source LIMIT {limit:UInt32}`,
      { ...bound, limit },
    );
  }

  /** Whether any case, open or not, has this code or source. */
  async isKnown(filter: Pick<QuarantineFilter, 'code' | 'source'>, scope: Scope): Promise<boolean> {
    return (await this.count({ ...filter, all: true }, scope)) > 0;
  }

  /** Newest first, at most `limit`. */
  async list(filter: QuarantineFilter, limit: number, scope: Scope): Promise<QuarantineCase[]> {
    return this.#select<QuarantineCase>(COLUMNS, filter, limit, scope);
  }

  /** Of the cases that the filter names by source, code or id. Throws where it names none: that never means all. */
  async contents(filter: QuarantineFilter, limit: number, scope: Scope): Promise<QuarantineContent[]> {
    assertNarrowed(filter);
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

  /** Ids of the cases that a filter with a source, a code or an id names, newest first. */
  async named(filter: QuarantineFilter, limit: number, scope: Scope): Promise<string[]> {
    assertNarrowed(filter);
    const rows = await this.#select<{ id: string }>('toString(quarantine_id) AS id', filter, limit, scope);
    return rows.map(({ id }) => id);
  }

  /**
   * Notes at `at` what became of cases. A range that is replayed writes its cases again as they were; what fails again is a case
   * of its own, at its new place. A log whose clock is ahead must not keep a case open, so each version follows the last.
   */
  resolve(quarantineIds: readonly string[], at: number, resolution: Resolution): Promise<void> {
    const { state, by, why = '' } = resolution;
    return this.#rewrite(
      quarantineIds,
      at,
      `${instantSql(at)} AS resolved_at, '${state}' AS resolution, ${textSql(by)} AS resolved_by, ${textSql(why)} AS resolved_why`,
    );
  }

  /** Opens cases that were closed; others stay as they are. */
  reopen(quarantineIds: readonly string[], at: number): Promise<void> {
    const nobody = `NULL AS resolved_at, '' AS resolution, '' AS resolved_by, '' AS resolved_why`;
    return this.#rewrite(quarantineIds, at, nobody, `quarantine.resolution = 'closed'`);
  }

  /**
   * Removes what came of cases: bytes, headers, and what their reasons quote of them. They stay, as deleted, with their id and place. The
   * disk lets go of it some minutes after this resolves, as the engine keeps what it has rewritten for a while.
   */
  async delete(quarantineIds: readonly string[], at: number, { by, why }: { by: string; why: string }): Promise<void> {
    if (quarantineIds.length === 0) return;
    const emptied = `'' AS bytes_base64, '{}' AS headers, replaceRegexpAll(reason, ${QUOTED}, '"…"') AS reason`;
    await this.#rewrite(
      quarantineIds,
      at,
      `${emptied}, ${instantSql(at)} AS resolved_at, '${DELETED}' AS resolution, ${textSql(by)} AS resolved_by, ${textSql(why)} AS resolved_why`,
      `quarantine.resolution != '${DELETED}'`,
    );
    // Earlier versions, also those that a crash left of an earlier call.
    await this.#access.command(
      `ALTER TABLE quarantine DELETE WHERE quarantine_id IN (${idsSql(quarantineIds)}) AND resolution != '${DELETED}'
       SETTINGS mutations_sync = 2`,
    );
  }

  /** Of a replay, by the cases that it took: why what failed again did, and as which case. */
  async refusedAgain(replayId: string): Promise<Map<string, { code: string; reason: string; refusedAs: string }>> {
    const rows = await this.#access.readBound<{ of: string; code: string; reason: string; refusedAs: string }>(
      `SELECT substring(JSONExtractString(headers, '${HEADERS.replay}'), length({replayId:String}) + 2) AS of, code, reason,
         toString(quarantine_id) AS refusedAs
       FROM quarantine FINAL WHERE startsWith(JSONExtractString(headers, '${HEADERS.replay}'), {replayId:String})`,
      { replayId },
    );
    return new Map(rows.map(({ of, ...fault }) => [of, fault]));
  }

  async #rewrite(quarantineIds: readonly string[], at: number, columns: string, of = '1'): Promise<void> {
    if (quarantineIds.length === 0) return;
    await this.#access.command(
      `INSERT INTO quarantine SELECT * REPLACE (${columns}, greatest(${instantSql(at)}, version + toIntervalMillisecond(1)) AS version)
       FROM quarantine FINAL WHERE quarantine_id IN (${idsSql(quarantineIds)}) AND ${of}
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
      const these = `quarantine_id IN (${idsSql(cases.map(({ id }) => id))}) AND version <= ${limit}`;
      for (const versions of [`isNull(resolved_at) AND ${these}`, these])
        await this.#access.command(
          `ALTER TABLE quarantine ${onCluster} DELETE WHERE ${versions} SETTINGS mutations_sync = 2`,
        );
      forgotten += cases.length;
    }
  }
}
