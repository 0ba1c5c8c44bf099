import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AwsError } from '../../aws/errors.ts';
import type { QueuePort } from '../../aws/ports.ts';
import type { LogLine } from '../support/worker-log.ts';
import { VirtualWorker } from './virtual-worker.ts';

const secret = 'the number of a credit card';

/** A queue of which every third call fails, as a whole or for each of its entries. */
function faulty(port: QueuePort): QueuePort {
  let calls = 0;
  const failure = { code: 'InternalError', message: 'injected', senderFault: false };
  const sometimes = async <Result>(call: () => Promise<Result>, failed: () => Result): Promise<Result> => {
    calls++;
    if (calls % 3 === 1) return failed();
    return await call();
  };
  return {
    receive: (request, signal) =>
      sometimes(
        () => port.receive(request, signal),
        () => {
          throw new AwsError('Network', 'injected');
        },
      ),
    deleteBatch: (handles, signal) =>
      sometimes(
        () => port.deleteBatch(handles, signal),
        () => handles.map(() => failure),
      ),
    changeVisibilityBatch: (changes, signal) =>
      sometimes(
        () => port.changeVisibilityBatch(changes, signal),
        () => changes.map(() => failure),
      ),
  };
}

/** What a worker logs that meets every kind of trouble on the way of messages that hold a secret. */
async function logOfTroubles(): Promise<readonly LogLine[]> {
  const delivery = { rules: [{ statuses: ['400'], action: 'DeadLetter' }] };
  const worker = new VirtualWorker({ through: faulty, deadLetters: true, delivery });
  const { sqs, queueUrl, clock, recipient, sink } = worker;
  for (let n = 0; n < 100; n++) await sqs.call('SendMessage', { QueueUrl: queueUrl, MessageBody: `${secret} ${n}` });
  const statuses = [200, 503, 429, 400, 302];
  recipient.answer = () => ({ latencyMs: 2_000, status: statuses[recipient.posts.length % statuses.length] ?? 200 });
  sink.failure = 'the disk is full';
  worker.beforeCopy = () => {
    throw new AwsError('Network', 'injected');
  };
  worker.pipeline.start();
  await clock.advance(120_000);
  sink.failure = undefined;
  worker.beforeCopy = () => {};
  await clock.advance(600_000);
  assert.ok(recipient.accepted.length > 0 && (await worker.deadLetters()).length > 0);
  return worker.logged;
}

describe('the log', () => {
  it('tells of every trouble, of messages by their ids, and never what is in them', async () => {
    const lines = await logOfTroubles();
    const told = new Set(lines.map(({ message }) => message));
    for (const trouble of [
      /attempt failed/,
      /receive failed/,
      /delete failed/,
      /audit records could not/,
      /release failed/,
    ]) {
      assert.ok(
        [...told].some((message) => trouble.test(message)),
        `${trouble} is not in ${[...told].join('; ')}`,
      );
    }
    for (const { message, fields } of lines) {
      assert.ok(!JSON.stringify([message, fields]).includes(secret), message);
      if (/^(?:an attempt|a delete|a release|a visibility)/.test(message)) {
        assert.match(String(fields.messageId), /^[0-9a-f-]{36}$/, message);
      }
    }
  });
});
