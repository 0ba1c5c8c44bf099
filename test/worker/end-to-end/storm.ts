import assert from 'node:assert/strict';
import type { Random } from '../../../api/random.ts';
import { eventually, type WorkerUnderTest } from '../../support/worker-under-test.ts';
import { seeded } from '../virtual-worker.ts';
import { type AuditTrail, FileTrail, StreamTrail } from './audit-trail.ts';
import { Evidence, lifeHeader } from './evidence.ts';
import { QueueWatch } from './queue-watch.ts';
import type { EndToEndServer, Stage } from './stage.ts';

/** What two workers of a queue go through. */
export type StormPlan = {
  readonly messages: number;
  /** Message groups; 0: a standard queue. */
  readonly groups: number;
  readonly audit: 'File' | 'Firehose';
  readonly faults: readonly ('Kill' | 'Halt')[];
  readonly seed: number;
};

const visibilityTimeoutSeconds = 10;
const haltMs = visibilityTimeoutSeconds * 1000 + 2_000;

/** One of the workers, in one of its lives. */
type Lived = { readonly name: string; readonly life: string; readonly worker: WorkerUnderTest };

/**
 * Has two workers empty a queue, kills or halts one or the other at moments that the seed draws, and asserts the whole
 * guarantee by what is seen from outside. A recipient that refuses some makes retries part of it.
 */
export async function playStorm(stage: Stage, server: EndToEndServer, plan: StormPlan): Promise<Evidence> {
  const stream = plan.audit === 'Firehose' ? server.createStream?.() : undefined;
  const trail: AuditTrail = stream === undefined ? new FileTrail(stage.directory) : new StreamTrail(stream);
  await using watch = await QueueWatch.start(server.endpoint);
  const evidence = new Evidence(trail, plan.groups);
  watch.deleting = (ids) => evidence.deleting(ids);
  watch.deleted = (ids) => evidence.deleted(ids);
  const random = seeded(plan.seed);
  stage.recorder.watch = (request, status) => evidence.request(request, status);
  stage.recorder.answer = () => ({ status: random() < 0.03 ? 503 : 200, afterMs: 2 + 20 * random() });
  await stage.send(plan.messages, { groups: plan.groups });

  const begin = async (name: string, number: number): Promise<Lived> => {
    const life = `${name}-${number}`;
    const fields = {
      queue: { endpoint: watch.endpoint, visibilityTimeoutSeconds },
      recipient: { concurrency: { maxPerReplica: 8 }, headers: [{ name: lifeHeader, value: life }] },
      ...(stream && { audit: { firehose: { deliveryStreamName: stream.name, endpoint: server.endpoint } } }),
    };
    return { name, life, worker: await stage.start(name, fields) };
  };
  const workers = [await begin('w0', 0), await begin('w1', 0)];
  for (const [number, fault] of plan.faults.entries()) {
    const due = dueAfter(plan, number, random);
    await eventually(() => evidence.accepted >= due, `${due} messages accepted`);
    const index = random() < 0.5 ? 0 : 1;
    const struck = workers[index];
    assert.ok(struck !== undefined);
    evidence.fault(struck.life);
    if (fault === 'Halt') await halt(struck.worker);
    else {
      await struck.worker.end('SIGKILL');
      workers[index] = await begin(struck.name, number + 1);
    }
  }
  await eventually(async () => (await stage.left()) === 0, 'the queue empty');
  for (const { worker } of workers) {
    // One that has only just been started has no way yet to stop in order.
    await worker.status();
    assert.equal(await worker.end('SIGTERM'), 0, worker.log);
  }
  evidence.expectGuarantee(plan.messages);
  return evidence;
}

/** How many messages are to be accepted before a fault strikes: somewhere in its share of all of them. */
function dueAfter({ messages, faults }: StormPlan, number: number, random: Random): number {
  return Math.floor((0.9 * messages * (number + random())) / faults.length);
}

async function halt(worker: WorkerUnderTest): Promise<void> {
  worker.signal('SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, haltMs));
  worker.signal('SIGCONT');
}
