import type { DeadLetterReason } from '../../api/dead-letter.ts';
import { isWithinStatuses, type StatusRange } from '../../api/status-range.ts';
import type { Letter } from './letter.ts';

/** Which letters are meant: those that match every condition, and of a condition with several values any. */
export type LetterFilter = {
  /** `None`: letters without evidence. */
  readonly reason?: readonly (DeadLetterReason | 'None')[];
  readonly status?: readonly StatusRange[];
  readonly error?: readonly string[];
  /** Ids of letters, or of the messages that they were. */
  readonly id?: readonly string[];
  /** Moved at least, and at most, so long ago, in milliseconds. */
  readonly olderThan?: number;
  readonly newerThan?: number;
};

/** Whether a letter is meant. */
export function matches({ message, evidence, movedTimeMs }: Letter, filter: LetterFilter, nowTimeMs: number): boolean {
  const { reason, status, error, id, olderThan, newerThan } = filter;
  const ageMs = nowTimeMs - movedTimeMs;
  return (
    isAmong(reason, (each) => each === (evidence?.reason ?? 'None')) &&
    isAmong(status, (each) => evidence?.status !== undefined && isWithinStatuses(each, evidence.status)) &&
    isAmong(error, (each) => each === evidence?.error) &&
    isAmong(id, (each) => each === message.messageId || each === evidence?.messageId) &&
    (olderThan === undefined || ageMs >= olderThan) &&
    (newerThan === undefined || ageMs <= newerThan)
  );
}

function isAmong<Value>(values: readonly Value[] | undefined, isIt: (value: Value) => boolean): boolean {
  return values === undefined || values.length === 0 || values.some(isIt);
}
