import { SQSClient } from '@aws-sdk/client-sqs';
import { systemClock } from '../../api/clock.ts';
import { embeddedCredentials, type Server } from '../embedded/resources.ts';
import { formatCount, plural } from '../format.ts';
import type { Recipient } from '../harness/recipient.ts';
import { sendMessages } from '../harness/sender.ts';
import { sqsSendBatch } from '../harness/sqs-batch.ts';
import type { Narrator } from './narrator.ts';

/** The messages of the spike. */
export const spikeMessages = 6000;
/** The share of them that the recipient has when a worker is killed. */
const killAfterShare = 0.35;
/** Rounds of the scaler that show that nothing happens. */
const idleRounds = 3;

export type Stage = {
  readonly narrator: Narrator;
  readonly server: Server;
  readonly queueUrl: string;
  readonly recipient: Recipient;
};

/**
 * The story, told while the fleet and the scaler run: idle at zero, a spike, a worker killed, the backlog drained, zero again.
 * @returns the ids of the messages that were sent.
 * @throws the signal's reason when it aborts first.
 */
export async function tellStory(stage: Stage, sent: string[], signal: AbortSignal): Promise<void> {
  const { narrator, recipient } = stage;
  narrator.say('The queue is empty and no worker runs.');
  for (let round = 0; round < idleRounds; round++) await narrator.until(() => true, signal);

  narrator.say(`A spike: ${formatCount(spikeMessages)} messages arrive.`);
  await sendSpike(stage, sent, signal);
  narrator.say(`All ${formatCount(sent.length)} are in the queue.`);

  const killAt = spikeMessages * killAfterShare;
  const crowded = await narrator.until(
    ({ workers }) =>
      recipient.counts.accepted >= killAt && workers.some(({ held, pid }) => held > 0 && pid !== undefined),
    signal,
  );
  const victim = crowded.workers.find(({ held, pid }) => held > 0 && pid !== undefined);
  if (victim?.pid !== undefined) {
    narrator.say(`kill -9 ${victim.pid}: ${victim.name} dies with ${plural(victim.held, 'message')} in its hands.`);
    narrator.say('They come back to the queue when their visibility timeout ends, and others deliver them.');
    process.kill(victim.pid, 'SIGKILL');
  }

  await narrator.until(
    ({ queue, totals }) => queue !== null && queue.visible + queue.notVisible + queue.delayed + totals.held === 0,
    signal,
  );
  narrator.say('The backlog is gone: every message is delivered, audited and deleted.');
  await narrator.until(({ workers }) => workers.length === 0, signal);
  narrator.say('The workers have left, and the fleet is at zero again.');
}

async function sendSpike({ server, queueUrl }: Stage, sent: string[], signal: AbortSignal): Promise<void> {
  const client = new SQSClient({ endpoint: server.endpoint, region: server.region, credentials: embeddedCredentials });
  const queue = { resource: 'queue', name: queueUrl, region: server.region, endpoint: server.endpoint } as const;
  const plan = { count: spikeMessages, sizeBytes: 256, groups: 0, attributes: {}, runId: 'demo' };
  await sendMessages(
    plan,
    {
      sendBatch: sqsSendBatch(client, queue, plan, false),
      clock: systemClock,
      random: Math.random,
      parallel: 2,
      onSent: (messageId) => sent.push(messageId),
    },
    signal,
  );
  client.destroy();
}
