/** Events that could not be counted, as an operator sees them. */

export interface QuarantineCase {
  quarantineId: string;
  portal: string;
  source: string;
  id: string;
  topic: string;
  partition: number;
  offset: number;
  /** Instants as texts of RFC 3339. */
  receivedAt: string;
  code: string;
  reason: string;
  resolvedAt: string | null;
}

/** With its bytes, as UTF-8 and as they are. */
export interface QuarantineContent extends QuarantineCase {
  headers: Readonly<Record<string, string | { base64: string }>>;
  event: string;
  bytesBase64: string;
}

export interface QuarantineList {
  /** All that wait, whatever was asked for; and as many as were asked for, listed or not. */
  waiting: number;
  matching: number;
  /** What waits, by why and whose, most first. */
  causes: readonly { code: string; source: string; cases: number }[];
  cases: readonly QuarantineCase[];
}
