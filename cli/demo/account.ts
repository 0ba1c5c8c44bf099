import type { AuditContent } from './audit-files.ts';

/** What there is to compare after a run: nothing of it was counted by a worker. */
export type Evidence = {
  /** The message ids that the queue gave at the send. */
  readonly sent: readonly string[];
  /** How often the recipient accepted each message id. */
  readonly accepted: ReadonlyMap<string, number>;
  readonly audit: AuditContent;
  /** Messages still in the queue; null when it could not be read. */
  readonly left: number | null;
};

/** The account of a run. */
export type Account = {
  /** `sent N, delivered N, audited N, lost 0, duplicates D` */
  readonly line: string;
  /** What is wrong with the run, a sentence each; empty when every message is accounted for. */
  readonly faults: readonly string[];
};

/** Compares what was sent with what the recipient saw and what the audit holds. */
export function accountFor({ sent, accepted, audit, left }: Evidence): Account {
  const lost = sent.filter((id) => !accepted.has(id)).length;
  const unaudited = sent.filter((id) => !audit.records.has(id)).length;
  const duplicates = [...accepted.values()].reduce((sum, times) => sum + times - 1, 0);
  const facts = [
    `sent ${sent.length}`,
    `delivered ${sent.length - lost}`,
    `audited ${sent.length - unaudited}`,
    `lost ${lost}`,
    `duplicates ${duplicates}`,
  ];
  const faults = [
    lost > 0 && `${lost} messages never reached the recipient.`,
    unaudited > 0 && `${unaudited} messages have no audit record.`,
    audit.unreadable > 0 && `${audit.unreadable} lines of the audit cannot be read.`,
    left !== 0 && `${left ?? 'An unknown number of'} messages are still in the queue.`,
  ];
  return { line: facts.join(', '), faults: faults.filter((fault) => fault !== false) };
}
