/** How a sink wants its records: the group commit keeps to it. */
export type SinkLimits = {
  /** Records in one write. */
  readonly maxRecords: number;
  /** Bytes of UTF-8 in one write, newlines included. */
  readonly maxBytes: number;
  /** Bytes of one record, its newline included; a larger one is reduced as `audit.oversize` says. */
  readonly maxRecordBytes: number;
  /** Writes under way at once. */
  readonly maxParallel: number;
  /** How long a record may wait for others to share its write with, in milliseconds. */
  readonly lingerMs: number;
};

/** Outcomes of a write, aligned with its lines: undefined is durable, a sentence says why a line is not. */
export type SinkOutcome = readonly (string | undefined)[];

/** Where audit records become durable. */
export interface AuditSink {
  readonly limits: SinkLimits;
  /**
   * Writes lines, each a record that ends in a newline.
   * @returns when every line that is reported durable will survive the death of this process and of its machine.
   * @throws when none of them is durable; the message is a sentence for a person.
   */
  write(lines: readonly string[]): Promise<SinkOutcome>;
  close(): Promise<void>;
}
