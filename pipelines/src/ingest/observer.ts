/** What ingest tells of itself, for metrics and readiness. */
export interface CountedRange {
  partition: number;
  token: string;
  records: number;
  counted: number;
  duplicates: number;
  /** Appended again: to the partition of their key, and to wait for their original. */
  moved: number;
  deferred: number;
  /** Cases by quarantine code. */
  quarantined: Readonly<Record<string, number>>;
  /** Size of the inserted text in bytes, and how long the insert took in milliseconds. */
  bytes: number;
  insertMs: number;
}

export interface IngestObserver {
  /** Partitions that this worker counts from now on; none where other workers have them all. */
  assigned(partitions: readonly number[]): void;
  /** A range was stored as pending, or is no longer. */
  pending(partition: number, isPending: boolean): void;
  counted(range: CountedRange): void;
  /** The warehouse refused a range, which is tried again. */
  refused(error: Error): void;
  /** The watchdog started the consumer again. */
  restarted(): void;
}
