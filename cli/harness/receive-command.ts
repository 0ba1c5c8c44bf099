import { sleep, systemClock } from '../../api/clock.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { formatCount, formatRate } from '../format.ts';
import { listenForInterrupts } from '../interrupts.ts';
import type { Latency, Tail } from './latency.ts';
import { type Recipient, type RecipientCounts, startRecipient } from './recipient.ts';
import type { RecipientScript } from './script.ts';

/** The options of `courier harness receive`. */
export type ReceiveOptions = {
  readonly port: number;
  readonly host: string;
  readonly latency: Latency;
  readonly tail?: Tail;
  readonly status: number;
  readonly errorRate: number;
  readonly errorStatus: number;
  readonly throttleRate: number;
  readonly retryAfter?: number;
  readonly resetRate: number;
  readonly slowBodyRate: number;
};

const everyMs = 1000;

/** Runs a scripted recipient until it is interrupted, with a line a second while something happens. */
export async function receiveCommand(options: ReceiveOptions): Promise<number> {
  const { drain } = listenForInterrupts();
  const recipient = await start(options);
  console.log(`Recipient at ${recipient.url}; Ctrl-C ends it.`);
  let before = { ...recipient.counts };
  while (!drain.aborted) {
    await sleep(systemClock, everyMs, drain);
    const now = { ...recipient.counts };
    const changed = now.requests !== before.requests || now.open !== before.open;
    if (changed) console.log(describeCounts(now, ((now.accepted - before.accepted) * 1000) / everyMs));
    before = now;
  }
  await recipient.close();
  console.log(
    `In all: ${describeCounts(recipient.counts)}; ${formatCount(recipient.accepted.size)} different messages.`,
  );
  return exitCodes.ok;
}

/** The counts of a recipient in one line. */
export function describeCounts(counts: RecipientCounts, acceptedPerSecond?: number): string {
  const { accepted, duplicates, refused, throttled, reset, open } = counts;
  const rate = acceptedPerSecond === undefined ? '' : ` (${formatRate(acceptedPerSecond)})`;
  const others = Object.entries({ duplicates, refused, throttled, reset, open });
  return `accepted ${formatCount(accepted)}${rate}, ${others.map(([name, count]) => `${name} ${formatCount(count)}`).join(', ')}`;
}

async function start(options: ReceiveOptions): Promise<Recipient> {
  const { port, host } = options;
  try {
    return await startRecipient({ port, host, script: scriptOf(options), clock: systemClock, random: Math.random });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError(exitCodes.failed, `The recipient cannot listen on ${host}:${port}: ${why}.`, {
      cause: error,
    });
  }
}

function scriptOf(options: ReceiveOptions): RecipientScript {
  return {
    latency: options.latency,
    tail: options.tail,
    status: options.status,
    errorShare: options.errorRate,
    errorStatus: options.errorStatus,
    throttleShare: options.throttleRate,
    retryAfterSeconds: options.retryAfter,
    resetShare: options.resetRate,
    slowBodyShare: options.slowBodyRate,
  };
}
