import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Deadlines } from '../../../aws/embedded/deadlines.ts';
import { Deque } from '../../../aws/embedded/deque.ts';
import { checkProperty } from '../../support/properties.ts';
import { Fixture, type Received } from './fixture.ts';

/** One thing that somebody does to a queue; `who` and `which` choose among what there is. */
type Step =
  | { readonly kind: 'send'; readonly group: number; readonly delaySeconds: number }
  | { readonly kind: 'receive'; readonly max: number; readonly visibilitySeconds: number }
  | { readonly kind: 'delete' | 'release'; readonly which: number }
  | { readonly kind: 'extend'; readonly which: number; readonly seconds: number }
  | { readonly kind: 'wait'; readonly seconds: number };

const which = fc.nat({ max: 20 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('send' as const),
    group: fc.nat({ max: 1 }),
    delaySeconds: fc.constantFrom(0, 0, 0, 3),
  }),
  fc.record({
    kind: fc.constant('receive' as const),
    max: fc.integer({ min: 1, max: 10 }),
    visibilitySeconds: fc.nat({ max: 6 }),
  }),
  fc.record({ kind: fc.constantFrom('delete' as const, 'release' as const), which }),
  fc.record({ kind: fc.constant('extend' as const), which, seconds: fc.integer({ min: 1, max: 10 }) }),
  fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 4 }) }),
);
const steps = fc.array(step, { minLength: 20, maxLength: 60 });

/** What a message is known to be, kept apart from the queue: the model that it is compared with. */
type Known = { readonly body: string; readonly group: string; handle: string; heldUntilMs: number; deleted: boolean };

/** Does the steps on a queue and checks each receive against what is known. */
class Model {
  readonly #aws = new Fixture();
  readonly #url: string;
  readonly #fifo: boolean;
  readonly #known = new Map<string, Known>();

  constructor(fifo: boolean) {
    this.#fifo = fifo;
    this.#url = this.#aws.sqs.createQueue(fifo ? 'q.fifo' : 'q');
  }

  async do(step: Step): Promise<void> {
    if (step.kind === 'send') return this.#send(step.group, step.delaySeconds);
    if (step.kind === 'receive') return this.#receive(step.max, step.visibilitySeconds);
    if (step.kind === 'wait') return this.#aws.clock.advance(step.seconds * 1000);
    const held = [...this.#known.values()].filter((known) => !known.deleted && known.heldUntilMs > this.#now());
    const known = held[step.which % Math.max(1, held.length)];
    if (known === undefined) return;
    const message = { ReceiptHandle: known.handle, MessageId: '', Body: '', Attributes: {} };
    if (step.kind === 'delete') {
      await this.#aws.delete(this.#url, message);
      known.deleted = true;
    } else {
      const seconds = step.kind === 'extend' ? step.seconds : 0;
      await this.#aws.changeVisibility(this.#url, message, seconds);
      known.heldUntilMs = this.#now() + seconds * 1000;
    }
  }

  /** Receives and deletes until nothing is left: all that was sent and not deleted must come. */
  async drain(): Promise<void> {
    await this.#aws.clock.advance(20_000);
    for (let messages = await this.#take(10, 30); messages.length > 0; messages = await this.#take(10, 30)) {
      for (const message of messages) await this.#aws.delete(this.#url, message);
      for (const message of messages) this.#knownOf(message).deleted = true;
    }
    assert.ok(
      [...this.#known.values()].every(({ deleted }) => deleted),
      'a message was lost',
    );
    assert.deepEqual(await this.#aws.counts(this.#url), [0, 0, 0]);
  }

  async #send(group: number, delaySeconds: number): Promise<void> {
    const body = String(this.#known.size);
    const delay = this.#fifo ? {} : { DelaySeconds: delaySeconds };
    const id = await this.#aws.send(this.#url, body, { MessageGroupId: `g${group}`, ...delay });
    this.#known.set(id, { body, group: `g${group}`, handle: '', heldUntilMs: 0, deleted: false });
  }

  async #receive(max: number, visibilitySeconds: number): Promise<void> {
    await this.#take(max, visibilitySeconds);
    const held = [...this.#known.values()].filter((known) => !known.deleted && known.heldUntilMs > this.#now());
    const [, inFlight] = await this.#aws.counts(this.#url);
    assert.equal(inFlight, held.length, 'the counter of messages in flight is wrong');
  }

  async #take(max: number, visibilitySeconds: number): Promise<readonly Received[]> {
    const messages = await this.#aws.receive(this.#url, {
      MaxNumberOfMessages: max,
      VisibilityTimeout: visibilitySeconds,
    });
    if (this.#fifo) this.#checkOrder(messages);
    for (const message of messages) {
      const known = this.#knownOf(message);
      assert.ok(!known.deleted, 'a deleted message was received');
      assert.ok(known.heldUntilMs <= this.#now(), 'a message has two holders at once');
      known.handle = message.ReceiptHandle;
      known.heldUntilMs = this.#now() + visibilitySeconds * 1000;
    }
    return messages;
  }

  /** What a receive gets of a group must be the first messages of it that are there, and none of it may be held. */
  #checkOrder(messages: readonly Received[]): void {
    for (const group of new Set(messages.map((message) => this.#knownOf(message).group))) {
      const there = [...this.#known.values()].filter((known) => known.group === group && !known.deleted);
      assert.ok(
        there.every(({ heldUntilMs }) => heldUntilMs <= this.#now()),
        'a blocked group was received from',
      );
      const got = messages.filter((message) => this.#knownOf(message).group === group).map(({ Body }) => Body);
      assert.deepEqual(
        got,
        there.slice(0, got.length).map(({ body }) => body),
        'out of order',
      );
    }
  }

  #knownOf(message: Received): Known {
    const known = this.#known.get(message.MessageId);
    assert.ok(known, 'a message was received that nobody sent');
    return known;
  }

  #now(): number {
    return this.#aws.clock.monotonic();
  }
}

for (const fifo of [false, true]) {
  test(`a ${fifo ? 'FIFO' : 'standard'} queue loses nothing, gives nothing to two holders, and keeps its order`, async () => {
    await checkProperty(
      fc.asyncProperty(steps, async (sequence) => {
        const model = new Model(fifo);
        for (const step of sequence) await model.do(step);
        await model.drain();
      }),
      { numRuns: 150 },
    );
  });
}

test('deadlines leave in the order of their times, those of the same time as they came, whatever is removed', () => {
  const times = fc.array(fc.record({ at: fc.nat({ max: 30 }), removed: fc.boolean() }), {
    minLength: 20,
    maxLength: 60,
  });
  checkProperty(
    fc.property(times, (entries) => {
      const deadlines = new Deadlines<number>();
      const added = entries.map(({ at }, index) => deadlines.add(index, at));
      entries.forEach(({ removed }, index) => {
        const deadline = added[index];
        if (removed && deadline !== undefined) deadlines.remove(deadline);
      });
      const left: number[] = [];
      for (let first = deadlines.first; first !== undefined; first = deadlines.first) {
        left.push(first.item);
        deadlines.remove(first);
        deadlines.remove(first);
      }
      const kept = entries.map((entry, index) => ({ ...entry, index })).filter(({ removed }) => !removed);
      assert.deepEqual(
        left,
        kept.sort((a, b) => a.at - b.at || a.index - b.index).map(({ index }) => index),
      );
    }),
  );
});

test('a deque is an array that loses its first element', () => {
  checkProperty(
    fc.property(fc.array(fc.boolean(), { maxLength: 500 }), (pushes) => {
      const [deque, array] = [new Deque<number>(), [] as number[]];
      pushes.forEach((push, n) => {
        if (push || n % 3 > 0) {
          deque.push(n);
          array.push(n);
        } else {
          assert.equal(deque.shift(), array.shift());
        }
        assert.deepEqual(
          [deque.length, deque.at(0), deque.at(array.length - 1)],
          [array.length, array[0], array.at(-1)],
        );
      });
    }),
  );
});
