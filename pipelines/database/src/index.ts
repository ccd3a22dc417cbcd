export { AccountTable, type Identity, INVITATION, type Invitation, NOBODY, PASSWORD, SESSION } from './accounts.ts';
export {
  ALERT,
  type AlertEvent,
  type AlertMilestones,
  type AlertMove,
  AlertTable,
  type InstanceChange,
} from './alerts.ts';
export {
  type AuditEntry,
  type AuditFilter,
  type AuditPage,
  type Cause,
  type Entry,
  type Fault,
  type Head,
  headOf,
  lastAudit,
  searchAudit,
  type Verified,
  type VerifyOptions,
  verifyAudit,
} from './audit.ts';
export type { Changed, Changes, Hear } from './changes.ts';
export { Database, type DatabaseOptions, openDatabase } from './database.ts';
export {
  DIRECTIVE,
  type DirectiveEvent,
  type DirectiveMove,
  DirectiveTable,
  type GivenRow,
  type GoneRow,
  MOST_MOVES,
  type StoodBefore,
  type StoodRow,
  TASK_IMPORT,
  type TaskBatch,
} from './directives.ts';
export { type Document, Documents } from './documents.ts';
export { beginDump, type DumpContent, type Dumping, loadDump } from './dump.ts';
export type { Edit } from './edit.ts';
export { type DatabaseSettings, databaseFile, databaseFrom } from './environment.ts';
export { Conflict, DatabaseAway } from './errors.ts';
export {
  EVIDENCE_FILE,
  type EvidenceBound,
  type EvidenceBounds,
  EvidenceFileTable,
  type EvidenceUse,
} from './evidence-files.ts';
export { FROZEN_ANSWER, FrozenAnswerTable } from './frozen-answers.ts';
export { type Migration, migrationOf, migrations } from './migrate.ts';
export { NoticeTable } from './notices.ts';
export { type Attempted, Delivery, type DeliveryOptions, deadLetters, type Message, revive } from './outbox.ts';
export { type NewPortalKey, PORTAL_KEY, type PortalKeyChange, PortalKeyTable } from './portal-keys.ts';
export { READING_TOKEN, ReadingTokenTable } from './reading-tokens.ts';
export { REPORTED_VALUE, ReportedValueTable } from './reported-values.ts';
export { ScreenStateTable } from './screen-states.ts';
export { SCREEN_CREDENTIAL, ScreenTable } from './screens.ts';
export { SignInFailureTable } from './sign-in-failures.ts';
export type {
  AlertInstanceRow,
  AlertRow,
  AuditRow,
  DirectiveRow,
  EvidenceFileRow,
  EvidenceRemovalRow,
  FrozenAnswerRow,
  NoticeRow,
  OutboxRow,
  PortalKeyRow,
  ReadingTokenRow,
  ReportedValueRow,
  ScreenCredentialRow,
  ScreenPairingRow,
  ScreenRow,
  ScreenStateRow,
  SessionRow,
  Tables,
} from './tables.ts';
