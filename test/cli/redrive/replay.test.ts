import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AwsError } from '../../../aws/errors.ts';
import type { QueuePort, SendPort } from '../../../aws/ports.ts';
import { type ReplayPlan, type ReplaySummary, replay } from '../../../cli/redrive/replay.ts';
import { TwoQueues } from './letters.ts';

type Ports = { readonly from?: QueuePort; readonly to?: SendPort };

/** Replays in virtual time, to its end. */
async function replayed(
  queues: TwoQueues,
  plan: Partial<ReplayPlan> = {},
  ports: Ports = {},
  signal = new AbortController().signal,
): Promise<ReplaySummary> {
  const full = { filter: {}, ratePerSecond: 1_000, max: 1_000, fifo: queues.fifo, ...plan };
  const dependencies = { from: queues.deadLetters, to: queues.queue, ...ports, clock: queues.clock };
  let summary: ReplaySummary | Error | undefined;
  replay(full, dependencies, signal).then(
    (result) => {
      summary = result;
    },
    (error) => {
      summary = error;
    },
  );
  await queues.clock.advanceUntil(() => summary !== undefined);
  if (summary === undefined || summary instanceof Error) throw summary;
  return summary;
}

const bodies = (seen: readonly { readonly body: string }[]) => seen.map(({ body }) => body);

describe('a replay', () => {
  for (const fifo of [false, true]) {
    it(`sends everything back without the evidence, and empties the queue, ${fifo ? 'FIFO' : 'standard'}`, async () => {
      const queues = new TwoQueues(fifo);
      await queues.write(Array.from({ length: 25 }, (_, n) => (n === 7 ? undefined : {})));
      const { firstFailure, ...summary } = await replayed(queues);
      const counts = { seen: 25, matched: 25, replayed: 25, failed: 0, notDeleted: 0, complete: true };
      assert.deepEqual([summary, firstFailure], [counts, undefined]);
      assert.deepEqual(await queues.visible(queues.deadLetterUrl), []);
      if (fifo) return;
      const back = await queues.visible(queues.queueUrl);
      assert.deepEqual(
        bodies(back),
        Array.from({ length: 25 }, (_, n) => String(n)),
      );
      for (const { attributes } of back) assert.deepEqual(attributes, ['tenant']);
    });
  }

  it('takes what matches, and gives the rest back at once', async () => {
    const queues = new TwoQueues();
    await queues.write([{ status: 422 }, { status: 400 }, { reason: 'TooOld' }, undefined, { status: 422 }]);
    const { seen, replayed: sent } = await replayed(queues, { filter: { status: [{ from: 422, to: 422 }] } });
    assert.deepEqual([seen, sent], [5, 3]);
    assert.deepEqual(bodies(await queues.visible(queues.deadLetterUrl)), ['1', '3']);
    assert.deepEqual(bodies(await queues.visible(queues.queueUrl)), ['0', '2', '4']);
  });

  it('keeps to its rate', async () => {
    const queues = new TwoQueues();
    await queues.write(Array.from({ length: 30 }, () => ({})));
    const sentMs: number[] = [];
    const to: SendPort = {
      sendBatch: (messages) => {
        for (const _ of messages) sentMs.push(queues.clock.monotonic());
        return queues.queue.sendBatch(messages);
      },
    };
    await replayed(queues, { ratePerSecond: 5 }, { to });
    assert.equal(sentMs.length, 30);
    for (const [n, atMs] of sentMs.entries()) {
      assert.ok(
        sentMs.filter((other) => other >= atMs && other < atMs + 1_000).length <= 5,
        `more than 5 from ${n} on`,
      );
    }
    assert.ok((sentMs.at(-1) ?? 0) <= 5_001);
  });

  it('ends after the most that it may send', async () => {
    const queues = new TwoQueues();
    await queues.write(Array.from({ length: 30 }, () => ({})));
    const { replayed: sent, complete } = await replayed(queues, { max: 12 });
    assert.deepEqual([sent, complete], [12, true]);
    assert.equal((await queues.visible(queues.deadLetterUrl)).length, 18);
  });

  it('leaves a letter that could not be sent, and says why', async () => {
    const queues = new TwoQueues();
    await queues.write([{}, {}]);
    const failure = { code: 'InvalidMessageContents', message: 'no', senderFault: true };
    const to: SendPort = {
      sendBatch: async (messages) => {
        const accepted = await queues.queue.sendBatch(messages.filter(({ body }) => body !== '0'));
        return messages.map(({ body }) => (body === '0' ? failure : accepted[0]));
      },
    };
    const { replayed: sent, failed, firstFailure } = await replayed(queues, {}, { to });
    assert.deepEqual([sent, failed, firstFailure], [1, 1, failure]);
    assert.deepEqual(bodies(await queues.visible(queues.deadLetterUrl)), ['0']);
    assert.deepEqual(bodies(await queues.visible(queues.queueUrl)), ['1']);
  });

  it('that broke off between send and delete is run again without a second message, on a FIFO queue', async () => {
    const queues = new TwoQueues(true);
    await queues.write([{}, {}, {}]);
    const from: QueuePort = {
      ...queues.deadLetters,
      deleteBatch: async () => {
        throw new AwsError('Network', 'cut');
      },
    };
    await assert.rejects(replayed(queues, {}, { from }), { code: 'Network' });
    const { replayed: sent } = await replayed(queues);
    assert.equal(sent, 3);
    assert.deepEqual(bodies(await queues.visible(queues.queueUrl)), ['0', '1', '2']);
    assert.deepEqual(await queues.visible(queues.deadLetterUrl), []);
  });

  it('stops when it is interrupted, gives back what it has not sent, and says that there is more', async () => {
    const queues = new TwoQueues();
    await queues.write(Array.from({ length: 20 }, () => ({})));
    const stop = new AbortController();
    queues.clock.setTimeout(() => stop.abort(), 3_500);
    const { replayed: sent, complete } = await replayed(queues, { ratePerSecond: 1 }, {}, stop.signal);
    assert.deepEqual([sent, complete], [4, false]);
    assert.equal((await queues.visible(queues.deadLetterUrl)).length, 16);
  });
});
