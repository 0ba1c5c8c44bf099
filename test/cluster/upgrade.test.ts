import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, describe, it, type TestContext } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import type { Schema } from '../../api/schema.ts';
import packageManifest from '../../package.json' with { type: 'json' };
import { nodesOf } from '../api/manifests.ts';
import { ApiError } from './api-client.ts';
import { newRelease, newStage, startChartCluster } from './chart-suite.ts';
import type { Image } from './kubelet/images.ts';
import { workerImage } from './operator-under-test.ts';
import { unpackPreviousRelease } from './previous-release.ts';
import type { Release, ReleaseOptions } from './release.ts';
import { eventually } from './suite.ts';
import { helm, helm3, kubectl } from './tools.ts';
import { WorkerHistory } from './worker-history.ts';

type Helm = NonNullable<ReleaseOptions['tool']>;

type Story = {
  readonly first: Helm;
  readonly later: Helm;
  /** What the previous version's image runs. */
  readonly programs: Image;
};

/** As many workers all the time: whoever comes beyond them has replaced one. */
const workers = 3;
const fixedFleet = { 'spec.scaling': { minReplicas: workers, maxReplicas: workers } };
const presentCrd = new URL('../../crds/courier.dev_couriers.yaml', import.meta.url).pathname;
const present = packageManifest.version;

const cluster = await startChartCluster();
after(() => cluster.stop());
const previous = await unpackPreviousRelease(cluster.controlPlane.directory);

describe('an upgrade from the previous chart version, under load', () => {
  for (const [name, first, later] of [
    ['Helm 4', helm, helm],
    ['Helm 3', helm3, helm3],
  ] as const)
    it(`loses nothing, restarts each worker once, and can be rolled back and made again: ${name}`, async (test) => {
      const { history } = await playUpgrade(test, { first, later, programs: workerImage.image });
      const twice = 2 * workers;
      assert.deepEqual(history.byVersion, { [previous.version]: twice, [present]: twice }, history.toString());
    });

  it("and from the previous version's own programs, with Helm 4 where Helm 3 installed it", async (test) => {
    const { history } = await playUpgrade(test, { first: helm3, later: helm, programs: previous.image });
    // 0.0.9 begins to roll out its own workers anew when the resource changes under it.
    assert.equal(history.byVersion[present], 2 * workers, history.toString());
  });
});

describe('a newer version of the resource', () => {
  it('restarts no worker, neither when it comes nor when it goes', async (test) => {
    const namespace = `shop-${randomUUID().slice(0, 8)}`;
    const release = await newRelease(cluster, `${namespace}-system`, test);
    const stage = await newStage(cluster, namespace, test);
    test.after(removeCouriers);
    const known = await definitionIn(presentCrd);
    await apply(known);
    await release.install({ 'crds.install': false });
    await stage.create(fixedFleet);
    for (const [definition, drainTargetSeconds] of [
      [known, 61],
      [withNewFields(known), 62],
      [known, 63],
    ] as const) {
      await apply(definition);
      await eventually('it is served', async () => isDeepStrictEqual(await servedFields(), fieldsIn(definition)));
      // A watch that is open goes on as it began: an operator that starts sees what the API server now has.
      await restart(release);
      await stage.couriers.change('orders', { spec: { scaling: { drainTargetSeconds } } });
      await stage.couriers.condition('orders', 'Ready', 'True/Ready');
    }
    assert.equal(await stage.revision(), 1);
    assert.match(await release.test(), /Phase: +Succeeded/);
    await apply(await definitionIn(previous.crd));
    await assert.rejects(release.test(), /courier-operator-test failed/);
  });
});

/** Plays the whole story: the previous chart, this one, back, and this one again. */
async function playUpgrade(test: TestContext, { first, later, programs }: Story) {
  const namespace = `shop-${randomUUID().slice(0, 8)}`;
  const old = await newRelease(cluster, `${namespace}-system`, test, { tool: first });
  old.provideImage(previous.version, programs);
  const release = await newRelease(cluster, `${namespace}-system`, test, { tool: later });
  const stage = await newStage(cluster, namespace, test);
  test.after(removeCouriers);

  await old.install({}, { directory: previous.chart, version: previous.version });
  assert.deepEqual(await servedFields(), await fieldsOf(previous.crd));
  await stage.create(fixedFleet);
  const history = await WorkerHistory.follow(cluster, namespace, test);
  const load = stage.keepSending();
  test.after(() => load.end());
  const newField = { spec: { scaling: { maxScaleOutStep: 2 } } };
  await assert.rejects(stage.couriers.change('orders', newField), isUnknownField);

  const settled = async (version: string) => {
    const wanted = { [version]: workers };
    await eventually(`workers of ${version}`, () => isDeepStrictEqual(history.readyByVersion, wanted), 60_000);
    const before = stage.delivered;
    await eventually('more delivered', () => stage.delivered > before + 500, 60_000);
  };
  await settled(previous.version);
  await release.upgrade();
  await settled(present);
  assert.deepEqual(await servedFields(), await fieldsOf(presentCrd));
  await stage.couriers.change('orders', newField);
  await stage.couriers.condition('orders', 'Ready', 'True/Ready');

  await release.rollback(1);
  await settled(previous.version);
  assert.deepEqual(await servedFields(), await fieldsOf(previous.crd));

  await release.upgrade();
  await settled(present);
  assert.equal(history.restarts, 0);
  await load.end();
  await stage.allDelivered();
  test.diagnostic(`${stage.delivered} messages, ${await stage.allAudited()} duplicates`);
  return { history };
}

async function restart({ namespace }: Release): Promise<void> {
  const kubeconfig = cluster.controlPlane.kubeconfig();
  const operator = 'deployment/courier-operator';
  await kubectl(['-n', namespace, 'rollout', 'restart', operator], { kubeconfig });
  await kubectl(['-n', namespace, 'rollout', 'status', operator, '--timeout=120s'], { kubeconfig });
}

async function apply(definition: object): Promise<void> {
  const args = ['apply', '--server-side', '--force-conflicts', '-f', '-'];
  await kubectl(args, { kubeconfig: cluster.controlPlane.kubeconfig(), input: JSON.stringify(definition) });
}

/** With a field, and its default, in every part of a Courier's spec. */
function withNewFields(definition: Definition): Definition {
  const newer = structuredClone(definition);
  const parts = newer.spec.versions[0].schema.openAPIV3Schema.properties?.spec?.properties ?? {};
  for (const { properties } of Object.values(parts))
    if (properties !== undefined) Object.assign(properties, { fashion: { type: 'string', default: 'new' } });
  return newer;
}

/** What a release leaves when it is uninstalled. */
async function removeCouriers(): Promise<void> {
  const kubeconfig = cluster.controlPlane.kubeconfig();
  await kubectl(['delete', 'couriers', '--all', '--all-namespaces', '--ignore-not-found'], { kubeconfig });
  await kubectl(['delete', 'crd', 'couriers.courier.dev', '--ignore-not-found'], { kubeconfig });
}

const isUnknownField = (error: unknown) => error instanceof ApiError && /unknown field/.test(error.message);

type Definition = { readonly spec: { readonly versions: readonly [{ readonly schema: { openAPIV3Schema: Schema } }] } };

/** Every field of the Courier that the API server serves. */
async function servedFields(): Promise<readonly string[]> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/couriers.courier.dev';
  return fieldsIn(await cluster.controlPlane.admin.get<Definition>(path));
}

async function fieldsOf(file: string): Promise<readonly string[]> {
  return fieldsIn(await definitionIn(file));
}

async function definitionIn(file: string): Promise<Definition> {
  return parse(await readFile(file, 'utf8'));
}

function fieldsIn({ spec }: Definition): readonly string[] {
  return [...nodesOf(spec.versions[0].schema.openAPIV3Schema)].map(({ path }) => path.join('.')).sort();
}
