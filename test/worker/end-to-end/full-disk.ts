import assert from 'node:assert/strict';
import { unlinkSync } from 'node:fs';
import { mountSmallVolume } from '../../support/small-volume.ts';
import { eventually } from '../../support/worker-under-test.ts';
import { FileTrail } from './audit-trail.ts';
import { Evidence, lifeHeader } from './evidence.ts';
import { QueueWatch } from './queue-watch.ts';
import type { EndToEndServer, Stage } from './stage.ts';

/** The volume has room for the records of 400 such messages. */
const bodyBytes = 2_000;
/** With so many, more wait for their records than may: receiving stops. Not on a FIFO queue, which hands out less. */
const enoughToClose = 1_500;

/**
 * Has a worker write its audit to a volume of a mebibyte, which it fills again and again, kills it once while that is full, and
 * asserts the whole guarantee by what is seen from outside.
 * @param groups message groups; 0: a standard queue.
 */
export async function playFullDisk(
  stage: Stage,
  server: EndToEndServer,
  groups: number,
  messages: number,
): Promise<void> {
  using volume = mountSmallVolume();
  assert.ok(volume !== undefined, 'this user may not mount a small volume');
  const trail = new FileTrail(volume.path);
  await using watch = await QueueWatch.start(server.endpoint);
  const evidence = new Evidence(trail, groups);
  watch.deleting = (ids) => evidence.deleting(ids);
  watch.deleted = (ids) => evidence.deleted(ids);
  stage.recorder.watch = (request, status) => evidence.request(request, status);
  await stage.send(messages, { groups, bodyBytes });
  const begin = (life: string) =>
    stage.start('w0', {
      queue: { endpoint: watch.endpoint },
      recipient: { headers: [{ name: lifeHeader, value: life }] },
      audit: { file: { directory: volume.path, maxSegmentBytes: 65_536 } },
    });
  let worker = await begin('w0-0');
  await eventually(async () => {
    const { auditFailure, waiting } = await worker.status();
    return auditFailure !== null && (groups > 0 || messages < enoughToClose || waiting.for === 'Audit');
  }, 'the disk full, and said so');
  assert.match(String((await worker.status()).auditFailure), /no space is left/);
  assert.equal((await worker.get('/livez')).status, 200);
  assert.ok((await stage.left()) > 0);
  assert.equal(evidence.duplicates, 0, 'nothing is posted again since the audit fails');
  evidence.fault('w0-0');
  await worker.end('SIGKILL');
  trail.ship(unlinkSync);
  worker = await begin('w0-1');
  await eventually(async () => {
    if ((await worker.status()).auditFailure !== null) trail.ship(unlinkSync);
    return (await stage.left()) === 0;
  }, 'everything delivered');
  assert.equal(await worker.end('SIGTERM'), 0, worker.log);
  evidence.expectGuarantee(messages);
}
