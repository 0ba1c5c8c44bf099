import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseEvidence } from '../../../api/dead-letter.ts';
import { AwsError } from '../../../aws/errors.ts';
import type { ReceivedMessage } from '../../../aws/ports.ts';
import { VirtualWorker, type VirtualWorkerOptions } from '../virtual-worker.ts';

const minute = 60_000;

/** A worker with a queue for dead letters, whose recipient answers `status` to message `0` and accepts the others. */
async function workerRefusing(status: number, options: VirtualWorkerOptions = {}): Promise<VirtualWorker> {
  const worker = new VirtualWorker({ ...options, deadLetters: true });
  worker.recipient.answer = ({ body }) => ({ latencyMs: 10, status: body === '0' ? status : 200 });
  worker.pipeline.start();
  return worker;
}

function evidenceIn(message: ReceivedMessage | undefined) {
  return parseEvidence(message?.messageAttributes.courier?.stringValue);
}

describe('a message that the disposition dead-letters', () => {
  it('is copied with its body, its attributes and the evidence, and then deleted', async () => {
    const worker = await workerRefusing(422);
    const MessageAttributes = { tenant: { DataType: 'String.name', StringValue: 'shop' } };
    await worker.sqs.call('SendMessage', { QueueUrl: worker.queueUrl, MessageBody: '0', MessageAttributes });
    await worker.clock.advance(minute);
    const [letter, ...others] = await worker.deadLetters();
    assert.equal(others.length, 0);
    assert.equal(letter?.body, '0');
    assert.deepEqual(letter.messageAttributes.tenant, { dataType: 'String.name', stringValue: 'shop' });
    const { messageId, ...evidence } = evidenceIn(letter) ?? {};
    assert.equal(messageId, worker.recipient.posts[0]?.id);
    assert.deepEqual(evidence, {
      reason: 'Refused',
      decidedBy: 'default',
      status: 422,
      attempts: 1,
      receiveCount: 1,
      queue: worker.queueUrl,
      recipient: 'http://recipient.test/',
      worker: 'orders-0',
      sentTime: '2026-01-01T00:00:00.000Z',
      firstReceivedTime: '2026-01-01T00:00:00.000Z',
      deadLetteredTime: '2026-01-01T00:00:00.010Z',
    });
    assert.equal(await worker.left(), 0);
    assert.deepEqual(worker.deletedUnaudited, []);
    assert.equal(worker.sink.records, 0, 'what nobody accepted is not audited');
    assert.equal(worker.pipeline.counters.deadLettered, 1);
  });

  it('is not lost when every copy fails: it goes back to its queue, and is copied once that works', async () => {
    const worker = await workerRefusing(400);
    worker.beforeCopy = () => {
      throw new AwsError('QueueDoesNotExist', 'gone');
    };
    await worker.send(3);
    await worker.clock.advance(2 * minute);
    assert.equal(await worker.left(), 1);
    assert.deepEqual(await worker.deadLetters(), []);
    assert.ok(worker.pipeline.counters.deadLetterFailures >= 4);
    worker.beforeCopy = () => {};
    await worker.clock.advance(60 * minute);
    assert.deepEqual(
      (await worker.deadLetters()).map(({ body }) => body),
      ['0'],
    );
    assert.equal(await worker.left(), 0);
    assert.deepEqual(worker.deletedUnaudited, []);
  });

  it('is copied again when nobody knows whether it was copied, on a FIFO queue to one letter', async () => {
    for (const [queueName, letters] of [
      ['orders', 2],
      ['orders.fifo', 1],
    ] as const) {
      const fifo = queueName.endsWith('.fifo');
      const queueAttributes = fifo ? { FifoQueue: 'true' } : {};
      const worker = await workerRefusing(400, { queueName, queueAttributes });
      worker.afterCopy = () => {
        worker.afterCopy = () => {};
        throw new AwsError('Timeout', 'no answer');
      };
      await worker.send(1, fifo ? { groups: 1 } : {});
      await worker.clock.advance(minute);
      assert.equal((await worker.deadLetters()).length, letters);
      assert.equal(await worker.left(), 0);
    }
  });

  it('holds up its group until its copy is safe, and no receive of those behind it is burnt', async () => {
    const queueAttributes = { FifoQueue: 'true' };
    const worker = await workerRefusing(400, { queueName: 'orders.fifo', queueAttributes });
    let copies = 0;
    worker.beforeCopy = () => {
      copies++;
      assert.deepEqual(worker.recipient.accepted, []);
      if (copies < 3) throw new AwsError('Timeout', 'no answer');
    };
    await worker.send(10, { groups: 1 });
    await worker.clock.advance(minute);
    assert.deepEqual(
      worker.recipient.accepted.map(({ body }) => body),
      ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
    );
    assert.equal(worker.pipeline.counters.redelivered, 0);
    const [letter] = await worker.deadLetters();
    assert.equal(letter?.attributes.MessageGroupId, 'g0');
  });
});

describe('the limits of attempts and of age', () => {
  it('dead-letter a message after maxAttempts attempts', async () => {
    const worker = await workerRefusing(503, { delivery: { maxAttempts: 4 } });
    await worker.send(2);
    await worker.clock.advance(minute);
    assert.equal(worker.recipient.posts.filter(({ body }) => body === '0').length, 4);
    const [letter] = await worker.deadLetters();
    const { reason, decidedBy, status, attempts } = evidenceIn(letter) ?? {};
    assert.deepEqual([reason, decidedBy, status, attempts], ['AttemptsExhausted', 'delivery.maxAttempts', 503, 4]);
    assert.equal(await worker.left(), 0);
  });

  it('keep a FIFO group behind its head without burning a receive, however long the attempts take', async () => {
    const worker = await workerRefusing(503, {
      queueName: 'orders.fifo',
      queueAttributes: { FifoQueue: 'true' },
      delivery: { maxAttempts: 12 },
    });
    await worker.send(10, { groups: 1 });
    await worker.clock.advance(60 * minute);
    assert.equal(worker.recipient.posts.filter(({ body }) => body === '0').length, 12);
    assert.equal(worker.recipient.accepted.length, 9);
    assert.equal(worker.pipeline.counters.redelivered, 0);
    assert.equal((await worker.deadLetters()).length, 1);
  });

  it('dead-letter a message that is too old without an attempt', async () => {
    const worker = new VirtualWorker({ deadLetters: true, delivery: { maxMessageAgeSeconds: 3600 } });
    await worker.send(1);
    await worker.clock.advance(60 * minute + 1);
    await worker.send(1, { from: 1 });
    worker.pipeline.start();
    await worker.clock.advance(minute);
    assert.deepEqual(
      worker.recipient.posts.map(({ body }) => body),
      ['1'],
    );
    const [letter] = await worker.deadLetters();
    const { reason, decidedBy, attempts, status, error } = evidenceIn(letter) ?? {};
    assert.deepEqual(
      [letter?.body, reason, decidedBy, attempts, status, error],
      ['0', 'TooOld', 'delivery.maxMessageAgeSeconds', 0, undefined, undefined],
    );
  });
});

describe('a message whose attributes cannot be read', () => {
  const unreadable = 'the message has an attribute a without a DataType';
  const spoiled: VirtualWorkerOptions['through'] = (port) => ({
    ...port,
    receive: async (request) =>
      (await port.receive(request)).map((message) => (message.body === '0' ? { ...message, unreadable } : message)),
  });

  it('is dead-lettered without an attempt, and those beside it are delivered', async () => {
    const worker = await workerRefusing(200, { through: spoiled });
    await worker.send(3);
    await worker.clock.advance(minute);
    assert.deepEqual(worker.recipient.posts.map(({ body }) => body).toSorted(), ['1', '2']);
    const [letter] = await worker.deadLetters();
    const { reason, error, detail, attempts } = evidenceIn(letter) ?? {};
    assert.deepEqual([letter?.body, reason, error, detail, attempts], ['0', 'Unreadable', 'Unreadable', unreadable, 0]);
  });

  it('goes back to the queue, for its redrive policy, where there is no queue for dead letters', async () => {
    const worker = new VirtualWorker({ through: spoiled });
    await worker.send(3);
    worker.pipeline.start();
    await worker.clock.advance(minute);
    assert.deepEqual(worker.recipient.posts.map(({ body }) => body).toSorted(), ['1', '2']);
    assert.equal(await worker.left(), 1);
    assert.ok(worker.pipeline.counters.redelivered >= 3);
  });
});
