import assert from 'node:assert/strict';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { environment, operatorEnvironment } from '../../api/environment.ts';
import manifest from '../../package.json' with { type: 'json' };
import { courierWith } from '../api/manifests.ts';
import { eventually } from '../cluster/suite.ts';
import { CleanRoot, type Mount } from './clean-root.ts';
import { ClusterFront } from './cluster-front.ts';
import type { Container } from './container.ts';
import { fastestStart } from './fastest-start.ts';
import { buildImage } from './image.ts';
import { QueueFront } from './queue-front.ts';

/** Targets of the issue "Install it, run it, trust it". */
const targets = { contentBytes: 120e6, workerStartMs: 400, operatorStartMs: 1_500 };
const directory = await mkdtemp(join(tmpdir(), 'courier-image-'));
after(() => rm(directory, { recursive: true, force: true }));
const image = await buildImage(directory);
const root = await CleanRoot.make(join(directory, 'root'), image);
const nonroot = 65532;

describe('what is in the image', () => {
  it('are our bundles, the licences and the SBOM, of which everybody may read everything and nobody but root write anything', async () => {
    const files = await readdir(image.content, { recursive: true, withFileTypes: true });
    const own = ['chunks', 'courier.cdx.json', 'courier.mjs', 'operator.mjs', 'worker.mjs'];
    const expected = ['LICENSE', 'THIRD_PARTY_LICENSES', ...own];
    assert.deepEqual((await readdir(join(image.content, 'app'))).sort(), expected);
    let bytes = 0;
    for (const file of files) {
      const { mode, size } = await stat(join(file.parentPath, file.name));
      assert.equal(mode & 0o022, 0, `${file.name} may be written by others`);
      assert.equal(mode & 0o044, 0o044, `${file.name} may not be read by everybody`);
      if (!file.isFile()) continue;
      assert.match(file.name, /^(LICENSE|THIRD_PARTY_LICENSES|courier\.cdx\.json|.+\.mjs)$/);
      bytes += size;
    }
    assert.ok(bytes < targets.contentBytes, `${bytes} bytes`);
  });

  it('is the same, byte for byte, when it is built again elsewhere', async (test) => {
    const again = await mkdtemp(join(tmpdir(), 'courier-image-again-'));
    test.after(() => rm(again, { recursive: true, force: true }));
    assert.deepEqual(await contentOf((await buildImage(again)).content), await contentOf(image.content));
  });

  it('is named by the chart, and runs what the chart runs', async () => {
    const version = await root.start(['--version']);
    assert.equal(await version.ended, 0);
    assert.equal(version.output.trim(), manifest.version);
    for (const args of [['operator'], ['operator', '--check'], ['worker']]) {
      const container = await root.start(args);
      assert.equal(await container.ended, 1, container.output);
      assert.match(container.output, /(POD_NAMESPACE|COURIER_CONFIG) is not set/);
    }
  });

  it('has no shell', async () => {
    assert.deepEqual(
      (await root.list('/')).toSorted(),
      ['app', 'dev', 'etc', 'lib', 'lib64', 'nodejs', 'proc', 'tmp'].sort(),
    );
    assert.deepEqual(await root.list('/nodejs/bin'), ['node']);
  });
});

describe('a worker of the image', () => {
  it('delivers, audits into the one volume that it may write to, and ends when it is told', async (test) => {
    const queue = await QueueFront.open(test);
    await queue.send(50);
    const volume = join(directory, 'audit');
    await mkdir(volume);
    await chown(volume, nonroot, nonroot);
    const worker = await startWorker({ ...queue.fields, 'spec.audit': { file: { directory: '/audit' } } }, [
      { source: volume, target: '/audit', writable: true },
    ]);
    await worker.until(eventually('everything delivered', () => queue.delivered === 50));
    assert.equal(await worker.end(), 0, worker.output);
    const segments = (await readdir(volume, { recursive: true })).filter((name) => name.endsWith('.ndjson'));
    const lines = await Promise.all(segments.map((name) => readFile(join(volume, name), 'utf8')));
    assert.equal(lines.join('').trim().split('\n').length, 50);
  });

  it('says so when there is nowhere to write its audit', async (test) => {
    const queue = await QueueFront.open(test);
    const worker = await startWorker({ ...queue.fields, 'spec.audit': { file: { directory: '/audit' } } });
    assert.equal(await worker.ended, 1);
    assert.match(
      worker.output,
      /audit\/orders-0 is on a read-only file system: choose a directory on a writable volume.*the worker cannot start/,
    );
  });

  it(`asks for messages within ${targets.workerStartMs} ms of its start`, async (test) => {
    const queue = await QueueFront.open(test);
    const said = await fastestStart(targets.workerStartMs, async () => {
      const received = queue.nextReceive();
      return { happened: received, container: await startWorker({ ...queue.fields, 'spec.audit': { none: {} } }) };
    });
    test.diagnostic(`a worker's first receive ${said}`);
  });
});

describe('an operator of the image', () => {
  it(`applies its first Courier within ${targets.operatorStartMs} ms of its start, and ends when it is told`, async (test) => {
    const said = await fastestStart(targets.operatorStartMs, async () => {
      const cluster = await ClusterFront.open(test);
      return { happened: cluster.applied(), container: await startOperator(cluster) };
    });
    test.diagnostic(`an operator's first apply ${said}`);
  });
});

const awsKeys = { AWS_ACCESS_KEY_ID: 'embedded', AWS_SECRET_ACCESS_KEY: 'embedded' };

async function startOperator(cluster: ClusterFront): Promise<Container> {
  const kubeconfig = await mkdtemp(join(directory, 'kubeconfig-'));
  await writeFile(join(kubeconfig, 'config'), cluster.kubeconfig);
  await chmod(kubeconfig, 0o755);
  const env = {
    ...awsKeys,
    KUBECONFIG: '/kube/config',
    [operatorEnvironment.namespace]: 'courier-system',
    [operatorEnvironment.image]: 'courier:1',
    [operatorEnvironment.listen]: '127.0.0.1:0',
  };
  return await root.start(['operator'], env, [{ source: kubeconfig, target: '/kube' }]);
}

async function startWorker(
  fields: Readonly<Record<string, unknown>>,
  mounts: readonly Mount[] = [],
): Promise<Container> {
  const config = await mkdtemp(join(directory, 'config-'));
  await writeFile(join(config, 'courier.json'), JSON.stringify(courierWith(fields)));
  await chmod(config, 0o755);
  const env = {
    ...awsKeys,
    [environment.config]: '/etc/courier/courier.json',
    [environment.worker]: 'orders-0',
    [environment.listen]: '127.0.0.1:0',
  };
  return await root.start(['worker'], env, [{ source: config, target: '/etc/courier' }, ...mounts]);
}

async function contentOf(path: string): Promise<Readonly<Record<string, string>>> {
  const files = (await readdir(path, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const read = files.map(async ({ parentPath, name }) => {
    const file = join(parentPath, name);
    return [file.slice(path.length), await readFile(file, 'utf8')] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}
