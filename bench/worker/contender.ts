import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { environment } from '../../api/environment.ts';
import { serializeWorkerConfig } from '../../api/worker-config.ts';
import { parseWorkerConfig } from '../../api/worker-config-file.ts';
import { allocatorEnvironment, nodeFlags } from '../../api/worker-runtime.ts';
import { credentials, region } from '../bare-call.ts';
import { Child } from '../child.ts';
import type { ContenderInput } from './handler.ts';

/** What is compared: our worker, and two libraries with a program around each that does the same work. */
export type ContenderName = 'courier' | 'sqs-consumer' | 'squiss-ts';

/** A process that takes messages from a queue for as long as there are any. */
export type Contender = {
  readonly name: ContenderName;
  readonly child: Child;
  /** The worker's metrics; nobody else has any. */
  readonly metrics: (() => Promise<string>) | undefined;
};

export type ContenderOptions = ContenderInput & {
  /** Our worker's own: where it audits, and what else its manifest says. */
  readonly audit?: object;
  readonly fifo?: boolean;
};

const scripts: Readonly<Record<Exclude<ContenderName, 'courier'>, string>> = {
  'sqs-consumer': 'sqs-consumer.ts',
  'squiss-ts': 'squiss.ts',
};

export async function startContender(name: ContenderName, options: ContenderOptions): Promise<Contender> {
  if (name === 'courier') return await startCourier(options);
  const script = join(import.meta.dirname, scripts[name]);
  return { name, child: new Child(script, 'measured', { args: [JSON.stringify(options)] }), metrics: undefined };
}

async function startCourier(options: ContenderOptions): Promise<Contender> {
  const { directory, awsEndpoint, queueUrl, recipientUrl, inFlight } = options;
  await mkdir(directory, { recursive: true });
  const config = join(directory, 'courier.json');
  const manifest = {
    apiVersion: 'courier.dev/v1alpha1',
    kind: 'Courier',
    metadata: { name: 'bench' },
    spec: {
      queue: { url: queueUrl, region, endpoint: awsEndpoint },
      recipient: { url: recipientUrl, concurrency: { maxPerReplica: inFlight } },
      audit: options.audit ?? { file: { directory } },
    },
  };
  // As the operator writes it.
  await writeFile(config, serializeWorkerConfig(parseWorkerConfig(JSON.stringify(manifest), config).config));
  const env = {
    [environment.config]: config,
    [environment.worker]: 'bench-0',
    [environment.listen]: '127.0.0.1:0',
    ...allocatorEnvironment,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  // What is shipped: the sources would bring the compiler with them into memory.
  const child = new Child(join(import.meta.dirname, '../../dist/worker.mjs'), 'measured', { env, flags: nodeFlags });
  const { port } = await child.told(isListening);
  const metrics = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return { name: 'courier', child, metrics };
}

function isListening(message: unknown): message is { readonly port: number } {
  return typeof message === 'object' && message !== null && 'port' in message;
}
