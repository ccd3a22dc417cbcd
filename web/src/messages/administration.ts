/** What is said of keys, portals, entries of the audit and events in quarantine. */
import type {
  AuditEntry,
  ChainFault,
  ChainState,
  Portal,
  PortalKey,
  QuarantineCase,
  QuarantineCode,
  Replay,
} from '@room/contract';
import type { MessageKey } from '../i18n/index.ts';
import type { Mark, Speech } from './context.ts';

/** Kinds of things that the audit tells of, by the beginning of the action: whoever adds an action may add its group. */
export const AUDIT_GROUPS: readonly { action: string; name: MessageKey }[] = [
  { action: 'session.*', name: 'groupSessions' },
  { action: 'person.*', name: 'groupPeople' },
  { action: 'password.*', name: 'groupPasswords' },
  { action: 'invitation.*', name: 'groupInvitations' },
  { action: 'screen*', name: 'groupScreens' },
  { action: 'portal_key.*', name: 'groupKeys' },
  { action: 'quarantine.*', name: 'groupQuarantine' },
  { action: 'backup.*', name: 'groupBackups' },
  { action: 'export.*', name: 'groupExports' },
  { action: 'alert.*', name: 'groupAlerts' },
  { action: 'directive.*', name: 'groupDirectives' },
  { action: 'task*', name: 'groupTasks' },
  { action: 'reading_token.*', name: 'groupTokens' },
  { action: 'evidence_file.*', name: 'groupFiles' },
  { action: 'saved_view.*', name: 'groupViews' },
  { action: 'annotation.*', name: 'groupAnnotations' },
  { action: 'notebook.*', name: 'groupNotebooks' },
  { action: 'audit.*', name: 'groupAudit' },
];

/** What its subject is called, beside an id that says nothing to people: by the entry itself. */
export function subjectName({ before, after }: Pick<AuditEntry, 'before' | 'after'>): string | undefined {
  const said = [after, before].find((it) => typeof it === 'object' && it !== null) as
    | Record<string, unknown>
    | undefined;
  const named = ['source', 'name'].flatMap((field) => (typeof said?.[field] === 'string' ? [said[field]] : []));
  return named.length === 0 ? undefined : named.join(' · ');
}

const FAULTS: Readonly<Record<ChainFault, MessageKey>> = {
  missing: 'faultMissing',
  changed: 'faultChanged',
  end: 'faultEnd',
  noted: 'faultNoted',
};

export interface Said {
  mark: Mark;
  text: string;
}

/** What is known of the chain; of one that was never verified nothing is. */
export function chainText({ entries, last }: ChainState, now: number, { t, format }: Speech): Said {
  if (last === undefined) return { mark: 'unknown', text: t('chainNever', { n: format.count(entries) }, entries) };
  const time = format.since(Date.parse(last.at), now);
  if (last.fault !== undefined)
    return {
      mark: 'act',
      text: t('chainBroken', { n: last.sequence, fault: t(FAULTS[last.fault]), time, who: last.who }),
    };
  return { mark: 'ok', text: t('chainVerified', { to: last.sequence, n: entries, time, who: last.who }) };
}

export interface ChangedField {
  name: string;
  before: string;
  after: string;
}

const MOST_CHARACTERS = 2_000;
const shown = (value: unknown): string => {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
};
const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : value === undefined
      ? {}
      : { '': value };

/** What an entry changed, field by field; where only one side is there, all of it. */
export function changedFields({ before, after }: Pick<AuditEntry, 'before' | 'after'>): ChangedField[] {
  const [old, young] = [fieldsOf(before), fieldsOf(after)];
  return [...new Set([...Object.keys(old), ...Object.keys(young)])]
    .map((name) => ({ name, before: shown(old[name]), after: shown(young[name]) }))
    .filter(({ before, after }) => before !== after);
}

export const isGood = ({ revokedAt, expiresAt }: PortalKey, now: number): boolean =>
  revokedAt === undefined && (expiresAt === undefined || expiresAt > now);

export function keyText(key: PortalKey, now: number, { t, format }: Speech): string {
  const { revokedAt, expiresAt, lastUsedAt, rate } = key;
  const good =
    revokedAt !== undefined
      ? t('keyRevoked', { time: format.since(revokedAt, now) })
      : expiresAt === undefined
        ? t('keyGood')
        : t(expiresAt > now ? 'keyUntil' : 'keyOver', { time: format.dayOf(expiresAt) });
  const used = lastUsedAt === undefined ? t('keyUnused') : t('keyUsed', { time: format.since(lastUsedAt, now) });
  return [good, used, ...(rate === undefined ? [] : [t('keyLimited', { n: format.count(rate) })])].join(' · ');
}

/** Whether and since when a source reports, as walls say it. */
export function portalText({ state }: Portal, now: number, { t, format }: Speech): Said {
  const { status, reportedTo } = state ?? {};
  if (status === undefined) return { mark: 'unknown', text: t('portalUnknown') };
  if (status === 'never' || reportedTo === undefined) return { mark: 'unknown', text: t('portalNever') };
  if (status === 'silent') return { mark: 'unknown', text: t('portalSilent', { time: format.since(reportedTo, now) }) };
  if (status === 'late') return { mark: 'watch', text: t('portalLate', { age: format.span(now - reportedTo) }) };
  return { mark: 'ok', text: t('portalReporting', { time: format.since(reportedTo, now) }) };
}

/** The last request, and what was refused of all; undefined where there was none. */
export function sentText({ last, refused }: Portal, now: number, { t, format }: Speech): string | undefined {
  if (last === undefined) return undefined;
  const status = last.code === undefined ? String(last.status) : `${last.status} ${last.code}`;
  const of = (events: NonNullable<typeof last.events>): string =>
    t('portalLastEvents', {
      accepted: format.count(events.accepted),
      duplicate: format.count(events.duplicate),
      quarantined: format.count(events.quarantined),
    });
  return [
    t('portalLast', { time: format.since(last.at, now), status }),
    ...(last.events === undefined ? [] : [of(last.events)]),
    ...(refused.length === 0
      ? []
      : [
          t('portalRefused', {
            list: format.list(refused.map(({ code, count }) => t('portalRefusedOf', { code, n: format.count(count) }))),
          }),
        ]),
  ].join(' · ');
}

const CAUSES = {
  not_json: 'causeNotJson',
  too_large: 'causeTooLarge',
  too_deep: 'causeTooDeep',
  header_not_utf8: 'causeHeaderNotUtf8',
  not_an_event: 'causeNotAnEvent',
  unknown_type: 'causeUnknownType',
  unknown_field: 'causeUnknownField',
  field_twice: 'causeFieldTwice',
  invalid_field: 'causeInvalidField',
  unknown_source: 'causeUnknownSource',
  wrong_source: 'causeWrongSource',
  simulated: 'causeSimulated',
  unknown_code: 'causeUnknownCode',
  wrong_link: 'causeWrongLink',
  code_not_valid: 'causeCodeNotValid',
  time_in_future: 'causeTimeInFuture',
  time_too_early: 'causeTimeTooEarly',
  interval_invalid: 'causeIntervalInvalid',
  count_negative: 'causeCountNegative',
  on_time_not_finished: 'causeOnTimeNotFinished',
  corrects_unknown: 'causeCorrectsUnknown',
  corrects_correction: 'causeCorrectsCorrection',
  corrects_itself: 'causeCorrectsItself',
  corrects_other_type: 'causeCorrectsOtherType',
  corrects_too_much: 'causeCorrectsTooMuch',
  corrects_elsewhere: 'causeCorrectsElsewhere',
  corrects_gone: 'causeCorrectsGone',
  unreadable: 'causeUnreadable',
  undecidable: 'causeUndecidable',
} as const satisfies Record<QuarantineCode, MessageKey>;

export const KEY_REFUSALS: Readonly<Record<string, MessageKey>> = {
  too_late: 'keyTooLate',
  no_such_key: 'keyGone',
  demonstration: 'keysKept',
};
export const CASE_REFUSALS: Readonly<Record<string, MessageKey>> = { no_such_case: 'quarantineNoCase' };

/** What is said once open cases were closed, opened again or deleted. */
export const RESOLVED = {
  close: 'quarantineClosed',
  reopen: 'quarantineReopened',
  delete: 'quarantineDeleted',
} as const satisfies Record<string, MessageKey>;

/** What became of a case that is not open any more: when, by whom, why. */
export function resolutionText(
  { state, resolvedAt, resolvedBy, resolvedWhy }: QuarantineCase,
  now: number,
  { t, format }: Speech,
): string | undefined {
  if (state === 'open' || resolvedAt === null) return undefined;
  const time = format.since(Date.parse(resolvedAt), now);
  const said = {
    replayed: 'quarantineStateReplayed',
    closed: 'quarantineStateClosed',
    deleted: 'quarantineStateDeleted',
  } as const;
  return [t(said[state], { time }), resolvedBy, resolvedWhy].filter((part) => part !== null).join(' · ');
}

/** What became of what was replayed. */
export function becameText(results: Replay['results'], { t, format }: Speech): string {
  const { counted, duplicate, refused, undecided } = results;
  const said = [
    t('quarantineBecame', {
      counted: format.count(counted),
      duplicate: format.count(duplicate),
      refused: format.count(refused),
    }),
    ...(undecided === 0 ? [] : [t('quarantineUndecided', { n: format.count(undecided) })]),
  ];
  return said.join(' ');
}

/** Of a code of quarantine; undefined where this build does not know it. */
export const causeName = (code: string): MessageKey | undefined =>
  Object.hasOwn(CAUSES, code) ? CAUSES[code as QuarantineCode] : undefined;
