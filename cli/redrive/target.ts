import { queueRegion } from '../../api/worker-config.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { identifyQueue } from '../identify-queue.ts';
import { readManifest } from '../manifest.ts';

/** The options that say which queues are meant. */
export type TargetOptions = {
  readonly file?: string;
  readonly deadLetterUrl?: string;
  readonly queueUrl?: string;
  readonly endpoint?: string;
  readonly region?: string;
};

/** Where a queue is, as `openQueue` takes it. */
export type QueueLocation = { readonly url: string; readonly endpoint?: string; readonly region?: string };

export type Target = {
  readonly deadLetters: QueueLocation;
  /** The queue that the letters came from; undefined where nobody named it. */
  readonly queue: QueueLocation | undefined;
};

/**
 * Finds the queue for dead letters and the one that its letters came from: in a manifest with one Courier, or in options.
 * @throws CommandError when they do not name one.
 */
export async function findTarget(options: TargetOptions): Promise<Target> {
  const { file, endpoint, region } = options;
  const own = { ...(endpoint !== undefined && { endpoint }), ...(region !== undefined && { region }) };
  if (file === undefined) {
    const { deadLetterUrl, queueUrl } = options;
    if (deadLetterUrl === undefined) {
      throw wrong('There is no queue for dead letters: give --dead-letter-url, or a manifest with --file.');
    }
    return {
      deadLetters: locate(deadLetterUrl, own),
      queue: queueUrl === undefined ? undefined : locate(queueUrl, own),
    };
  }
  const { couriers } = await readManifest(file);
  const [courier, second] = couriers;
  if (courier === undefined || second !== undefined) {
    throw wrong(`${file} does not have one Courier: name the queues with --dead-letter-url and --queue-url.`);
  }
  const { queue } = courier.spec;
  if (queue.deadLetterUrl === undefined) {
    throw wrong(`${file} names no queue for dead letters: set spec.queue.deadLetterUrl, or give --dead-letter-url.`);
  }
  const written = { endpoint: queue.endpoint, region: queueRegion(queue) };
  const where = { ...present(written), ...own };
  return { deadLetters: locate(queue.deadLetterUrl, where), queue: locate(queue.url, where) };
}

/** A region that the URL's host names comes first. */
function locate(url: string, where: Omit<QueueLocation, 'url'>): QueueLocation {
  const { region } = identifyQueue(url);
  return { url, ...where, ...present({ region }) };
}

function present(values: { readonly endpoint?: string | undefined; readonly region?: string | undefined }) {
  const { endpoint, region } = values;
  return { ...(endpoint !== undefined && { endpoint }), ...(region !== undefined && { region }) };
}

function wrong(message: string): CommandError {
  return new CommandError(exitCodes.wrong, message);
}
