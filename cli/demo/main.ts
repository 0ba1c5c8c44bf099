import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../api/clock.ts';
import { startEmbeddedAws } from '../../aws/embedded/server.ts';
import { embeddedCredentials, serverEnvironment } from '../embedded/resources.ts';
import { exitCodes } from '../exit-codes.ts';
import { startRecipient } from '../harness/recipient.ts';
import { acceptingScript } from '../harness/script.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { embedCourier } from '../local/embed.ts';
import { runSession } from '../local/session.ts';
import { accountFor } from './account.ts';
import { readAudit } from './audit-files.ts';
import { demoCourier, demoManifest } from './manifest.ts';
import { Narrator } from './narrator.ts';
import { tellStory } from './story.ts';

/** A story that is not over by then has gone wrong; what is true at that moment is counted all the same. */
const limitMs = 75_000;

/** A recipient of 20 ms that is slow now and then, and fails now and then. */
const script = { ...acceptingScript, tail: { share: 0.01, latencyMs: 250 }, errorShare: 0.005 };

/** Runs the demo; resolves to the exit code, 1 when a message was lost, not audited, or left behind. */
async function demo(): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'courier-demo-'));
  const auditDirectory = join(directory, 'audit');
  const logDirectory = join(directory, 'logs');
  await mkdir(auditDirectory);
  const clock = systemClock;
  const narrator = new Narrator((line) => console.log(line), clock);
  const server = await startEmbeddedAws();
  const recipient = await startRecipient({ port: 0, script, clock, random: Math.random });
  console.log(`${demoManifest(recipient.url, auditDirectory)}`);

  const courier = await embedCourier(demoCourier(recipient.url, auditDirectory), server);
  const interrupts = listenForInterrupts();
  const over = new AbortController();
  const drain = AbortSignal.any([over.signal, interrupts.drain]);
  const session = runSession(
    {
      ...{
        couriers: [courier],
        secrets: { secrets: [], directory: undefined },
        intervalMs: 500,
        untilEmpty: false,
        logDirectory,
        view: narrator,
        clock,
      },
      entry: fileURLToPath(new URL('../main.ts', import.meta.url)),
      env: serverEnvironment(server),
      credentials: embeddedCredentials,
    },
    { drain, kill: interrupts.kill },
  );
  const sent: string[] = [];
  const stage = { narrator, server, queueUrl: courier.spec.queue.url, recipient };
  const signal = AbortSignal.any([drain, AbortSignal.timeout(limitMs)]);
  const told = tellStory(stage, sent, signal).then(
    () => undefined,
    (error: unknown) => `The story was not finished: ${error}.`,
  );
  const unfinished = await Promise.race([told, session.then(() => 'The fleet ended before the story.')]);
  over.abort();
  const [last] = await session;

  const queue = last?.queue ?? null;
  const left = queue === null ? null : queue.visible + queue.notVisible + queue.delayed;
  const audit = await readAudit(auditDirectory);
  const account = accountFor({ sent, accepted: recipient.accepted, audit, left });
  await Promise.all([recipient.close(), server.close()]);
  const faults = unfinished === undefined ? account.faults : [unfinished, ...account.faults];
  for (const fault of faults) console.log(fault);
  console.log('Counted from what the recipient accepted and what the audit files hold, not from counters:');
  console.log(account.line);
  return faults.length === 0 ? exitCodes.ok : exitCodes.failed;
}

process.exit(await demo());
