import { glob } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type EmbeddedAws, startEmbeddedAws } from '../aws/embedded/server.ts';
import { type Cluster, startCluster } from '../test/cluster/cluster.ts';
import { awsKeys, Couriers, inParallel, type SeenCourier } from '../test/cluster/couriers.ts';
import { type OperatorAccount, operatorAccount } from '../test/cluster/operator-account.ts';
import { OperatorUnderTest } from '../test/cluster/operator-under-test.ts';
import { cpuSeconds, residentMebibytes } from './process-usage.ts';
import { quantile, significant } from './statistics.ts';

const project = join(import.meta.dirname, '..');
const namespace = 'bench';
const couriersPath = `/apis/courier.dev/v1alpha1/namespaces/${namespace}/couriers`;
/** What V8 chooses by itself in a container of 512 MiB, which is the chart's limit; it does not know of one here. */
const asInItsContainer = '--max-old-space-size=256 --max-semi-space-size=1';

/** What is measured of, and with what. */
type Bench = {
  readonly cluster: Cluster;
  readonly couriers: Couriers;
  readonly account: OperatorAccount;
  readonly operator: OperatorUnderTest;
  readonly count: number;
};

/**
 * Waits until each of the Couriers that were there at `resourceVersion` has been reconciled. It watches them: lists of all
 * would load the API server as much as the operator does.
 *
 * @returns the seconds until then.
 */
async function reconcileAll({ cluster, count }: Bench, resourceVersion: string): Promise<number> {
  const startMs = performance.now();
  const stop = new AbortController();
  const reconciled = new Set<string>();
  try {
    const events = cluster.controlPlane.admin.watch<SeenCourier>(couriersPath, { resourceVersion }, stop.signal);
    for await (const { object } of events) {
      if (isReconciled(object)) reconciled.add(object.metadata.uid);
      if (reconciled.size === count) stop.abort();
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
  return (performance.now() - startMs) / 1000;
}

/** Waits until the operator has written nothing for five seconds. */
async function settle({ cluster, account }: Bench): Promise<void> {
  const count = async () => (await cluster.controlPlane.auditEvents(account.user)).filter(isPatch).length;
  for (let before = -1, now = await count(); now > before; now = await count()) {
    before = now;
    await delay(5000);
  }
}

/** Milliseconds from a change of a Courier to the change of its Deployment, one at a time. @returns them sorted. */
async function changeLatencies({ cluster, couriers, count }: Bench, samples: number): Promise<readonly number[]> {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  const { metadata } = await cluster.controlPlane.admin.get<{ metadata: { resourceVersion: string } }>(path);
  const stop = new AbortController();
  const applied = new Map<string, () => void>();
  const query = { resourceVersion: metadata.resourceVersion };
  const watching = (async () => {
    const events = cluster.controlPlane.admin.watch<{ metadata: { name: string } }>(path, query, stop.signal);
    for await (const { object } of events) applied.get(object.metadata.name)?.();
  })().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  const latencies: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    const name = nameOf(Math.floor((sample * count) / samples));
    const seen = new Promise<void>((resolve) => applied.set(`courier-${name}`, resolve));
    const startMs = performance.now();
    await couriers.change(name, { spec: { recipient: { url: `http://127.0.0.1:9/${sample}` } } });
    await seen;
    latencies.push(performance.now() - startMs);
    await delay(50);
  }
  stop.abort();
  await watching;
  return latencies.toSorted((a, b) => a - b);
}

/** CPU seconds of the operator in an hour, for each Courier that is at rest. */
async function steadyCpu({ operator, count }: Bench, seconds: number): Promise<number> {
  const before = await cpuSeconds(operator.child.pid);
  await delay(seconds * 1000);
  return (((await cpuSeconds(operator.child.pid)) - before) * 3600) / seconds / count;
}

/** Requests to the API server, and among them writes, that one Courier's way from zero to N replicas takes. */
async function scaleEvent({ cluster, couriers, account }: Bench, aws: EmbeddedAws) {
  const QueueUrl = aws.sqs.createQueue('scaled');
  await couriers.create(couriers.manifest('scaled', QueueUrl));
  await couriers.condition('scaled', 'Ready', 'True/Ready', 120_000);
  await delay(3000);
  const seen = (await cluster.controlPlane.auditEvents(account.user)).length;
  for (let n = 0; n < 300; n++) {
    const Entries = Array.from({ length: 10 }, (_, index) => ({ Id: String(index), MessageBody: 'x' }));
    await aws.sqs.call('SendMessageBatch', { QueueUrl, Entries });
  }
  await delay(20_000);
  const requests = (await cluster.controlPlane.auditEvents(account.user)).slice(seen).filter(({ objectRef }) => {
    return /^(courier-)?scaled(\.|$)/.test(objectRef?.name ?? '');
  });
  return { requests: requests.length, writes: requests.filter(isPatch).length };
}

async function main(count: number, json: boolean): Promise<void> {
  const aws = await startEmbeddedAws();
  // No node: no worker starts, and the numbers are the operator's own.
  const crds = await Array.fromAsync(glob(join(project, 'crds', '*.yaml')));
  const cluster = await startCluster({ nodes: [], crds });
  try {
    await cluster.controlPlane.createNamespace(namespace);
    const account = await operatorAccount(cluster, namespace);
    const couriers = new Couriers(cluster, namespace, aws.endpoint);
    const url = aws.sqs.createQueue('empty');
    await inParallel(count, 16, (index) => couriers.create(couriers.manifest(nameOf(index), url)));
    const { metadata } = await cluster.controlPlane.admin.get<{ metadata: { resourceVersion: string } }>(
      `${couriersPath}?limit=1`,
    );
    const operator = OperatorUnderTest.start({
      ...account,
      namespace,
      env: { ...awsKeys, COURIER_INTERVAL_SECONDS: '5', NODE_OPTIONS: asInItsContainer },
    });
    const bench = { cluster, couriers, account, operator, count };
    const seconds = await reconcileAll(bench, metadata.resourceVersion);
    const startCpu = await cpuSeconds(operator.child.pid);
    await settle(bench);
    const latencies = await changeLatencies(bench, 100);
    await settle(bench);
    const cpu = await steadyCpu(bench, 30);
    const scale = await scaleEvent(bench, aws);
    const result = {
      couriers: count,
      cores: availableParallelism(),
      reconciledSeconds: significant(seconds),
      reconciledPerSecond: significant(count / seconds),
      startCpuSeconds: significant(startCpu),
      changeP50Milliseconds: significant(quantile(latencies, 0.5)),
      changeP99Milliseconds: significant(quantile(latencies, 0.99)),
      cpuSecondsPerSteadyCourierAndHour: significant(cpu),
      ...(await memory(operator, count)),
      requestsPerScaleEvent: scale.requests,
      writesPerScaleEvent: scale.writes,
    };
    if (json) console.log(JSON.stringify(result));
    else console.table(result);
    await operator.end();
  } finally {
    await cluster.stop();
    await aws.close();
  }
}

function isReconciled({ metadata, status }: SeenCourier): boolean {
  return status?.observedGeneration === metadata.generation;
}

function nameOf(index: number): string {
  return `bench-${index}`;
}

function isPatch({ verb, objectRef }: { readonly verb: string; readonly objectRef?: { readonly resource: string } }) {
  return objectRef?.resource !== 'leases' && ['create', 'patch', 'update', 'delete'].includes(verb);
}

async function memory(operator: OperatorUnderTest, count: number) {
  const { now, peak } = await residentMebibytes(operator.child.pid);
  const heap = Number(/^nodejs_heap_size_used_bytes (\S+)/m.exec(await operator.get('/metrics'))?.[1]) / 2 ** 20;
  return {
    memoryMebibytes: significant(now),
    peakMebibytes: significant(peak),
    heapMebibytes: significant(heap),
    kibibytesPerCourier: significant((now * 1024) / count),
  };
}

const { values } = parseArgs({
  options: { couriers: { type: 'string', default: '2000' }, json: { type: 'boolean', default: false } },
});
await main(Number(values.couriers), values.json);
