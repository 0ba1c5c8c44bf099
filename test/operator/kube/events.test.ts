import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { events, type Happening, type KubeEvent } from '../../../operator/kube/event-series.ts';
import { EventRecorder } from '../../../operator/kube/events.ts';
import { configMap } from '../../support/kube/kinds.ts';
import { VirtualCluster } from '../../support/kube/virtual-cluster.ts';

class Recorded extends VirtualCluster {
  readonly recorder = new EventRecorder({
    client: this.client,
    controller: 'test.dev/operator',
    instance: 'pod-1',
    clock: this.clock,
    log: this.log,
  });
  readonly #end = new AbortController();
  #ended: Promise<void> | undefined;

  start(): this {
    this.#ended = this.recorder.run(this.#end.signal);
    return this;
  }

  record(overrides: Partial<Happening> = {}): void {
    const regarding = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { ...configMap('ns', 'subject').metadata, uid: 'u1', resourceVersion: '7' },
    };
    this.recorder.record({
      regarding,
      type: 'Normal',
      reason: 'Tested',
      action: 'Test',
      note: 'Tested.',
      ...overrides,
    });
  }

  async end(): Promise<void> {
    this.#end.abort();
    await this.clock.advance(2000);
    await this.#ended;
  }

  get written(): KubeEvent[] {
    return this.server.of(events).all() as KubeEvent[];
  }

  get writes(): number {
    return this.server.count('POST', /events/) + this.server.count('PATCH', /events/);
  }
}

describe('the event recorder', () => {
  it('writes an event of events.k8s.io/v1 about an object', async () => {
    const cluster = new Recorded().start();
    cluster.record();
    await cluster.clock.advance(0);
    const [event] = cluster.written;
    assert.ok(event);
    const { metadata, apiVersion, kind, ...fields } = event;
    assert.equal(apiVersion, 'events.k8s.io/v1');
    assert.match(metadata.name, /^subject\.[0-9a-f]{16}$/);
    assert.equal(metadata.namespace, 'ns');
    assert.deepEqual(fields, {
      type: 'Normal',
      reason: 'Tested',
      action: 'Test',
      note: 'Tested.',
      eventTime: '2026-01-01T00:00:00.000000Z',
      regarding: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        namespace: 'ns',
        name: 'subject',
        uid: 'u1',
        resourceVersion: '7',
      },
      reportingController: 'test.dev/operator',
      reportingInstance: 'pod-1',
    });
    await cluster.end();
  });

  it('counts what is the same, in few writes', async () => {
    const cluster = new Recorded().start();
    for (let i = 0; i < 300; i++) {
      cluster.record();
      await cluster.clock.advance(1000);
    }
    await cluster.clock.advance(60_000);
    assert.equal(cluster.written.length, 1);
    assert.equal(cluster.written[0]?.series?.count, 300);
    assert.ok(cluster.writes <= 9, `${cluster.writes} writes`);
    await cluster.end();
  });

  it('begins a new series after six quiet minutes', async () => {
    const cluster = new Recorded().start();
    cluster.record();
    await cluster.clock.advance(361_000);
    cluster.record();
    await cluster.clock.advance(0);
    assert.equal(cluster.written.length, 2);
    await cluster.end();
  });

  const differences: [string, Partial<Happening>][] = [
    ['reason', { reason: 'Other' }],
    ['action', { action: 'Other' }],
    ['type', { type: 'Warning' }],
    ['note', { note: 'Other.' }],
    ['object', { regarding: configMap('ns', 'other') }],
  ];
  for (const [what, overrides] of differences) {
    it(`tells apart what differs in its ${what}`, async () => {
      const cluster = new Recorded().start();
      cluster.record();
      cluster.record(overrides);
      await cluster.clock.advance(0);
      assert.equal(cluster.written.length, 2);
      await cluster.end();
    });
  }

  it('lets no object flood the API server: 25 at once, then one in five minutes', async () => {
    const cluster = new Recorded().start();
    for (let i = 0; i < 100; i++) cluster.record({ note: `Attempt ${i}.` });
    await cluster.clock.advance(0);
    assert.equal(cluster.written.length, 25);
    assert.equal(cluster.recorder.dropped, 75);
    await cluster.clock.advance(300_000);
    cluster.record({ note: 'Later.' });
    cluster.record({ regarding: configMap('ns', 'other') });
    await cluster.clock.advance(0);
    assert.equal(cluster.written.length, 27);
    await cluster.end();
  });

  it('keeps at most a thousand waiting, and never makes anyone wait', async () => {
    const cluster = new Recorded();
    for (let i = 0; i < 1500; i++) cluster.record({ regarding: configMap('ns', `object-${i}`) });
    assert.equal(cluster.recorder.dropped, 500);
    cluster.start();
    await cluster.clock.advance(0);
    assert.equal(cluster.written.length, 1000);
    await cluster.end();
  });

  it('tries again every ten seconds while the server is away, twelve times', async () => {
    const cluster = new Recorded().start();
    cluster.transport.partitioned = true;
    cluster.record();
    await cluster.clock.advance(50_000);
    cluster.transport.partitioned = false;
    await cluster.clock.advance(10_000);
    assert.equal(cluster.written.length, 1);
    cluster.transport.partitioned = true;
    cluster.record({ reason: 'Lost' });
    await cluster.clock.advance(120_000);
    assert.equal(cluster.recorder.dropped, 1);
    await cluster.end();
  });

  it('writes an event once although the answer was lost', async () => {
    const cluster = new Recorded().start();
    cluster.server.fault({ method: 'POST', action: 'drop after send' });
    cluster.record();
    await cluster.clock.advance(10_000);
    assert.equal(cluster.written.length, 1);
    assert.equal(cluster.recorder.dropped, 0);
    await cluster.end();
  });

  it('gives up what the server refuses, and says so', async () => {
    const cluster = new Recorded().start();
    const body = JSON.stringify({ kind: 'Status', code: 403, reason: 'Forbidden', message: 'no' });
    cluster.server.fault({ method: 'POST', action: { status: 403, body } });
    cluster.record();
    cluster.record({ reason: 'Next' });
    await cluster.clock.advance(0);
    assert.equal(cluster.written.length, 1);
    assert.match(cluster.log.messages('warn').join(), /refused/);
    await cluster.end();
  });

  it('writes a series anew whose event is gone', async () => {
    const cluster = new Recorded().start();
    cluster.record();
    await cluster.clock.advance(0);
    const [event] = cluster.written;
    cluster.server.of(events).delete(`ns/${event?.metadata.name}`);
    cluster.record();
    await cluster.clock.advance(10_000);
    assert.equal(cluster.written[0]?.series?.count, 2);
    await cluster.end();
  });

  it('shortens a note to what the API takes, between characters', async () => {
    const cluster = new Recorded().start();
    cluster.record({ note: 'ä'.repeat(1000) });
    await cluster.clock.advance(0);
    const note = cluster.written[0]?.note ?? '';
    assert.ok(Buffer.byteLength(note) <= 1024 && note.endsWith('ä...'));
    await cluster.end();
  });

  it('writes what waits before it ends, within two seconds', async () => {
    const cluster = new Recorded().start();
    await cluster.clock.advance(0);
    cluster.record();
    await cluster.end();
    assert.equal(cluster.written.length, 1);
    const stuck = new Recorded().start();
    stuck.server.fault({ action: 'hang', times: 10 });
    stuck.record();
    await stuck.clock.advance(0);
    await stuck.end();
    assert.equal(stuck.clock.pending, 0);
  });
});
