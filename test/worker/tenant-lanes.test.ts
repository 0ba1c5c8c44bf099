import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { TenantLanes } from '../../worker/tenant-lanes.ts';
import { checkProperty } from '../support/properties.ts';
import { message } from './support.ts';
import { VirtualWorker } from './virtual-worker.ts';

const of = (groupId: string | undefined, receivedMs = 0) => message({ groupId, receivedMs });

/** Takes out all that may go, and returns the tenants in that order. */
function takeAll(lanes: TenantLanes): (string | undefined)[] {
  const tenants: (string | undefined)[] = [];
  for (let taken = lanes.take(); taken !== undefined; taken = lanes.take()) tenants.push(taken.groupId);
  return tenants;
}

describe('the lanes of tenants', () => {
  it('take turns, however many messages a tenant has', () => {
    const lanes = new TenantLanes(() => 64);
    for (let n = 0; n < 5; n++) lanes.add(of('noisy'));
    lanes.add(of('quiet'));
    lanes.add(of(undefined));
    lanes.add(of('quiet'));
    assert.deepEqual(takeAll(lanes), ['noisy', 'quiet', undefined, 'noisy', 'quiet', 'noisy', 'noisy', 'noisy']);
  });

  it('leave the last slots to others', () => {
    const lanes = new TenantLanes(() => 16);
    const noisy = Array.from({ length: 30 }, () => of('noisy'));
    for (const one of noisy) lanes.add(one);
    lanes.add(of('quiet'));
    assert.equal(takeAll(lanes).filter((tenant) => tenant === 'noisy').length, 14);
    assert.equal(lanes.deferred, 16);
    lanes.advance(noisy[0] ?? assert.fail());
    assert.deepEqual(takeAll(lanes), ['noisy']);
  });

  it('give a tenant that is alone all slots, and again when the others have been silent for a minute', () => {
    const lanes = new TenantLanes(() => 16);
    for (let n = 0; n < 20; n++) lanes.add(of('only'));
    assert.equal(takeAll(lanes).length, 20);
    const later = new TenantLanes(() => 16);
    later.add(of('quiet', 0));
    for (let n = 0; n < 20; n++) later.add(of('noisy', 60_000));
    assert.equal(takeAll(later).length, 1 + 14);
    later.add(of('noisy', 60_001));
    assert.equal(takeAll(later).length, 7);
  });

  it('do not hold back messages without a group id', () => {
    const lanes = new TenantLanes(() => 4);
    lanes.add(of('tenant'));
    for (let n = 0; n < 10; n++) lanes.add(of(undefined));
    assert.equal(takeAll(lanes).length, 11);
    assert.equal(lanes.deferred, 0);
  });

  it('lose nothing and forget who has gone, whatever happens', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('add' as const), tenant: fc.constantFrom('a', 'b', 'c', undefined) }),
      fc.record({ do: fc.constantFrom('take' as const, 'accept' as const, 'refuse' as const, 'retry' as const) }),
    );
    checkProperty(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 8 }), (steps, slots) => {
        const lanes = new TenantLanes(() => slots);
        const waiting = new Set<unknown>();
        const out: ReturnType<typeof of>[] = [];
        for (const drawn of steps) {
          if (drawn.do === 'add') {
            const added = of(drawn.tenant);
            lanes.add(added);
            waiting.add(added);
          } else if (drawn.do === 'take') {
            const taken = lanes.take();
            if (taken === undefined) continue;
            assert.ok(waiting.delete(taken), 'it waited');
            out.push(taken);
          } else {
            const ended = out.shift();
            if (ended === undefined) continue;
            if (drawn.do === 'accept') lanes.advance(ended);
            else if (drawn.do === 'refuse') lanes.fail(ended);
            else {
              lanes.retry(ended);
              waiting.add(ended);
            }
          }
          assert.ok(lanes.deferred <= waiting.size);
          if (out.length === 0 && waiting.size > 0) {
            const next = lanes.take();
            assert.ok(next !== undefined, 'with free slots something may go');
            lanes.retry(next);
          }
        }
        assert.deepEqual(new Set(lanes.clear()), waiting);
        assert.equal(lanes.take(), undefined);
      }),
    );
  });
});

describe('the pipeline on a standard queue with tenants', () => {
  it('delivers the messages of a quiet tenant at once while the requests of a noisy one hang', async () => {
    const worker = new VirtualWorker({ recipient: { concurrency: { maxPerReplica: 16, adaptive: false } } });
    worker.recipient.answer = ({ groupId }) => ({ latencyMs: groupId === 'noisy' ? 20_000 : 20 });
    const send = (tenant: string) =>
      worker.sqs.call('SendMessage', { QueueUrl: worker.queueUrl, MessageBody: tenant, MessageGroupId: tenant });
    await send('quiet');
    for (let n = 0; n < 20; n++) await send('noisy');
    worker.pipeline.start();
    await worker.clock.advance(2_000);
    assert.equal(worker.recipient.open, 14);
    for (let n = 1; n <= 10; n++) {
      await send('quiet');
      await worker.clock.advance(1_000);
      assert.equal(worker.recipient.accepted.filter(({ body }) => body === 'quiet').length, n + 1);
    }
  });
});
