import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../api/clock.ts';
import { environment } from '../../api/environment.ts';
import type { Courier } from '../../api/v1alpha1.gen.ts';
import type { EmbeddedAws } from '../../aws/embedded/server.ts';
import { embeddedCredentials, serverEnvironment } from '../embedded/resources.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { formatCount, plural } from '../format.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { readManifest } from '../manifest.ts';
import type { Range } from '../option-values.ts';
import { embedCourier } from './embed.ts';
import { runSession } from './session.ts';
import type { CourierSnapshot } from './snapshot.ts';
import { LineView, TableView, type View } from './view.ts';

/** The options of `courier local`. */
export type LocalOptions = {
  readonly file: string;
  readonly workers?: Range;
  readonly embedded: boolean;
  readonly port: number;
  readonly firehoseDir?: string;
  /** Milliseconds. */
  readonly interval: number;
  readonly untilEmpty: boolean;
  readonly logDir?: string;
};

/** Runs the Couriers of a manifest on this machine until it is interrupted or their queues are empty. */
export async function localCommand(options: LocalOptions): Promise<number> {
  const stop = listenForInterrupts();
  const manifest = await readManifest(options.file);
  const written = manifest.couriers.map(placedHere);
  const server = options.embedded ? await embed(options) : undefined;
  const couriers = server === undefined ? written : await embedAll(written, server);
  const secrets = { secrets: manifest.secrets, directory: process.env[environment.secrets] };
  try {
    const snapshots = await runSession(
      {
        ...{ couriers, secrets, intervalMs: options.interval, untilEmpty: options.untilEmpty, clock: systemClock },
        ...{ workers: options.workers, logDirectory: options.logDir, entry: process.argv[1] ?? '' },
        env: server === undefined ? {} : serverEnvironment(server),
        credentials: server === undefined ? undefined : embeddedCredentials,
        view: chooseView(),
      },
      stop,
    );
    for (const snapshot of snapshots) console.log(describeEnd(snapshot));
    const clean = snapshots.every(({ unclean }) => unclean.workers === 0);
    return clean && !stop.kill.aborted ? exitCodes.ok : exitCodes.failed;
  } finally {
    await server?.close();
  }
}

/**
 * A Courier as it runs on this machine. A Secret with AWS credentials is for clusters: here they are those of the
 * environment, as of every program.
 * @throws CommandError when its recipient is a Service.
 */
function placedHere(courier: Courier): Courier {
  const { serviceRef } = courier.spec.recipient;
  if (serviceRef !== undefined) {
    const sentence = `spec.recipient.serviceRef names the Service ${serviceRef.name}, and there is no cluster here: write spec.recipient.url instead`;
    throw new CommandError(exitCodes.wrong, `${courier.metadata.name}: ${sentence}.`);
  }
  const { credentialsSecretRef: _forClusters, ...aws } = courier.spec.aws ?? {};
  return { ...courier, spec: { ...courier.spec, aws } };
}

async function embed({ port, firehoseDir }: LocalOptions): Promise<EmbeddedAws> {
  const { startServer } = await import('../embedded/command.ts');
  const firehoseDirectory = firehoseDir ?? (await mkdtemp(join(tmpdir(), 'courier-firehose-')));
  const server = await startServer({ port, firehoseDirectory, keepRecords: false });
  console.log(`SQS and Firehose are embedded at ${server.endpoint}; records of streams go to ${firehoseDirectory}.`);
  return server;
}

async function embedAll(couriers: readonly Courier[], server: EmbeddedAws): Promise<readonly Courier[]> {
  const embedded: Courier[] = [];
  for (const courier of couriers) {
    const placed = await embedCourier(courier, server);
    embedded.push(placed);
    const { url } = placed.spec.queue;
    if (url === courier.spec.queue.url) continue;
    console.log(`Send to it with: courier harness send --queue-url ${url}`);
  }
  const variables = Object.entries(serverEnvironment(server)).map(([name, value]) => `${name}=${value}`);
  console.log(`with the environment ${variables.join(' ')}`);
  return embedded;
}

function chooseView(): View {
  if (process.stdout.isTTY) return new TableView(process.stdout);
  return new LineView((line) => console.log(line), systemClock);
}

/** What a Courier has done in a session, and what it left behind, in one line. */
export function describeEnd({ courier, totals, queue, unclean }: CourierSnapshot): string {
  const done = ['delivered', 'audited', 'deleted', 'held'] as const;
  const parts = [done.map((name) => `${name} ${formatCount(totals[name])}`).join(', ')];
  if (queue === null) parts.push('what is left in the queue is not known');
  else parts.push(`${formatCount(queue.visible + queue.notVisible + queue.delayed)} left in the queue`);
  if (unclean.workers > 0) {
    const lost = unclean.held === 0 ? '' : ', which are received again when their visibility timeout ends';
    parts.push(
      `${plural(unclean.workers, 'worker')} did not stop cleanly, holding ${plural(unclean.held, 'message')}${lost}`,
    );
  }
  return `${courier}: ${parts.join('; ')}.`;
}
