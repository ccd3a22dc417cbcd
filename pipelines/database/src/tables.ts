/**
 * The tables as the newest migration leaves them. Instants are text as `Date.prototype.toISOString` writes it, so that they sort;
 * documents are JSON text; whole numbers stay below 2^53. What is null is not there.
 */
export interface Tables {
  migration: { name: string; hash: string; applied_at: string };
  audit: AuditRow;
  audit_head: { id: number; sequence: number; hash: string };
  document: {
    kind: string;
    id: string;
    version: number;
    /** Null where the newest version says that it was removed. */
    body: string | null;
    who: string;
    at: string;
  };
  outbox: OutboxRow;
  portal_key: PortalKeyRow;
  password: { person: string; hash: string; set_at: string };
  invitation: { hash: string; person: string; expires_at: string };
  identity: { issuer: string; subject: string; person: string; kept_at: string | null };
  session: SessionRow;
  reading_token: ReadingTokenRow;
  sign_in_failure: SignInFailureRow;
  alert: AlertRow;
  alert_instance: AlertInstanceRow;
  alert_look: { id: number; at: string };
  notice: NoticeRow;
  webhook_secret: { receiver: string; secret: string };
  takeover: { name: string; at: string; hash: string };
  screen: ScreenRow;
  screen_credential: ScreenCredentialRow;
  screen_pairing: ScreenPairingRow;
  screen_state: ScreenStateRow;
  frozen_answer: FrozenAnswerRow;
  reported_value: ReportedValueRow;
  directive: DirectiveRow;
  evidence_content: { sha256: string; size: number };
  /** `bytes` is base64. */
  evidence_part: { sha256: string; part: number; bytes: string };
  evidence_file: EvidenceFileRow;
  evidence_use: EvidenceUseRow;
  evidence_removal: EvidenceRemovalRow;
}

export interface OutboxRow {
  id: string;
  channel: string;
  body: string;
  created_at: string;
  due_at: string;
  attempts: number;
  is_dead: number;
  error: string | null;
  /** To whom: one who does not answer delays no other. */
  lane: string | null;
}

/** What somebody is to be told, not before `due_at`. `body` is JSON. */
export interface NoticeRow {
  /** Id of the message that told of the event. */
  event: string;
  receiver: string;
  /** 0 for who is told at once; then the steps of the escalation. */
  step: number;
  alert: string;
  /** Those of one receiver and one grouping go together. */
  grouping: string;
  body: string;
  due_at: string;
}

/** What rings, or rang. `body`, `opened`, `latest` and `answer` are JSON. */
export interface AlertRow {
  id: string;
  rule: string;
  rule_version: number;
  dim: string;
  code: string;
  /** The rule as it stood when it began. */
  body: string;
  state: string;
  since: string;
  began_at: string;
  ended_at: string | null;
  outcome: string | null;
  opened: string;
  latest: string;
  acknowledged_at: string | null;
  acknowledged_by: string | null;
  answer: string | null;
  answer_version: number;
}

export interface AlertInstanceRow {
  rule: string;
  dim: string;
  code: string;
  state: string;
  since: string;
  /** What it was before it became unknown. */
  former: string | null;
  /** Of an open one its id. */
  alert: string | null;
  reading: string;
  version: number;
}

/** What a unit was ordered to do. `body` is JSON. */
export interface DirectiveRow {
  id: string;
  kind: string;
  /** What it came of. */
  alert: string | null;
  /** Who owes it. */
  dim: string;
  code: string;
  state: string;
  /** Last local day. */
  due: string;
  remind_at: string | null;
  body: string;
  /** Counts from 1. */
  version: number;
  given_at: string;
  given_by: string;
  settled_at: string | null;
  /** By which import it came; null where it came by itself. */
  batch: string | null;
  /** With which it was given: behind those that the same one had before it was taken back. */
  first_version: number;
}

export interface SessionRow {
  hash: string;
  person: string;
  began_at: string;
  seen_at: string;
  expires_at: string;
  address: string | null;
  browser: string | null;
  id_token: string | null;
}

export interface ReadingTokenRow {
  id: string;
  hash: string;
  person: string;
  name: string;
  /** JSON. */
  rights: string;
  imports: string;
  scope: string;
  created_at: string;
  expires_at: string;
  used_at: string | null;
}

export interface SignInFailureRow {
  key: string;
  failures: number;
  failed_at: string;
  free_at: string;
}

export interface ScreenRow {
  id: string;
  paired_by: string;
  paired_at: string;
  paired_from: string;
  seen_at: string | null;
  seen_from: string | null;
}

export interface ScreenCredentialRow {
  hash: string;
  screen: string;
  made_at: string;
  /** Hash of the one whose place it takes, until it is used. */
  replaces: string | null;
  /** When another took its place. */
  replaced_at: string | null;
}

export interface ScreenPairingRow {
  hash: string;
  code: string;
  asked_from: string;
  asked_at: string;
  expires_at: string;
}

/** `body` is JSON. */
export interface ScreenStateRow {
  screen: string;
  at: string;
  body: string;
}

/** `question` and `answer` are JSON. */
export interface FrozenAnswerRow {
  id: string;
  owner: string;
  at: string;
  /** Key of the scope that it was made in. */
  scope: string;
  question: string;
  answer: string;
}

/** Never changed: what corrects it is the next revision. `value` is a JSON number, `evidence` JSON. */
export interface ReportedValueRow {
  indicator: string;
  /** Id of the unit whose own value it is; empty for the one of all. */
  by_unit: string;
  period: string;
  /** Counts from 1. */
  revision: number;
  /** `null` where it was taken back. */
  value: string;
  who: string;
  at: string;
  evidence: string;
  note: string | null;
  /** Of a correction, what was wrong. */
  why: string | null;
}

export interface EvidenceFileRow {
  id: string;
  sha256: string;
  size: number;
  type: string;
  name: string;
  who: string;
  at: string;
  attached_at: string | null;
}

/** That its content was taken away. */
export interface EvidenceRemovalRow {
  file: string;
  who: string;
  at: string;
  why: string;
}

/** `kind` and `subject`: as the audit names what it belongs to. */
export interface EvidenceUseRow {
  file: string;
  kind: string;
  subject: string;
}

export interface PortalKeyRow {
  id: string;
  hash: string;
  source: string;
  name: string;
  created_at: string;
  created_by: string;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
  /** Events a second; null: the room's own limit. */
  rate: number | null;
}

/** One entry of the chain: gapless, in the order of the commits. */
export interface AuditRow {
  sequence: number;
  at: string;
  who: string;
  action: string;
  kind: string;
  subject: string;
  version: number | null;
  before: string | null;
  after: string | null;
  why: string | null;
  hash: string;
}
