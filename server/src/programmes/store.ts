/** Indicators and what was reported of them, within a scope: documents of the room, and rows that are only ever added. */
import { isDeepStrictEqual } from 'node:util';
import {
  asKept,
  type Catalogue,
  type EvidenceFile,
  type Indicator,
  type IndicatorHistory,
  type IndicatorList,
  indicatorSchema,
  isOwnValue,
  type KeptReport,
  knownAt,
  localDay,
  owns,
  type Refusal,
  refusalsOf,
  type Scope,
  type SentReport,
  standingOf,
  type TakenReports,
} from '@room/contract';
import {
  type Cause,
  Conflict,
  type Database,
  Documents,
  REPORTED_VALUE,
  type ReportedValueRow,
  ReportedValueTable,
} from '@room/database';
import { type GivenFiles, withRemovals } from '../given-files.ts';
import type { IndicatorValues } from './table.ts';

export interface ProgrammeOptions {
  database: Pick<Database, 'read' | 'write'>;
  catalogue: Pick<Catalogue, 'timeZone' | 'agencies' | 'provinces'>;
  /** Those that the catalogue ships, by id: each is made once, and is the room's from then on. */
  starters: Readonly<Record<string, Indicator>>;
  files: GivenFiles;
}

const IN_ROW_BEFORE: Refusal = {
  field: 'period',
  code: 'inRowBefore',
  reason: 'it stands in an earlier row already',
};
const FILE_GONE: Refusal = {
  field: 'evidence',
  code: 'fileGone',
  reason: 'there is no such file of yours: one that nothing is told with goes after a day; bring it again',
};
const OF_REVISION: ReadonlySet<Refusal['field']> = new Set(['period', 'revision', 'why']);

export class ProgrammeStore {
  readonly #documents: Documents<Indicator>;
  readonly #table: ReportedValueTable;
  readonly #options: ProgrammeOptions;
  #seeded: Promise<void> | undefined;

  constructor(options: ProgrammeOptions) {
    const { database } = options;
    this.#options = options;
    this.#documents = new Documents({ database, kind: 'indicator', schema: asKept(indicatorSchema) });
    this.#table = new ReportedValueTable(database);
  }

  /** Of a scope, with what was known at an instant. */
  async list(scope: Scope, at: number): Promise<IndicatorList> {
    await this.#begun();
    const [documents, rows] = await Promise.all([this.#documents.list(), this.#table.list()]);
    const reported = byIndicator(rows);
    const units = this.#options.catalogue;
    return {
      at,
      indicators: documents
        .filter(({ body }) => isSeen(body, scope))
        .map(({ id, version, body }) => ({
          id,
          version,
          body: bodyFor(body, scope),
          ...standingOf(body, { reported: reported.get(id) ?? [], at, today: this.#dayOf(at), scope, units }),
        })),
    };
  }

  /** Each of a scope with all that stood at an instant, of the whole and of its units; `day`: its local day. */
  async values(scope: Scope, at: number): Promise<{ day: string; indicators: IndicatorValues[] }> {
    const { indicators } = await this.list(scope, at);
    const reported = byIndicator(await this.#table.list());
    return {
      day: this.#dayOf(at),
      indicators: indicators.map(({ id, body, known, overdue, units = [] }) => ({
        id,
        body,
        known: [...known, ...units.flatMap(({ code }) => knownAt(reported.get(id) ?? [], at, code))],
        overdue: [
          ...overdue.map((period) => ({ period })),
          ...units.flatMap(({ code, overdue: theirs }) => theirs.map((period) => ({ by: code, period }))),
        ],
      })),
    };
  }

  /** Undefined where there is none, or it is of nobody in the scope. */
  async get(id: string, scope: Scope): Promise<IndicatorHistory | undefined> {
    await this.#begun();
    const [document, rows] = await Promise.all([this.#documents.get(id), this.#table.list(id)]);
    if (document === undefined || !isSeen(document.body, scope)) return undefined;
    const { version, body } = document;
    const own = rows.map(reportOf).filter(({ by }) => isOwnValue(body, by, scope));
    const reports = await withRemovals(this.#options.files, own);
    return { id, version, body: bodyFor(body, scope), reports };
  }

  /** Why they are not taken, all that is wrong with each row; with none of them all are kept, unless it is a trial. */
  async report(
    { cause, scope }: { cause: Cause; scope: Scope },
    sent: readonly SentReport[],
    { now, isTrial }: { now: number; isTrial: boolean },
  ): Promise<Pick<TakenReports, 'refused' | 'known'>> {
    await this.#begun();
    const [documents, rows] = await Promise.all([this.#documents.list(), this.#table.list()]);
    const bodies = new Map(documents.map(({ id, body }) => [id, body]));
    const reported = byIndicator(rows);
    const today = this.#dayOf(now);
    const { catalogue: units, files } = this.#options;
    const given = await files.of(
      { who: cause.who, scope },
      sent.flatMap(({ evidence }) => evidence.file ?? []),
    );
    const refusals: TakenReports['refused'] = [];
    const taken = new Set<string>();
    const fresh: SentReport[] = [];
    sent.forEach((one, index) => {
      const { indicator: id, ...report } = one;
      const row = index + 1;
      const body = bodies.get(id);
      if (body === undefined || !isSeen(body, scope)) {
        fresh.push(one);
        const reason = `there is no indicator ${id} within your scope`;
        refusals.push({ row, field: 'indicator', code: 'unknownIndicator', of: id, reason });
        return;
      }
      const place = JSON.stringify([id, report.by, report.period]);
      const own = reported.get(id) ?? [];
      if (!taken.has(place) && isOwnValue(body, report.by, scope) && wasTaken(own, report)) {
        taken.add(place);
        return;
      }
      fresh.push(one);
      const found = refusalsOf(report, body, { scope, today, reported: own, units });
      const isAgain = taken.has(place);
      if (isAgain) refusals.push({ row, ...IN_ROW_BEFORE });
      // What it would correct is that other row's to say.
      for (const refusal of found) if (!isAgain || !OF_REVISION.has(refusal.field)) refusals.push({ row, ...refusal });
      const { file } = report.evidence;
      if (file !== undefined && !given.has(file)) refusals.push({ row, ...FILE_GONE });
      taken.add(place);
    });
    if (refusals.length === 0 && !isTrial && fresh.length > 0)
      await this.#table.add(
        cause,
        fresh.map((report) => rowOf(report, given)),
        async (edit, row, subject) => {
          const { file } = JSON.parse(row.evidence) as KeptReport['evidence'];
          if (file !== undefined) await files.attachIn(edit, file.id, REPORTED_VALUE, subject);
        },
      );
    return { refused: refusals, known: sent.length - fresh.length };
  }

  /** Whether a reported value, by its name in the audit, may be seen. */
  async sees(subject: string, scope: Scope): Promise<boolean> {
    const [id = '', ...rest] = subject.split(' ');
    const by = rest.slice(0, -1).join(' ');
    const document = await this.#documents.get(id);
    return document !== undefined && isOwnValue(document.body, by === '' ? undefined : by, scope);
  }

  #dayOf(at: number): string {
    return localDay(at, this.#options.catalogue.timeZone);
  }

  /** One that was there before, or was removed, is not made again. Tried again where the database was away. */
  #begun(): Promise<void> {
    this.#seeded ??= this.#seed().catch((error: unknown) => {
      this.#seeded = undefined;
      throw error;
    });
    return this.#seeded;
  }

  async #seed(): Promise<void> {
    const there = new Set((await this.#documents.list()).map(({ id }) => id));
    for (const [id, indicator] of Object.entries(this.#options.starters))
      if (!there.has(id))
        await this.#documents.create({ who: 'catalogue' }, id, indicator).catch((error: unknown) => {
          if (!(error instanceof Conflict)) throw error;
        });
  }
}

const isSame = (
  kept: KeptReport,
  { period, by, value, evidence, note, why, revision }: Omit<SentReport, 'indicator'>,
) =>
  isDeepStrictEqual(
    [kept.period, kept.by, kept.value, sentAs(kept.evidence), kept.note, kept.why, kept.revision],
    [period, by, value, evidence, note, why, revision + 1],
  );
/** What is kept with all that is known of a file was sent with its id. */
const sentAs = ({ file, ...evidence }: KeptReport['evidence']): SentReport['evidence'] =>
  file === undefined ? evidence : { ...evidence, file: file.id };

/** Sent again, as a file is: what it says was taken then, whatever corrected it since; not of what was taken back. */
function wasTaken(own: readonly KeptReport[], report: Omit<SentReport, 'indicator'>): boolean {
  const steps = own.filter(({ period, by }) => period === report.period && by === report.by);
  const newest = steps.reduce<KeptReport | undefined>(
    (one, other) => (one !== undefined && one.revision > other.revision ? one : other),
    undefined,
  );
  return newest !== undefined && newest.value !== null && steps.some((each) => isSame(each, report));
}

function byIndicator(rows: readonly ReportedValueRow[]): ReadonlyMap<string, KeptReport[]> {
  const reported = new Map<string, KeptReport[]>();
  for (const row of rows) {
    const there = reported.get(row.indicator);
    if (there === undefined) reported.set(row.indicator, [reportOf(row)]);
    else there.push(reportOf(row));
  }
  return reported;
}

const isSeen = ({ owner, by }: Indicator, scope: Scope): boolean =>
  owns(scope, owner.dim, owner.code) || (by !== undefined && (scope.own?.[by]?.size ?? 0) > 0);

/** What was published is the owner's value for all. */
const bodyFor = (body: Indicator, scope: Scope): Indicator =>
  isOwnValue(body, undefined, scope) ? body : { ...body, published: [] };

const reportOf = ({
  by_unit,
  period,
  revision,
  value,
  who,
  at,
  evidence,
  note,
  why,
}: ReportedValueRow): KeptReport => ({
  period,
  ...(by_unit === '' ? {} : { by: by_unit }),
  revision,
  value: JSON.parse(value) as number | null,
  who,
  at: Date.parse(at),
  evidence: JSON.parse(evidence) as KeptReport['evidence'],
  ...(note === null ? {} : { note }),
  ...(why === null ? {} : { why }),
});

const rowOf = (
  { indicator, by, period, revision, value, evidence: { file: id, ...evidence }, note, why }: SentReport,
  files: ReadonlyMap<string, EvidenceFile>,
) => {
  const file = id === undefined ? undefined : files.get(id);
  return {
    indicator,
    by_unit: by ?? '',
    period,
    revision: revision + 1,
    value: JSON.stringify(value),
    evidence: JSON.stringify({ ...evidence, ...(file === undefined ? {} : { file }) }),
    note: note ?? null,
    why: why ?? null,
  };
};
