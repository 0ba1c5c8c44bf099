import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../api/clock.ts';
import { decodeCourier } from '../api/courier.ts';
import { environment } from '../api/environment.ts';
import { rateOf } from '../api/rate-limit.ts';
import { startEmbeddedAws } from '../aws/embedded/server.ts';
import { serverEnvironment } from '../cli/embedded/resources.ts';
import { ProcessFleet } from '../cli/local/process-fleet.ts';
import { workerSpawner } from '../cli/local/spawn-worker.ts';
import { WorkerFiles } from '../cli/local/worker-files.ts';
import { ExchangeClient } from '../operator/exchange/exchange-client.ts';
import { tokenSha256 } from '../operator/exchange/token.ts';
import { FleetExchange } from '../operator/fleet/fleet-exchange.ts';

/**
 * Measures at a real recipient what eight real workers send under one rate limit while they die and are replaced: the rate
 * must never be above the limit by more than the burst, and with a backlog it must be nearly all of it. Exits 1 otherwise.
 */
const workers = 8;
const rateLimit = { messages: 400, perSeconds: 1, burst: 100 };
const warmUpMs = 10_000;
const measuredMs = 60_000;
const roundMs = 5_000;
/** A round comes this soon when a worker has come or gone, as the operator makes it. */
const hurriedMs = 1_000;
const churnMs = 10_000;
/** Of the limit. */
const leastUsed = 0.95;

const limit = rateOf(rateLimit);
const messages = Math.ceil(limit.messagesPerSecond * ((warmUpMs + measuredMs) / 1000) * 1.3);

/** Follows how far what has arrived is ahead of the limit, as a token bucket that never refuses. */
class Meter {
  #level = 0;
  #atMs = 0;
  peak = 0;
  arrived = 0;

  count(nowMs: number): void {
    const drained = ((nowMs - this.#atMs) / 1000) * limit.messagesPerSecond;
    this.#level = Math.max(0, this.#level - drained) + 1;
    this.#atMs = nowMs;
    this.peak = Math.max(this.peak, this.#level);
    this.arrived++;
  }
}

const meter = new Meter();
const recipient = createServer((request, response) => {
  meter.count(performance.now());
  request.resume();
  response.writeHead(204).end();
}).listen(0, '127.0.0.1');
await once(recipient, 'listening');
const aws = await startEmbeddedAws();
const queueUrl = aws.sqs.createQueue('leases', { VisibilityTimeout: '30' });
for (let first = 0; first < messages; first += 10) {
  const Entries = Array.from({ length: 10 }, (_, index) => ({ Id: String(index), MessageBody: String(first + index) }));
  await aws.sqs.call('SendMessageBatch', { QueueUrl: queueUrl, Entries });
}

const { courier } = decodeCourier({
  ...{ apiVersion: 'courier.dev/v1alpha1', kind: 'Courier', metadata: { namespace: 'bench', name: 'leases' } },
  spec: {
    queue: { url: queueUrl, region: 'us-east-1', endpoint: aws.endpoint, waitTimeSeconds: 1 },
    recipient: { url: `http://127.0.0.1:${(recipient.address() as AddressInfo).port}/`, rateLimit },
    audit: { none: {} },
    scaling: { minReplicas: workers, maxReplicas: workers },
  },
});
if (courier === undefined) throw new Error('the manifest of this measurement is none');
const files = await WorkerFiles.create(undefined, (sentence) => console.error(sentence));
const token = randomUUID();
const env = { ...serverEnvironment(aws), [environment.exchangeTokenSha256]: tokenSha256(token) };
const entry = new URL('../cli/main.ts', import.meta.url).pathname;
const spawn = workerSpawner({ entry, configPath: await files.writeConfig(courier), logs: files.logs, env });
const fleet = new ProcessFleet({
  ...{ courier: 'leases', spawn, stopWithinMs: 30_000, clock: systemClock },
  report: (sentence) => console.log(`  ${sentence}`),
});
const client = new ExchangeClient();
const exchange = new FleetExchange({
  ...{ intervalMs: roundMs, adopts: false, clock: systemClock },
  exchange: (address, order, signal) => client.exchange(address, token, order, signal),
});

const stop = new AbortController();
let known = '';
let roundAtMs = Number.NEGATIVE_INFINITY;
const rounds = setInterval(() => {
  const members = fleet.members;
  const listening = members.filter(({ address }) => address !== undefined).map(({ id }) => id);
  const sinceMs = performance.now() - roundAtMs;
  if (sinceMs < hurriedMs || (sinceMs < roundMs && listening.join() === known)) return;
  known = listening.join();
  roundAtMs = performance.now();
  void exchange.round(members, { spec: courier.spec, drains: new Set() }, stop.signal);
}, 100);
/** In turn one dies, one is asked to leave, and its place is filled. */
let turn = 0;
const churn = setInterval(() => {
  const victim = fleet.workers[turn % fleet.workers.length];
  if (turn++ % 2 === 0 && victim?.pid !== undefined) process.kill(victim.pid, 'SIGKILL');
  else {
    fleet.resize(workers - 1);
    fleet.resize(workers);
  }
}, churnMs);

fleet.resize(workers);
await delay(warmUpMs);
const before = meter.arrived;
const startMs = performance.now();
await delay(measuredMs);
const perSecond = ((meter.arrived - before) * 1000) / (performance.now() - startMs);
const left = await aws.sqs.call('GetQueueAttributes', {
  ...{ QueueUrl: queueUrl, AttributeNames: ['ApproximateNumberOfMessages'] },
});
clearInterval(churn);
clearInterval(rounds);
stop.abort();
await fleet.drain();
await Promise.all([client.close(), files.remove(), aws.close()]);
recipient.closeAllConnections();
recipient.close();

const used = perSecond / limit.messagesPerSecond;
console.log(`${perSecond.toFixed(1)}/s of ${limit.messagesPerSecond}/s: ${(used * 100).toFixed(1)} %`);
console.log(`never more than ${meter.peak.toFixed(0)} ahead of the limit; the burst is ${limit.burst}`);
console.log(`left in the queue: ${JSON.stringify(left)}`);
if (used < leastUsed || meter.peak > limit.burst + 1) process.exitCode = 1;
