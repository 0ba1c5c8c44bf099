import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { KubeClient } from '../../../operator/kube/client.ts';
import type { Happening } from '../../../operator/kube/event-series.ts';
import { keyOf } from '../../../operator/kube/objects.ts';
import { compareResourceVersions } from '../../../operator/kube/resource-version.ts';
import { namespaced } from '../../../operator/kube/resources.ts';
import { failureOf } from './errors.ts';
import { configMap, configMaps, podDisruptionBudgets } from './kinds.ts';

/** An API server to hold the contract against. */
export type ContractSubject = {
  readonly client: KubeClient;
  /** A namespace of this run's own. */
  readonly namespace: string;
  /** Makes the server forget the versions before now. */
  forget(): Promise<void>;
  close(): Promise<void>;
};

/**
 * What the client relies on an API server to do. Held against the memory server and against a real one, so that the memory
 * server cannot be wrong in what tests build on.
 */
export function describeContract(name: string, start: () => Promise<ContractSubject>): void {
  describe(`the contract of an API server: ${name}`, () => {
    let subject: ContractSubject;
    before(async () => {
      subject = await start();
    });
    after(async () => {
      await subject.close();
    });
    const contracts = { objects, applying, locks, statuses, lists, watches, discovery };
    for (const [part, register] of Object.entries(contracts)) describe(part, () => register(() => subject));
  });
}

type Given = () => ContractSubject;
const ours = { fieldManager: 'ours' };
const theirs = { fieldManager: 'theirs' };

function objects(given: Given): void {
  it('gives back what was created, with a uid and a resource version', async () => {
    const { client, namespace } = given();
    const created = await client.create(configMaps, configMap(namespace, 'created'));
    const read = await client.get(configMaps, { namespace, name: 'created' });
    assert.deepEqual(read, created);
    assert.equal(read.data?.value, 'one');
    assert.equal(read.kind, 'ConfigMap');
    assert.ok(read.metadata.uid && read.metadata.resourceVersion);
  });

  it('refuses to create what exists, and to read what does not', async () => {
    const { client, namespace } = given();
    await client.create(configMaps, configMap(namespace, 'twice'));
    const exists = await failureOf(client.create(configMaps, configMap(namespace, 'twice')));
    assert.deepEqual([exists.status, exists.isAlreadyExists, exists.isConflict], [409, true, false]);
    const missing = await failureOf(client.get(configMaps, { namespace, name: 'missing' }));
    assert.deepEqual([missing.reason, missing.isNotFound], ['NotFound', true]);
    assert.equal(await client.find(configMaps, { namespace, name: 'missing' }), undefined);
    assert.equal((await client.find(configMaps, { namespace, name: 'twice' }))?.metadata.name, 'twice');
  });

  it('says which field of an object is invalid', async () => {
    const { client, namespace } = given();
    const error = await failureOf(client.create(configMaps, configMap(namespace, 'Not_A_Name')));
    assert.ok(error.isInvalid);
    assert.equal(error.causes[0]?.field, 'metadata.name');
  });

  it('merges a patch', async () => {
    const { client, namespace } = given();
    await client.create(configMaps, configMap(namespace, 'patched'));
    const patch = { data: { value: null, other: 'two' } };
    const patched = await client.patch(configMaps, { namespace, name: 'patched' }, patch, { type: 'merge' });
    assert.deepEqual(patched.data, { other: 'two' });
  });

  it('deletes only the object with the uid that was named', async () => {
    const { client, namespace } = given();
    const { metadata } = await client.create(configMaps, configMap(namespace, 'doomed'));
    const ref = { namespace, name: 'doomed' };
    const wrong = { preconditions: { uid: '00000000-0000-0000-0000-000000000000' } };
    assert.ok((await failureOf(client.delete(configMaps, ref, wrong))).isConflict);
    assert.ok(metadata.uid);
    await client.delete(configMaps, ref, { preconditions: { uid: metadata.uid } });
    assert.ok((await failureOf(client.get(configMaps, ref))).isNotFound);
    assert.ok((await failureOf(client.delete(configMaps, ref))).isNotFound);
  });
}

function applying(given: Given): void {
  it('creates what is missing, and changes nothing when the same is applied again', async () => {
    const { client, namespace } = given();
    const object = configMap(namespace, 'applied', 'one', { app: 'a' });
    const first = await client.apply(configMaps, object, ours);
    const second = await client.apply(configMaps, object, ours);
    assert.equal(second.metadata.resourceVersion, first.metadata.resourceVersion);
    assert.deepEqual(second.data, { value: 'one' });
  });

  it("removes what is applied no more, and keeps another manager's fields", async () => {
    const { client, namespace } = given();
    const object = (data: Record<string, string>) => ({ ...configMap(namespace, 'shared'), data });
    await client.apply(configMaps, object({ a: '1', b: '1' }), ours);
    await client.apply(configMaps, object({ c: '1' }), theirs);
    const applied = await client.apply(configMaps, object({ a: '2' }), ours);
    assert.deepEqual(applied.data, { a: '2', c: '1' });
  });

  it('refuses to take over a field unless forced', async () => {
    const { client, namespace } = given();
    await client.apply(configMaps, configMap(namespace, 'contested', 'one'), ours);
    const taken = configMap(namespace, 'contested', 'two');
    const conflict = await failureOf(client.apply(configMaps, taken, { ...theirs, force: false }));
    assert.ok(conflict.isConflict);
    assert.match(conflict.causes[0]?.message ?? '', /ours/);
    const forced = await client.apply(configMaps, taken, theirs);
    assert.deepEqual(forced.data, { value: 'two' });
  });
}

function locks(given: Given): void {
  it('refuses to replace or to apply over a newer version', async () => {
    const { client, namespace } = given();
    const first = await client.create(configMaps, configMap(namespace, 'locked'));
    const second = await client.replace(configMaps, { ...first, data: { value: 'two' } });
    const stale = { ...first, data: { value: 'three' } };
    assert.ok((await failureOf(client.replace(configMaps, stale))).isConflict);
    const { resourceVersion } = first.metadata;
    assert.ok(resourceVersion);
    const lateApply = { ...configMap(namespace, 'locked'), metadata: { namespace, name: 'locked', resourceVersion } };
    assert.ok((await failureOf(client.apply(configMaps, lateApply, ours))).isConflict);
    assert.deepEqual((await client.get(configMaps, { namespace, name: 'locked' })).data, second.data);
  });

  it('refuses to apply to the successor of an object', async () => {
    const { client, namespace } = given();
    await client.create(configMaps, configMap(namespace, 'successor'));
    const uid = '00000000-0000-0000-0000-000000000000';
    const dead = { metadata: { namespace, name: 'successor', uid }, data: { value: 'two' } };
    assert.equal((await failureOf(client.apply(configMaps, dead, ours))).status, 422);
  });

  it('numbers versions so that later ones are greater', async () => {
    const { client, namespace } = given();
    const first = await client.create(configMaps, configMap(namespace, 'numbered'));
    const second = await client.replace(configMaps, { ...first, data: { value: 'two' } });
    const versions = [second.metadata.resourceVersion ?? '', first.metadata.resourceVersion ?? ''] as const;
    assert.ok((compareResourceVersions(...versions) ?? 0) > 0);
  });
}

function statuses(given: Given): void {
  const spec = { minAvailable: 1, selector: { matchLabels: { app: 'none' } } };
  const counts = { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 };
  const condition = (type: string) => ({
    type,
    status: 'True',
    reason: 'Tested',
    message: '',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  });

  it('writes a status apart from the rest, and the conditions of two managers beside each other', async () => {
    const { client, namespace } = given();
    const ref = { namespace, name: 'budget' };
    await client.apply(podDisruptionBudgets, { metadata: ref, spec }, ours);
    const one = { metadata: ref, status: { ...counts, conditions: [condition('Ours')] } };
    await client.applyStatus(podDisruptionBudgets, one, ours);
    const two = { metadata: ref, status: { ...counts, conditions: [condition('Theirs')] } };
    await client.applyStatus(podDisruptionBudgets, two, theirs);
    const again = await client.applyStatus(podDisruptionBudgets, one, ours);
    const types = again.status?.conditions?.map(({ type }) => type) ?? [];
    assert.deepEqual(
      types.filter((type) => type === 'Ours' || type === 'Theirs'),
      ['Ours', 'Theirs'],
    );
    assert.equal(again.spec?.minAvailable, 1);
  });

  it('has the conditions that were applied last, whole and in their order', async () => {
    const { client, namespace } = given();
    const ref = { namespace, name: 'shrinking' };
    await client.apply(podDisruptionBudgets, { metadata: ref, spec }, ours);
    const applied = async (...types: string[]) => {
      const status = { ...counts, conditions: types.map(condition) };
      const { status: now } = await client.applyStatus(podDisruptionBudgets, { metadata: ref, status }, ours);
      // A real control plane has one of its own to say.
      return now?.conditions?.filter(({ type }) => type !== 'DisruptionAllowed');
    };
    const all = ['A', 'B', 'C', 'D', 'E', 'F', 'G'];
    await applied(...all);
    for (const some of [all.slice(1), ['C', 'E'], ['C'], all, all.toReversed()]) {
      assert.deepEqual(await applied(...some), some.map(condition));
    }
  });

  it('never creates an object by its status', async () => {
    const { client, namespace } = given();
    const nobody = { metadata: { namespace, name: 'nobody' }, status: counts };
    assert.ok((await failureOf(client.applyStatus(podDisruptionBudgets, nobody, ours))).isNotFound);
  });
}

function lists(given: Given): void {
  it('gives all objects of a selection, whatever the size of a page', async () => {
    const { client, namespace } = given();
    const names = ['l1', 'l2', 'l3', 'l4', 'l5'];
    for (const name of names) await client.create(configMaps, configMap(namespace, name, 'one', { listed: 'yes' }));
    const selection = { namespace, labelSelector: 'listed=yes' };
    for (const limit of [2, 5, 500]) {
      const { items, resourceVersion } = await client.list(configMaps, { ...selection, limit });
      assert.deepEqual(items.map((item) => item.metadata.name).sort(), names);
      assert.equal(items[0]?.kind, 'ConfigMap');
      assert.match(resourceVersion, /^\d+$/);
    }
  });

  it('says when a state is asked for that it has not reached', async () => {
    const { client, namespace } = given();
    const { resourceVersion } = await client.list(configMaps, { namespace });
    const future = { resourceVersion: `${resourceVersion}000`, resourceVersionMatch: 'NotOlderThan' } as const;
    const error = await failureOf(client.list(configMaps, { namespace, ...future }));
    assert.ok(error.isResourceVersionTooLarge, error.message);
    assert.ok(error.isRetryable);
  });
}

function watches(given: Given): void {
  it('tells of every change after a version, in order, and ends when it was asked to', async () => {
    const { client, namespace } = given();
    const selection = { namespace, labelSelector: 'watched=yes' };
    const { resourceVersion } = await client.list(configMaps, selection);
    const created = await client.create(configMaps, configMap(namespace, 'watched', 'one', { watched: 'yes' }));
    await client.create(configMaps, configMap(namespace, 'not-watched'));
    await client.replace(configMaps, { ...created, data: { value: 'two' } });
    await client.delete(configMaps, { namespace, name: 'watched' });
    const seen: string[] = [];
    const versions: string[] = [resourceVersion];
    for await (const event of client.watch(configMaps, { ...selection, resourceVersion, timeoutSeconds: 2 })) {
      if (event.type === 'BOOKMARK') continue;
      seen.push(`${event.type} ${keyOf(event.object)}`);
      versions.push(event.object.metadata.resourceVersion ?? '');
    }
    const key = `${namespace}/watched`;
    assert.deepEqual(seen, [`ADDED ${key}`, `MODIFIED ${key}`, `DELETED ${key}`]);
    versions.slice(1).forEach((version, index) => {
      assert.ok((compareResourceVersions(version, versions[index] ?? '') ?? 0) > 0, versions.join());
    });
  });

  it('refuses a watch from a version that is forgotten', async () => {
    const { client, namespace, forget } = given();
    await client.create(configMaps, configMap(namespace, 'forgotten'));
    await forget();
    const events = client.watch(configMaps, { namespace, resourceVersion: '1', timeoutSeconds: 5 });
    assert.ok((await failureOf(events.next())).isGone);
  });
}

function discovery(given: Given): void {
  it('says what it serves', async () => {
    const { client } = given();
    assert.equal(await client.serves(configMaps), true);
    assert.equal(await client.serves(namespaced('v1', 'Nothing', 'nothings')), false);
    assert.equal(await client.serves(namespaced('example.test/v1', 'Nothing', 'nothings')), false);
  });
}

/** A happening for tests of the event recorder. */
export function happening(overrides: Partial<Happening> = {}): Happening {
  const regarding = { ...configMap('default', 'subject'), apiVersion: 'v1', kind: 'ConfigMap' };
  return { regarding, type: 'Normal', reason: 'Tested', action: 'Test', note: 'It was tested.', ...overrides };
}
