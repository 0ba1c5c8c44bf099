import { systemClock } from '../../api/clock.ts';
import { printable } from '../../api/printable.ts';
import { openQueue } from '../../aws/clients.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { plural } from '../format.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { explained } from './explained.ts';
import { type LetterFilter, matches } from './filter.ts';
import { describeLetter, type Letter } from './letter.ts';
import { LetterScan } from './scan.ts';
import { findTarget, type TargetOptions } from './target.ts';

/** The options of `courier redrive list`. */
export type ListOptions = TargetOptions & LetterFilter & { readonly max: number; readonly json: boolean };

/** Shows dead letters and leaves them where they are; resolves to the exit code. */
export async function listCommand(options: ListOptions): Promise<ExitCode> {
  const { deadLetters } = await findTarget(options);
  const { drain } = listenForInterrupts();
  return await explained(options, async () => {
    const queue = await openQueue(deadLetters, systemClock);
    const scan = new LetterScan(queue.port);
    const counts = { seen: 0, shown: 0 };
    let complete = false;
    try {
      while (!drain.aborted && !complete) {
        const letters = await scan.next();
        const wanted = letters.filter((letter) => matches(letter, options, systemClock.now()));
        const some = wanted.slice(0, options.max - counts.shown);
        for (const letter of some) console.log(options.json ? JSON.stringify(describeLetter(letter)) : lineOf(letter));
        counts.seen += letters.length;
        counts.shown += some.length;
        complete = letters.length === 0 || counts.shown >= options.max;
      }
    } finally {
      await scan.release();
      await queue.close();
    }
    if (!options.json) console.log(`${plural(counts.shown, 'letter')} of ${plural(counts.seen, 'letter')} looked at.`);
    return complete ? exitCodes.ok : exitCodes.failed;
  });
}

/** `2026-01-01T00:00:00.031Z  Refused  422  1 attempt  3d6f… `, the message's own id last. */
function lineOf({ message, evidence, movedTimeMs }: Letter): string {
  const moved = new Date(movedTimeMs).toISOString();
  if (evidence === undefined) return `${moved}  no evidence  ${message.messageId}`;
  const { reason, status, error, attempts, messageId } = evidence;
  // Whoever may write to the queue may write evidence.
  return printable([moved, reason, status ?? error ?? '-', plural(attempts, 'attempt'), messageId].join('  '));
}
