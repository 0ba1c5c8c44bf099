import { parseQueueUrl, type QueueIdentity } from '../api/queue-url.ts';
import { CommandError, exitCodes } from './exit-codes.ts';

/**
 * What the URL of a queue says, as somebody wrote it on the command line.
 * @throws CommandError when it is none.
 */
export function identifyQueue(url: string): QueueIdentity {
  if (/^[^/]*\/\/[^/?#]*@/.test(url)) {
    const message = 'The URL of the queue holds a user name or a password. Remove what stands before the "@".';
    throw new CommandError(exitCodes.wrong, message);
  }
  try {
    return parseQueueUrl(url);
  } catch (error) {
    const message = `${url} is not the URL of a queue: write it as https://sqs.<region>.amazonaws.com/<account>/<name>.`;
    throw new CommandError(exitCodes.wrong, message, { cause: error });
  }
}
