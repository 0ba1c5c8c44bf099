import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Clock, sleep, type Timer } from '../../../operator/kube/clock.ts';
import { LeaderElector } from '../../../operator/kube/leader-election.ts';
import { type Lease, leases, microTime } from '../../../operator/kube/lease.ts';
import { failureOf } from '../../support/kube/errors.ts';
import { configMap, configMaps } from '../../support/kube/kinds.ts';
import { RecordedLog, VirtualCluster } from '../../support/kube/virtual-cluster.ts';
import { checkProperty } from '../../support/properties.ts';

/** A clock that is wrong, and that can be halted with the process that reads it: its timers wait, its time does not. */
class ProcessClock implements Clock {
  readonly #base: Clock;
  readonly #skewMs: number;
  #halted: (() => void)[] | undefined;

  constructor(base: Clock, skewMs = 0) {
    this.#base = base;
    this.#skewMs = skewMs;
  }

  now(): number {
    return this.#base.now() + this.#skewMs;
  }

  monotonic(): number {
    return this.#base.monotonic();
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    let cancelled = false;
    const fire = () => {
      if (!cancelled) callback();
    };
    const timer = this.#base.setTimeout(() => (this.#halted === undefined ? fire() : this.#halted.push(fire)), delayMs);
    return {
      cancel() {
        cancelled = true;
        timer.cancel();
      },
    };
  }

  halt(): void {
    this.#halted ??= [];
  }

  resume(): void {
    const due = this.#halted ?? [];
    this.#halted = undefined;
    for (const fire of due) fire();
  }
}

/** A process that contends, with a connection and a clock of its own. */
function contender(cluster: VirtualCluster, identity: string, { skewMs = 0, random = (): number => 0 } = {}) {
  const clock = new ProcessClock(cluster.clock, skewMs);
  const { client, transport } = cluster.connect();
  const log = new RecordedLog();
  const elector = new LeaderElector({ client, namespace: 'ns', name: 'lock', identity, clock, random, log });
  const state = { leads: false, lost: false, ended: false };
  const end = new AbortController();
  void elector.elected.then(() => {
    state.leads = true;
  });
  void elector.lost.then(() => {
    state.lost = true;
  });
  const start = () =>
    void elector.run(end.signal).then(() => {
      state.ended = true;
    });
  return { elector, clock, client, transport, state, start, end, log };
}

function leaseOf(cluster: VirtualCluster): Lease {
  return cluster.server.of(leases).get('ns/lock') as Lease;
}

describe('leader election', () => {
  it('elects one of two, who renews every two seconds and may write', async () => {
    const cluster = new VirtualCluster();
    const [a, b] = [contender(cluster, 'a'), contender(cluster, 'b')];
    a.start();
    b.start();
    await cluster.clock.advance(60_000);
    assert.deepEqual([a.state.leads, b.state.leads], [true, false]);
    assert.deepEqual([a.elector.mayWrite(), b.elector.mayWrite()], [true, false]);
    assert.equal(b.elector.leader, 'a');
    const { spec } = leaseOf(cluster);
    assert.equal(spec?.leaseDurationSeconds, 15);
    assert.equal(spec?.leaseTransitions, 0);
    assert.match(spec?.renewTime ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    assert.equal(cluster.server.count('PUT', /leases\/lock/), 30);
  });

  it('spreads contenders: who does not lead waits up to 2.2 times as long', async () => {
    const cluster = new VirtualCluster();
    contender(cluster, 'a').start();
    await cluster.clock.advance(0);
    contender(cluster, 'b', { random: () => 1 - Number.EPSILON }).start();
    await cluster.clock.advance(0);
    const before = cluster.server.count('GET', /leases\/lock/);
    await cluster.clock.advance(43_999);
    assert.equal(cluster.server.count('GET', /leases\/lock/) - before, 9);
  });

  it('hands over at once when the leader gives the lease back', async () => {
    const cluster = new VirtualCluster();
    const [a, b] = [contender(cluster, 'a'), contender(cluster, 'b')];
    a.start();
    await cluster.clock.advance(0);
    b.start();
    await cluster.clock.advance(10_000);
    a.end.abort();
    assert.ok(a.elector.mayWrite());
    await cluster.clock.advance(0);
    assert.deepEqual([a.elector.mayWrite(), a.state.ended, a.state.lost], [false, true, false]);
    assert.equal(leaseOf(cluster).spec?.holderIdentity, '');
    await cluster.clock.advance(2000);
    assert.ok(b.elector.mayWrite());
    assert.equal(leaseOf(cluster).spec?.leaseTransitions, 1);
  });

  for (const [what, skewMs] of [
    ['an hour ahead', 3600_000],
    ['an hour behind', -3600_000],
  ] as const) {
    it(`takes over 15 s after it last saw the leader renew, with a clock ${what}`, async () => {
      const cluster = new VirtualCluster();
      const [a, b] = [contender(cluster, 'a'), contender(cluster, 'b', { skewMs })];
      a.start();
      await cluster.clock.advance(0);
      b.start();
      await cluster.clock.advance(20_000);
      assert.equal(b.state.leads, false);
      a.transport.partitioned = true;
      const startMs = cluster.clock.monotonic();
      await cluster.clock.advanceUntil(() => b.state.leads, 60_000);
      const tookMs = cluster.clock.monotonic() - startMs;
      assert.ok(tookMs > 12_000 && tookMs <= 17_000, `${tookMs} ms`);
      assert.equal(a.elector.mayWrite(), false);
    });
  }

  it('ends the lead 10 s after the last renewal that came through, well before anybody else can take it', async () => {
    const cluster = new VirtualCluster();
    const a = contender(cluster, 'a');
    a.start();
    await cluster.clock.advance(4000);
    a.transport.partitioned = true;
    await cluster.clock.advance(9_999);
    assert.equal(a.elector.mayWrite(), true);
    await cluster.clock.advance(1);
    assert.deepEqual([a.elector.mayWrite(), a.elector.ended.aborted, a.state.lost], [false, true, true]);
    a.transport.partitioned = false;
    await cluster.clock.advance(60_000);
    assert.deepEqual([a.elector.mayWrite(), a.state.ended], [false, true]);
  });

  it('counts its time from when it sent a renewal, not from when it heard of it', async () => {
    const cluster = new VirtualCluster();
    const a = contender(cluster, 'a');
    a.start();
    await cluster.clock.advance(0);
    a.transport.delay = () => sleep(cluster.clock, 4000);
    await cluster.clock.advance(6000);
    a.transport.partitioned = true;
    await cluster.clock.advance(5999);
    assert.equal(a.elector.mayWrite(), true);
    await cluster.clock.advance(1);
    assert.equal(a.elector.mayWrite(), false);
  });

  it('never comes back after it has lost the lead', async () => {
    const cluster = new VirtualCluster();
    const a = contender(cluster, 'a');
    a.start();
    await cluster.clock.advance(0);
    a.transport.partitioned = true;
    await cluster.clock.advance(10_000);
    a.transport.partitioned = false;
    const writes = cluster.server.count('PUT', /leases/);
    await cluster.clock.advance(3600_000);
    assert.equal(cluster.server.count('PUT', /leases/), writes);
    await assert.rejects(a.elector.run(new AbortController().signal), /started before/);
  });

  it('refuses writes of a process that was halted past its lease, before any timer has fired', async () => {
    const cluster = new VirtualCluster();
    const [a, b] = [contender(cluster, 'a'), contender(cluster, 'b')];
    a.start();
    await cluster.clock.advance(0);
    b.start();
    const fenced = a.client.guarded(a.elector.guard);
    await fenced.create(configMaps, configMap('ns', 'before'));
    a.clock.halt();
    await cluster.clock.advance(60_000);
    assert.ok(b.elector.mayWrite());
    // Its timers have not fired yet: what runs first after the halt is the rest of a reconcile.
    assert.equal(a.elector.ended.aborted, false);
    const error = await failureOf(fenced.create(configMaps, configMap('ns', 'after')));
    assert.deepEqual([error.isWriteRefused, error.isOutcomeUnknown], [true, false]);
    a.clock.resume();
    await cluster.clock.advance(0);
    assert.deepEqual([a.state.lost, a.elector.ended.aborted], [true, true]);
    assert.equal(leaseOf(cluster).spec?.holderIdentity, 'b');
  });

  it('ends writes under way when the lead ends', async () => {
    const cluster = new VirtualCluster();
    const a = contender(cluster, 'a');
    a.start();
    await cluster.clock.advance(0);
    cluster.server.fault({ method: 'POST', path: /configmaps/, action: 'hang' });
    const write = failureOf(a.client.guarded(a.elector.guard).create(configMaps, configMap('ns', 'slow')));
    a.transport.partitioned = true;
    await cluster.clock.advance(10_000);
    const error = await write;
    assert.deepEqual([error.isWriteRefused, error.isOutcomeUnknown], [true, true]);
  });

  it('lets reads pass without the lead', async () => {
    const cluster = new VirtualCluster();
    const a = contender(cluster, 'a');
    const fenced = a.client.guarded(a.elector.guard);
    assert.deepEqual((await fenced.list(configMaps)).items, []);
    assert.ok((await failureOf(fenced.delete(configMaps, { namespace: 'ns', name: 'x' }))).isWriteRefused);
  });

  it('ends the lead at once when it finds another in its place', async () => {
    const cluster = new VirtualCluster();
    const a = contender(cluster, 'a');
    a.start();
    await cluster.clock.advance(4000);
    const stolen = leaseOf(cluster);
    cluster.server
      .of(leases)
      .replace({ ...stolen, ...{ spec: { ...stolen.spec, holderIdentity: 'thief' } } }, 'main', 'x');
    await cluster.clock.advance(2000);
    assert.deepEqual([a.elector.mayWrite(), a.state.lost], [false, true]);
    assert.equal(leaseOf(cluster).spec?.holderIdentity, 'thief');
  });

  it('does not let a late write of a former leader through', async () => {
    const cluster = new VirtualCluster();
    const a = contender(cluster, 'a');
    a.start();
    await cluster.clock.advance(4000);
    const late = leaseOf(cluster);
    await cluster.clock.advance(4000);
    assert.ok((await failureOf(cluster.client.replace(leases, late))).isConflict);
  });

  it('renews although the answer to a renewal was lost', async () => {
    const cluster = new VirtualCluster();
    const a = contender(cluster, 'a');
    a.start();
    await cluster.clock.advance(1000);
    cluster.server.fault({ method: 'PUT', path: /leases/, action: 'drop after send' });
    await cluster.clock.advance(60_000);
    assert.ok(a.elector.mayWrite());
    assert.equal(leaseOf(cluster).spec?.leaseTransitions, 0);
  });

  it('outlives an API server that fails for less than the renew deadline', async () => {
    const cluster = new VirtualCluster();
    const a = contender(cluster, 'a');
    a.start();
    await cluster.clock.advance(0);
    cluster.server.fault({ action: 'hang' });
    await cluster.clock.advance(20_000);
    cluster.server.fault({ action: { status: 500, body: '' }, times: 6 });
    await cluster.clock.advance(60_000);
    assert.ok(a.elector.mayWrite());
  });

  it('makes a lease anew that somebody has deleted', async () => {
    const cluster = new VirtualCluster();
    const a = contender(cluster, 'a');
    a.start();
    await cluster.clock.advance(3000);
    cluster.server.of(leases).delete('ns/lock');
    await cluster.clock.advance(3000);
    assert.ok(a.elector.mayWrite());
    assert.equal(leaseOf(cluster).spec?.holderIdentity, 'a');
  });

  it('contends as long as it takes, and ends when told to', async () => {
    const cluster = new VirtualCluster();
    const a = contender(cluster, 'a');
    a.transport.partitioned = true;
    a.start();
    await cluster.clock.advance(3600_000);
    a.transport.partitioned = false;
    await cluster.clock.advance(3000);
    assert.ok(a.state.leads);
    a.end.abort();
    await cluster.clock.advance(0);
    assert.equal(a.state.ended, true);
    assert.equal(cluster.clock.pending, 0);
  });

  it('never has two that may write, whatever happens to them', async () => {
    const step = fc.record({
      who: fc.constantFrom(0, 1, 2),
      what: fc.constantFrom('partition', 'heal', 'halt', 'resume', 'fail', 'hang', 'drop', 'nothing'),
      ms: fc.integer({ min: 0, max: 8000 }),
    });
    await checkProperty(
      fc.asyncProperty(
        fc.array(step, { maxLength: 25 }),
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        async (steps, dice) => {
          const cluster = new VirtualCluster();
          const random = () => dice.next().value;
          const skews = [0, 7200_000, -7200_000];
          const all = skews.map((skewMs, i) => contender(cluster, `p${i}`, { skewMs, random }));
          for (const each of all) each.start();
          for (const { who, what, ms } of steps) {
            const target = all[who];
            assert.ok(target);
            if (what === 'partition') target.transport.partitioned = true;
            else if (what === 'heal') target.transport.partitioned = false;
            else if (what === 'halt') target.clock.halt();
            else if (what === 'resume') target.clock.resume();
            else if (what === 'fail') cluster.server.fault({ action: { status: 500, body: '' }, times: 3 });
            else if (what === 'hang') cluster.server.fault({ action: 'hang', times: 2 });
            else if (what === 'drop') cluster.server.fault({ method: 'PUT', action: 'drop after send' });
            for (let passed = 0; passed <= ms; passed += 250) {
              await cluster.clock.advance(Math.min(250, ms - passed));
              assert.ok(all.filter(({ elector }) => elector.mayWrite()).length <= 1);
            }
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('a time in microseconds', () => {
  it('has six digits', () =>
    assert.equal(microTime(Date.parse('2026-01-02T03:04:05.678Z')), '2026-01-02T03:04:05.678000Z'));
});
