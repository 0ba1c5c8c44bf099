import assert from 'node:assert/strict';
import { type Clock, systemClock } from '../../api/clock.ts';
import { HttpRecipient } from '../../worker/http-recipient.ts';
import type { Message } from '../../worker/message.ts';
import type { Attempt, AttemptError } from '../../worker/recipient.ts';
import { openWire } from '../../worker/wire/wire.ts';
import { type LogLine, recordingLog } from '../support/worker-log.ts';
import { message } from './support.ts';
import { seeded, workerConfigOf } from './virtual-worker.ts';
import { FixedSecrets } from './wire/fixed-secrets.ts';

export const queueUrl = 'https://sqs.us-east-1.amazonaws.com/123456789012/orders';

/** A recipient that must, by the end of the test, have ended every post exactly once, and none of them on the spot. */
export class RecipientUnderTest implements AsyncDisposable {
  readonly recipient: HttpRecipient;
  readonly #ends: number[] = [];
  readonly logLines: readonly LogLine[];
  #closed: Promise<void> | undefined;

  constructor(url: string, fields: object = {}, clock: Clock = systemClock, secrets = new FixedSecrets()) {
    const { spec } = workerConfigOf(queueUrl, {}, { url, ...fields });
    const { log, lines } = recordingLog(clock);
    this.logLines = lines;
    this.recipient = new HttpRecipient(spec, openWire(spec, { secrets, clock, random: seeded(1), log }), clock);
  }

  post(overrides: Partial<Message> = {}): Promise<Attempt> {
    const index = this.#ends.push(0) - 1;
    let posted = false;
    const attempt = new Promise<Attempt>((resolve) => {
      this.recipient.post(message({ attempt: 1, ...overrides }), (ended) => {
        assert.ok(posted, 'ended within the call of post');
        this.#ends[index] = (this.#ends[index] ?? 0) + 1;
        resolve(ended);
      });
    });
    posted = true;
    return attempt;
  }

  close(): Promise<void> {
    this.#closed ??= this.recipient.close();
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    assert.deepEqual(
      this.#ends,
      this.#ends.map(() => 1),
      'how often each post has ended',
    );
  }
}

/** The status of an attempt, or the kind of its failure. */
export function outcomeOf(attempt: Attempt): number | AttemptError {
  return attempt.error ?? attempt.status;
}
