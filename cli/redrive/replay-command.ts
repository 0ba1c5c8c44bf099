import { systemClock } from '../../api/clock.ts';
import { parseQueueUrl } from '../../api/queue-url.ts';
import { openQueue } from '../../aws/clients.ts';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { formatRate, plural } from '../format.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { explained } from './explained.ts';
import type { LetterFilter } from './filter.ts';
import { type ReplaySummary, replay } from './replay.ts';
import { findTarget, type TargetOptions } from './target.ts';

/** The options of `courier redrive replay`. */
export type ReplayOptions = TargetOptions &
  LetterFilter & { readonly rate: number; readonly max: number; readonly json: boolean };

/** Sends dead letters back to the queue that they came from; resolves to the exit code. */
export async function replayCommand(options: ReplayOptions): Promise<ExitCode> {
  const { deadLetters, queue } = await findTarget(options);
  if (queue === undefined) {
    throw new CommandError(
      exitCodes.wrong,
      'There is no queue to send to: give --queue-url, or a manifest with --file.',
    );
  }
  const fifo = parseQueueUrl(queue.url).fifo;
  if (fifo !== parseQueueUrl(deadLetters.url).fifo) {
    const message = `One of ${queue.url} and ${deadLetters.url} is FIFO and the other is not: messages cannot be moved between them.`;
    throw new CommandError(exitCodes.wrong, message);
  }
  const { drain } = listenForInterrupts();
  const plan = { filter: options, ratePerSecond: options.rate, max: options.max, fifo };
  const summary = await explained(options, async () => {
    const [from, to] = await Promise.all([openQueue(deadLetters, systemClock), openQueue(queue, systemClock)]);
    try {
      return await replay(plan, { from: from.port, to: to.port, clock: systemClock }, drain);
    } finally {
      await Promise.all([from.close(), to.close()]);
    }
  });
  console.log(options.json ? JSON.stringify(summary) : sentenceOf(summary, options.rate));
  return conclude(summary);
}

function sentenceOf({ replayed, seen }: ReplaySummary, rate: number): string {
  return `${plural(replayed, 'message')} sent back at ${formatRate(rate)} at most, of ${plural(seen, 'letter')} looked at.`;
}

function conclude({ failed, notDeleted, firstFailure, complete }: ReplaySummary): ExitCode {
  const why = firstFailure === undefined ? '' : ` (${firstFailure.code}: ${firstFailure.message})`;
  if (failed > 0) {
    throw new CommandError(exitCodes.failed, `${plural(failed, 'letter')} could not be sent back and stay${why}.`);
  }
  if (notDeleted > 0) {
    const message = `${plural(notDeleted, 'letter')} were sent back and could not be deleted${why}: a further replay sends them again.`;
    throw new CommandError(exitCodes.failed, message);
  }
  if (complete) return exitCodes.ok;
  throw new CommandError(exitCodes.failed, 'The replay was interrupted: run it again for the rest.');
}
