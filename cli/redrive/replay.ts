import { type Clock, sleep } from '../../api/clock.ts';
import type { BatchOutcome, EntryFailure, OutgoingMessage, QueuePort, SendPort } from '../../aws/ports.ts';
import { maxMessageBytes, messageBytes } from '../../aws/send-entry.ts';
import { type LetterFilter, matches } from './filter.ts';
import { type Letter, replayed } from './letter.ts';
import { LetterScan } from './scan.ts';

export type ReplayPlan = {
  readonly filter: LetterFilter;
  /** Messages a second. */
  readonly ratePerSecond: number;
  /** The most messages to replay. */
  readonly max: number;
  /** Whether the queue that is sent to is FIFO. */
  readonly fifo: boolean;
};

export type ReplayDependencies = {
  /** The queue for dead letters. */
  readonly from: QueuePort;
  /** The queue that the messages came from. */
  readonly to: SendPort;
  readonly clock: Clock;
};

/** What a replay came to, in letters. */
export type ReplaySummary = {
  readonly seen: number;
  readonly matched: number;
  readonly replayed: number;
  /** Not sent: these stay. */
  readonly failed: number;
  /** Sent, and could not be deleted: these stay, too, and would be replayed twice. */
  readonly notDeleted: number;
  readonly firstFailure: EntryFailure | undefined;
  /** Whether the queue was seen to its end, or to the most that was asked for. */
  readonly complete: boolean;
};

/**
 * Sends dead letters back to the queue that they came from, without the evidence, at a rate. Each is sent before it is
 * deleted, so a replay that breaks off loses nothing and can be run again. Aborting stops after the call under way.
 *
 * @throws AwsError when a call fails as a whole; what was looked at is given back before.
 */
export async function replay(
  plan: ReplayPlan,
  { from, to, clock }: ReplayDependencies,
  signal: AbortSignal,
): Promise<ReplaySummary> {
  const scan = new LetterScan(from);
  const total = { seen: 0, matched: 0, replayed: 0, failed: 0, notDeleted: 0 };
  let firstFailure: EntryFailure | undefined;
  let complete = false;
  const startMs = clock.monotonic();
  try {
    while (!signal.aborted && !complete) {
      const letters = await scan.next();
      const wanted = letters.filter((letter) => matches(letter, plan.filter, clock.now()));
      const some = wanted.slice(0, plan.max - total.matched);
      total.seen += letters.length;
      for (const call of callsOf(some, plan)) {
        const dueMs = startMs + (total.matched / plan.ratePerSecond) * 1000;
        await sleep(clock, Math.max(0, dueMs - clock.monotonic()), signal);
        if (signal.aborted) break;
        total.matched += call.length;
        const outcome = await move(call, { from, to, clock });
        scan.forget(outcome.gone);
        total.replayed += outcome.sent;
        total.failed += call.length - outcome.sent;
        total.notDeleted += outcome.sent - outcome.gone.length;
        firstFailure ??= outcome.failure;
      }
      complete = !signal.aborted && (letters.length === 0 || total.matched >= plan.max);
    }
  } finally {
    await scan.release();
  }
  return { ...total, firstFailure, complete };
}

type Copy = { readonly letter: Letter; readonly outgoing: OutgoingMessage };

/** Cuts letters into calls of at most 1 MiB and, so that the rate is kept, a second's worth of messages. */
function callsOf(letters: readonly Letter[], { ratePerSecond, fifo }: ReplayPlan): readonly (readonly Copy[])[] {
  const perCall = Math.max(1, Math.min(10, Math.floor(ratePerSecond)));
  const calls: Copy[][] = [];
  let room = 0;
  for (const letter of letters) {
    const outgoing = replayed(letter, fifo);
    const bytes = messageBytes(outgoing);
    if (bytes > room || calls.at(-1)?.length === perCall) {
      calls.push([]);
      room = maxMessageBytes;
    }
    calls.at(-1)?.push({ letter, outgoing });
    room -= bytes;
  }
  return calls;
}

/** Sends some letters and deletes those that were sent. */
async function move(
  copies: readonly Copy[],
  { from, to }: ReplayDependencies,
): Promise<{ readonly sent: number; readonly gone: readonly Letter[]; readonly failure: EntryFailure | undefined }> {
  const sends = await to.sendBatch(copies.map(({ outgoing }) => outgoing));
  const sent = succeeded(copies, sends).map(({ letter }) => letter);
  if (sent.length === 0) return { sent: 0, gone: [], failure: firstOf(sends) };
  const deletes = await from.deleteBatch(sent.map(({ message }) => message.receiptHandle));
  return { sent: sent.length, gone: succeeded(sent, deletes), failure: firstOf(sends) ?? firstOf(deletes) };
}

function succeeded<Entry>(entries: readonly Entry[], outcome: BatchOutcome): readonly Entry[] {
  return entries.filter((_, index) => outcome[index] === undefined);
}

function firstOf(outcome: BatchOutcome): EntryFailure | undefined {
  return outcome.find((failure) => failure !== undefined);
}
