import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeCourier } from '../../api/courier.ts';
import { formatPath } from '../../api/field-path.ts';
import type { Courier } from '../../api/v1alpha1.gen.ts';
import { courierWith } from './manifests.ts';

describe('defaults', () => {
  const decode = (fields: Readonly<Record<string, unknown>>): Courier | undefined =>
    decodeCourier(courierWith(fields)).courier;

  it('fill the smallest manifest', () => {
    assert.deepEqual(decode({}), {
      apiVersion: 'courier.dev/v1alpha1',
      kind: 'Courier',
      metadata: { name: 'orders', namespace: 'default' },
      spec: {
        suspend: false,
        queue: {
          url: 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders',
          visibilityTimeoutSeconds: 60,
          waitTimeSeconds: 20,
        },
        recipient: {
          url: 'http://orders.shop.svc/events',
          method: 'POST',
          contentType: 'application/json',
          profile: 'Plain',
          cloudEvents: { mode: 'Binary', type: 'dev.courier.message' },
          timeoutSeconds: 30,
          connectTimeoutSeconds: 5,
          concurrency: { maxPerReplica: 64, adaptive: true },
        },
        delivery: {
          maxAttempts: 0,
          maxMessageAgeSeconds: 0,
          pauseOnGone: true,
          backoff: { initialMilliseconds: 500, maxSeconds: 900 },
        },
        audit: {
          firehose: { deliveryStreamName: 'orders-audit' },
          policy: 'Required',
          body: 'Full',
          oversize: 'Digest',
        },
        scaling: {
          minReplicas: 0,
          maxReplicas: 10,
          drainTargetSeconds: 60,
          targetMessagesPerReplica: 500,
          idleAfterSeconds: 300,
          maxScaleOutStep: 0,
          drainTimeoutSeconds: 120,
        },
        worker: { logLevel: 'info', maxHeldBytes: 67108864 },
      },
      status: { observedGeneration: -1 },
    });
  });

  it('fill an object that is there in part, and an audit file', () => {
    const courier = decode({ 'spec.delivery.backoff.maxSeconds': 60, 'spec.audit': { file: { directory: 'audit' } } });
    assert.deepEqual(courier?.spec.delivery, {
      maxAttempts: 0,
      maxMessageAgeSeconds: 0,
      pauseOnGone: true,
      backoff: { initialMilliseconds: 500, maxSeconds: 60 },
    });
    assert.deepEqual(courier?.spec.audit.file, { directory: 'audit', maxSegmentBytes: 67108864 });
  });

  it('take the place of nulls, which count as absent', () => {
    const courier = decode({ 'spec.scaling': null, 'spec.queue.region': null, 'spec.worker.logLevel': null });
    assert.equal(courier?.spec.scaling.maxReplicas, 10);
    assert.equal(courier?.spec.worker.logLevel, 'info');
    assert.ok(courier !== undefined && !('region' in courier.spec.queue));
  });

  it('leave what is given', () => {
    assert.equal(decode({ 'spec.suspend': true })?.spec.suspend, true);
    assert.equal(decode({ 'spec.queue.waitTimeSeconds': 0 })?.spec.queue.waitTimeSeconds, 0);
  });
});

describe('an unknown field', () => {
  const unknown = (fields: Readonly<Record<string, unknown>>) =>
    decodeCourier(courierWith(fields)).violations.map(({ path, remedy }) => `${formatPath(path)}: ${remedy}`);

  it('is refused where it stands, with the field that was probably meant', () => {
    assert.deepEqual(unknown({ 'spec.queue.visibilityTimeout': 30 }), [
      'spec.queue.visibilityTimeout: Did you mean visibilityTimeoutSeconds?',
    ]);
    assert.deepEqual(unknown({ 'spec.scalling': {} }), ['spec.scalling: Did you mean scaling?']);
    assert.deepEqual(unknown({ 'spec.recipient.URL': 'x' }), ['spec.recipient.URL: Did you mean url?']);
    assert.deepEqual(unknown({ 'metadata.label': {} }), ['metadata.label: Did you mean labels?']);
  });

  it('is sent to where a field of that name belongs', () => {
    assert.deepEqual(unknown({ 'spec.maxReplicas': 3 }), ['spec.maxReplicas: Did you mean spec.scaling.maxReplicas?']);
  });

  it('is otherwise answered with what may stand there', () => {
    assert.deepEqual(unknown({ 'spec.recipient.concurrency.zzz': 1 }), [
      'spec.recipient.concurrency.zzz: Remove it; here go maxPerReplica, adaptive.',
    ]);
    assert.deepEqual(unknown({ 'spec.audit': { none: { zzz: 1 } } }), [
      'spec.audit.none.zzz: Remove it; nothing can be set here.',
    ]);
  });

  it('may have the name of a property of every JavaScript object', () => {
    const fields = Object.fromEntries(
      ['constructor', 'toString', 'hasOwnProperty'].map((name) => [`spec.${name}`, {}]),
    );
    assert.equal(unknown(fields).length, 3);
    const courier = JSON.parse(
      JSON.stringify(courierWith()).replace('"spec":{', '"spec":{"__proto__":{"suspend":true},'),
    );
    const { violations } = decodeCourier(courier);
    assert.deepEqual(
      violations.map(({ path }) => formatPath(path)),
      ['spec.__proto__'],
    );
  });

  it('leaves a Courier to who may ignore it', () => {
    assert.equal(decodeCourier(courierWith({ 'spec.zzz': 1 })).courier?.metadata.name, 'orders');
  });
});

describe('a map and a pod template', () => {
  it('keep what is in them, whatever it is called', () => {
    const podTemplate = { spec: { hostAliases: [{ ip: '10.0.0.1', zzz: null }], containers: [{ name: 'worker' }] } };
    const worker = { podLabels: { constructor: 'x', 'team.dev/a': 'shop' }, podTemplate };
    const { courier, violations } = decodeCourier(courierWith({ 'spec.worker': worker }));
    assert.deepEqual(violations, []);
    assert.deepEqual(courier?.spec.worker, { logLevel: 'info', maxHeldBytes: 67108864, ...worker });
  });

  it('have an unknown field found beside what may stand in them', () => {
    const { violations } = decodeCourier(courierWith({ 'spec.worker.podTemplate': { containers: [] } }));
    assert.deepEqual(
      violations.map(({ path, remedy }) => `${formatPath(path)}: ${remedy}`),
      ['spec.worker.podTemplate.containers: Remove it; here go metadata, spec.'],
    );
  });

  it('are bounded', () => {
    const labels = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`l${i}`, 'x']));
    const say = (count: number) =>
      decodeCourier(courierWith({ 'spec.worker.podLabels': labels(count) })).violations.map(({ message }) => message);
    assert.deepEqual(say(32), []);
    assert.deepEqual(say(33), ['has 33 names, more than the 32 that are allowed']);
  });
});

describe('a quantity', () => {
  const say = (cpu: unknown) =>
    decodeCourier(courierWith({ 'spec.worker.resources': { limits: { cpu } } })).violations.map(
      ({ message, remedy }) => `${message}. ${remedy}`,
    );

  it('is a whole number or a string', () => {
    assert.deepEqual(say(2), []);
    assert.deepEqual(say('500m'), []);
    assert.deepEqual(say(0.5), ['must be a whole number or a string, not the number 0.5. Put it in quotes.']);
    assert.deepEqual(say({}), ['must be a whole number or a string, not an object. Write a string.']);
  });
});

describe('metadata', () => {
  it('may hold what the API server writes there', () => {
    const { courier, violations } = decodeCourier(
      courierWith({
        'metadata.uid': 'x',
        'metadata.generation': 3,
        'metadata.managedFields': [{}],
        'metadata.labels': { a: 'b' },
      }),
    );
    assert.deepEqual(violations, []);
    assert.deepEqual(courier?.metadata, { name: 'orders', namespace: 'default', labels: { a: 'b' } });
  });

  it('has labels and annotations that are strings', () => {
    const { violations } = decodeCourier(courierWith({ 'metadata.annotations': { 'a.dev/b': true } }));
    assert.deepEqual(
      violations.map(({ path, message }) => `${formatPath(path)}: ${message}`),
      ['metadata.annotations[a.dev/b]: must be a string, not the boolean true'],
    );
  });
});
