import { type Clock, sleep } from '../../api/clock.ts';
import type { Random } from '../../api/random.ts';
import type { EntryFailure } from '../../aws/ports.ts';
import { makeTestMessage, messagesPerCall, type SendPlan, type TestMessage } from './test-message.ts';

/** Sends up to ten messages; the outcome of each, in their order, is its message id or why it failed, undefined when neither was said. */
export type SendBatch = (messages: readonly TestMessage[]) => Promise<readonly (string | EntryFailure | undefined)[]>;

export type SendDependencies = {
  readonly sendBatch: SendBatch;
  readonly clock: Clock;
  readonly random: Random;
  /** Calls under way at once. 1 keeps the order of message groups. */
  readonly parallel: number;
  readonly onSent?: (messageId: string, message: TestMessage) => void;
};

export type SendSummary = {
  readonly sent: number;
  /** Refused for good, or failed at every attempt. */
  readonly failed: number;
  /** Why the first of them failed. */
  readonly firstFailure: EntryFailure | undefined;
  readonly durationMs: number;
};

/** What is neither confirmed nor refused is sent again. */
const unanswered: EntryFailure = { code: 'Unanswered', message: 'the answer does not mention it', senderFault: false };

/** How often a message that failed alone is sent, and the longest wait before the second time; it doubles. */
const attempts = 5;
const firstRetryMs = 100;

/**
 * Sends the messages of a plan in batches, at its rate. Where some of a batch fail, only these are sent again.
 * Aborting stops after the batches under way. Whatever `sendBatch` throws ends the run.
 */
export async function sendMessages(
  plan: SendPlan,
  dependencies: SendDependencies,
  signal: AbortSignal,
): Promise<SendSummary> {
  const { clock, parallel } = dependencies;
  const startMs = clock.monotonic();
  const dueMs = (sequence: number) => startMs + (sequence / (plan.ratePerSecond ?? Number.POSITIVE_INFINITY)) * 1000;
  const limit = messagesPerCall(plan);
  const total = { sent: 0, failed: 0, firstFailure: undefined as EntryFailure | undefined };
  let next = 0;

  const lane = async () => {
    while (next < plan.count && !signal.aborted) {
      const nowMs = clock.monotonic();
      if (dueMs(next) > nowMs) {
        await sleep(clock, dueMs(next) - nowMs, signal);
        continue;
      }
      const first = next;
      while (next < plan.count && next - first < limit && dueMs(next) <= nowMs) next++;
      const size = next - first;
      const sentTime = clock.now();
      const batch = Array.from({ length: size }, (_, index) => makeTestMessage(plan, first + index, sentTime));
      const failures = await sendAll(batch, dependencies, signal);
      total.sent += size - failures.length;
      total.failed += failures.length;
      total.firstFailure ??= failures[0];
    }
  };
  await Promise.all(Array.from({ length: parallel }, lane));
  return { ...total, durationMs: clock.monotonic() - startMs };
}

/** Sends a batch, and what of it failed again, with full jitter between; resolves to the failures that stayed. */
async function sendAll(
  batch: readonly TestMessage[],
  { sendBatch, clock, random, onSent }: SendDependencies,
  signal: AbortSignal,
): Promise<readonly EntryFailure[]> {
  const refused: EntryFailure[] = [];
  let pending = batch;
  for (let attempt = 1; ; attempt++) {
    const outcomes = await sendBatch(pending);
    const again: TestMessage[] = [];
    const failures: EntryFailure[] = [];
    for (const [index, message] of pending.entries()) {
      const outcome = outcomes[index] ?? unanswered;
      if (typeof outcome === 'string') onSent?.(outcome, message);
      else if (outcome.senderFault) refused.push(outcome);
      else {
        again.push(message);
        failures.push(outcome);
      }
    }
    if (again.length === 0 || attempt === attempts || signal.aborted) return [...refused, ...failures];
    pending = again;
    await sleep(clock, random() * firstRetryMs * 2 ** (attempt - 1), signal);
  }
}
