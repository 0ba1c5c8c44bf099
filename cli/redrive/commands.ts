import { type Command, InvalidArgumentError, Option } from 'commander';
import { deadLetterReasons } from '../../api/dead-letter.ts';
import { parseStatusRange, type StatusRange } from '../../api/status-range.ts';
import { collect, duration, positiveNumber, wholeNumber } from '../option-values.ts';

const most = wholeNumber({ min: 1, max: 100_000_000 });

/** Adds `courier redrive list` and `courier redrive replay`; their modules are loaded only when they are called. */
export function addRedrive(program: Command, report: (exitCode: number) => void): void {
  const redrive = program.command('redrive').description('Look at dead letters, or send them back to their queue.');
  target(redrive.command('list').description('Show dead letters, and leave them where they are.'))
    .option('--max <n>', 'end after so many letters', most, 1000)
    .option('--json', 'a line of JSON for each letter', false)
    .action(async (options) => report(await (await import('./list-command.ts')).listCommand(options)));
  target(redrive.command('replay').description('Send dead letters back to the queue that they came from.'))
    .requiredOption('--rate <n>', 'messages per second', positiveNumber)
    .option('--max <n>', 'end after so many letters', most, 100_000_000)
    .option('--json', 'a line of JSON at the end', false)
    .action(async (options) => report(await (await import('./replay-command.ts')).replayCommand(options)));
}

/** Which queues, and which of their letters. */
function target(command: Command): Command {
  return command
    .addOption(
      new Option('-f, --file <file>', 'a manifest with one Courier, for its queues').conflicts('deadLetterUrl'),
    )
    .option('--dead-letter-url <url>', 'the queue for dead letters')
    .option('--queue-url <url>', 'the queue that they came from')
    .option('--endpoint <url>', 'the SQS-compatible server, when it is not the host of the queue URL')
    .option('--region <region>', 'the region that requests are signed for')
    .addOption(
      new Option(
        '--reason <reason>',
        `of this reason; repeatable: ${[...deadLetterReasons, 'None'].join(', ')}`,
      ).argParser(reason),
    )
    .option('--status <status>', 'whose last answer was 404, 4xx or 500-504; repeatable', status)
    .option('--error <kind>', 'whose last attempt ended in this error, such as Timeout; repeatable', collect)
    .option('--id <id>', 'with this id, its own or that of its message; repeatable', collect)
    .option('--older-than <duration>', 'moved at least this long ago: 30s, 15m, 12h, 7d', duration)
    .option('--newer-than <duration>', 'moved at most this long ago', duration);
}

function reason(text: string, previous: readonly string[] = []): string[] {
  if (text !== 'None' && !deadLetterReasons.some((known) => known === text)) {
    throw new InvalidArgumentError(`It must be one of ${[...deadLetterReasons, 'None'].join(', ')}.`);
  }
  return [...previous, text];
}

function status(text: string, previous: readonly StatusRange[] = []): StatusRange[] {
  try {
    return [...previous, parseStatusRange(text)];
  } catch {
    throw new InvalidArgumentError('It must be a status (404), a class (4xx) or a range (500-504).');
  }
}
