import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeCourier } from '../../api/courier.ts';
import { ManifestError } from '../../api/problem.ts';
import type { Courier } from '../../api/v1alpha1.gen.ts';
import {
  queueRegion,
  serializeRestartConfig,
  serializeWorkerConfig,
  type WorkerConfig,
  workerConfig,
} from '../../api/worker-config.ts';
import { parseWorkerConfig } from '../../api/worker-config-file.ts';
import { courierWith } from './manifests.ts';

function courier(fields: Readonly<Record<string, unknown>> = {}): Courier {
  const decoded = decodeCourier(courierWith(fields)).courier;
  assert.ok(decoded !== undefined);
  return decoded;
}

function configText(fields: Readonly<Record<string, unknown>> = {}): string {
  return serializeWorkerConfig(workerConfig(courier(fields)));
}

function reversed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, child]) => [name, reversed(child)]),
  );
}

describe("a worker's configuration", () => {
  it('is the part of the Courier that workers read', () => {
    const config = workerConfig(courier({ 'metadata.labels': { team: 'shop' } }));
    assert.deepEqual(config.metadata, { namespace: 'default', name: 'orders' });
    assert.deepEqual(Object.keys(config.spec).sort(), ['audit', 'delivery', 'queue', 'recipient', 'scaling', 'worker']);
  });

  it('survives being written and read', () => {
    const headers = [
      { name: 'x-b', value: 'yes' },
      { name: 'x-a', value: '012' },
    ];
    const config = workerConfig(courier({ 'spec.recipient.headers': headers, 'spec.worker.logLevel': 'debug' }));
    assert.deepEqual(parseWorkerConfig(serializeWorkerConfig(config), 'worker.json'), { config, warnings: [] });
  });

  it('has the same text whatever the order of its fields', () => {
    const config = workerConfig(courier());
    assert.equal(serializeWorkerConfig(reversed(config) as WorkerConfig), serializeWorkerConfig(config));
  });

  it('changes with what concerns workers and with nothing else', () => {
    const unchanged = { 'spec.scaling.minReplicas': 2, 'spec.suspend': true, 'metadata.annotations': { a: 'b' } };
    assert.equal(configText(unchanged), configText());
    for (const changed of [{ 'spec.queue.waitTimeSeconds': 1 }, { 'spec.scaling.maxReplicas': 99 }]) {
      assert.notEqual(configText(changed), configText());
    }
  });

  it('restarts workers for what they read only once', () => {
    const restartText = (fields: Readonly<Record<string, unknown>> = {}) =>
      serializeRestartConfig(workerConfig(courier(fields)));
    const told = {
      'spec.scaling.maxReplicas': 99,
      'spec.recipient.rateLimit': { messages: 5 },
      'spec.recipient.concurrency.maxPerReplica': 7,
    };
    assert.equal(restartText(told), restartText());
    assert.notEqual(restartText({ 'spec.recipient.timeoutSeconds': 7 }), restartText());
  });

  it('has the address of a Service in place of its name', () => {
    const urlOf = (fields: Record<string, unknown>) =>
      workerConfig(
        courier({
          'metadata.namespace': 'shop',
          'spec.recipient.url': undefined,
          'spec.recipient.serviceRef': { name: 'orders', port: 8080, path: '/events?x=1' },
          ...fields,
        }),
      ).spec.recipient;
    assert.equal(urlOf({}).url, 'http://orders.shop.svc:8080/events?x=1');
    assert.equal(urlOf({ 'spec.recipient.tls': {} }).url, 'https://orders.shop.svc:8080/events?x=1');
    assert.ok(!('serviceRef' in urlOf({})));
  });

  it('leaves out what Kubernetes alone looks at', () => {
    const roleArn = 'arn:aws:iam::123456789012:role/orders';
    const config = workerConfig(
      courier({
        'spec.audit': { file: { directory: '/audit', volume: { persistentVolumeClaim: { claimName: 'audit' } } } },
        'spec.aws': { roleArn, externalId: 'shop', credentialsSecretRef: { name: 'aws' } },
        'spec.worker': { image: 'courier:1', env: [{ name: 'A', value: 'b' }], podLabels: { team: 'shop' } },
      }),
    );
    assert.deepEqual(config.spec.audit.file, { directory: '/audit', maxSegmentBytes: 67108864 });
    assert.deepEqual(config.spec.aws, { roleArn, externalId: 'shop', credentialsSecretRef: { name: 'aws' } });
    assert.deepEqual(config.spec.worker, { logLevel: 'info', maxHeldBytes: 67108864 });
  });

  it('may be the whole manifest, written by a person', () => {
    const text = JSON.stringify(courierWith({ 'spec.scaling.minReplicas': 3 }));
    assert.deepEqual(parseWorkerConfig(text, 'courier.yaml').config, workerConfig(courier()));
  });

  it('ignores what a newer operator wrote, and says so', () => {
    const text = configText().replace('"queue": {', '"queue": { "shards": 3,');
    const { config, warnings } = parseWorkerConfig(text, 'worker.json');
    assert.deepEqual(config, workerConfig(courier()));
    assert.deepEqual(
      warnings.map(({ path }) => path),
      ['spec.queue.shards'],
    );
  });

  it('is refused with every problem of the file', () => {
    const text = JSON.stringify(
      courierWith({ 'spec.queue.url': 'x', 'spec.recipient.url': undefined, 'spec.future': 1 }),
    );
    assert.throws(
      () => parseWorkerConfig(text, 'worker.json'),
      (error) => {
        assert.ok(error instanceof ManifestError);
        assert.deepEqual(error.problems.map(({ path }) => path).sort(), ['spec.queue.url', 'spec.recipient.url']);
        return true;
      },
    );
    assert.throws(() => parseWorkerConfig('', 'worker.json'), /worker\.json:1:1: the file is empty/);
  });

  it('is one Courier', () => {
    const two = [courierWith(), courierWith({ 'metadata.name': 'second' })]
      .map((one) => JSON.stringify(one))
      .join('\n---\n');
    assert.throws(() => parseWorkerConfig(two, 'c.yaml'), /c\.yaml:3:1: a second Courier begins here/);
  });
});

describe('the region of a queue', () => {
  it('is the one given, else the one in the url', () => {
    assert.equal(queueRegion(courier().spec.queue), 'eu-west-1');
    const url = 'http://localhost:9324/000000000000/orders';
    const { queue } = courier({ 'spec.queue.url': url, 'spec.queue.region': 'us-east-1' }).spec;
    assert.equal(queueRegion(queue), 'us-east-1');
    assert.equal(queueRegion({ ...workerConfig(courier()).spec.queue, url }), undefined);
  });
});
