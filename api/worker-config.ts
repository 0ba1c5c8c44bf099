import type { Problem } from './problem.ts';
import { parseQueueUrl } from './queue-url.ts';
import { recipientUrl } from './recipient-url.ts';
import type {
  Courier,
  CourierAudit,
  CourierAuditFile,
  CourierAws,
  CourierQueue,
  CourierRecipient,
  CourierScaling,
  CourierSpec,
  CourierWorker,
} from './v1alpha1.gen.ts';

/**
 * What a worker needs to know of its Courier, and no more. Its file is a Courier manifest, so that a person can run a worker
 * from the manifest itself.
 */
export type WorkerConfig = {
  readonly metadata: { readonly namespace: string; readonly name: string };
  readonly spec: Pick<CourierSpec, 'queue' | 'delivery'> & {
    /** Where it is has been found out. */
    readonly recipient: Omit<CourierRecipient, 'url' | 'serviceRef'> & { readonly url: string };
    /** Where the audit's directory is, not what is mounted there. */
    readonly audit: Omit<CourierAudit, 'file'> & { readonly file?: Omit<CourierAuditFile, 'volume'> };
    /** As whom AWS is called. Without anything here, as whom the AWS SDK finds. */
    readonly aws?: CourierAws;
    readonly worker: Pick<CourierWorker, 'logLevel' | 'maxHeldBytes'>;
    /** Among how many a rate limit is divided. */
    readonly scaling: Pick<CourierScaling, 'maxReplicas'>;
  };
};

/** What was read, and the fields that were ignored. */
export type ReadWorkerConfig = { readonly config: WorkerConfig; readonly warnings: readonly Problem[] };

/** The part of `courier` that its workers read. */
export function workerConfig({ metadata, spec }: Pick<WorkerConfig, 'metadata'> & Pick<Courier, 'spec'>): WorkerConfig {
  const { queue, recipient, delivery, audit, aws, worker, scaling } = spec;
  return {
    metadata: { namespace: metadata.namespace, name: metadata.name },
    spec: {
      ...{ queue, recipient: withUrl(recipient, metadata.namespace), delivery, audit: withoutVolume(audit) },
      ...{
        worker: { logLevel: worker.logLevel, maxHeldBytes: worker.maxHeldBytes },
        scaling: { maxReplicas: scaling.maxReplicas },
      },
      ...(aws === undefined ? {} : { aws }),
    },
  };
}

function withUrl(recipient: CourierRecipient, namespace: string): WorkerConfig['spec']['recipient'] {
  const { serviceRef: _resolved, ...rest } = recipient;
  return { ...rest, url: recipientUrl(recipient, namespace) };
}

function withoutVolume({ file, ...audit }: CourierAudit): WorkerConfig['spec']['audit'] {
  if (file === undefined) return audit;
  const { volume: _mountedByKubernetes, ...read } = file;
  return { ...audit, file: read };
}

/**
 * Writes the part of a configuration that workers read at their start and never again: they must restart when it changes,
 * and only then. What else there is they are told in the exchange.
 */
export function serializeRestartConfig({ metadata, spec }: WorkerConfig): string {
  const { scaling: _divided, recipient, ...rest } = spec;
  const { rateLimit: _leased, concurrency, ...fixed } = recipient;
  const { maxPerReplica: _told, ...fixedConcurrency } = concurrency;
  return JSON.stringify(
    { metadata, spec: { ...rest, recipient: { ...fixed, concurrency: fixedConcurrency } } },
    sortKeys,
  );
}

/**
 * Writes a configuration that {@link ./worker-config-file.ts#parseWorkerConfig} reads: JSON with sorted keys, the same text for the same content.
 */
export function serializeWorkerConfig({ metadata, spec }: WorkerConfig): string {
  const manifest = { apiVersion: 'courier.dev/v1alpha1', kind: 'Courier', metadata, spec };
  return `${JSON.stringify(manifest, sortKeys, 2)}\n`;
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The region that requests to `queue` are signed for; of a valid Courier always defined, by the CRD's rules. */
export function queueRegion(queue: CourierQueue): string | undefined {
  return queue.region ?? parseQueueUrl(queue.url).region;
}
