import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep, systemClock } from '../../../api/clock.ts';
import { type ApiClient, ApiError } from '../api-client.ts';
import type { BackOffPolicy } from './back-off.ts';
import { prepareLaunch, type Waiting } from './container-launch.ts';
import { ContainerRunner } from './container-runner.ts';
import type { Environment } from './environment.ts';
import type { Images } from './images.ts';
import type { Log } from './log.ts';
import type { ObjectReader } from './object-reader.ts';
import type { Condition, Container, Pod, PodStatus } from './objects.ts';
import type { PodAddresses } from './pod-fields.ts';
import { podStatus } from './pod-status.ts';
import { PodVolumes } from './pod-volumes.ts';
import type { Launch, Sandbox } from './sandbox.ts';
import { StatusWriter } from './status-writer.ts';
import { wholeSeconds } from './timestamps.ts';
import { TokenSource } from './token-source.ts';
import { unsupportedFeature } from './unsupported.ts';

/** What pods need of their kubelet. */
export type PodHost = {
  readonly client: ApiClient;
  readonly images: Images;
  readonly sandbox: Sandbox;
  /** Reads objects as they are now: for what a container starts with. */
  readonly current: ObjectReader;
  /** May be behind by a refresh: for what volumes are kept up to date with. */
  readonly recent: ObjectReader;
  readonly refreshIntervalMs: number;
  readonly backOff: BackOffPolicy;
  /** Variables that every container gets. */
  readonly environment: Environment;
  /** Where logs of pods go, and their volumes while they run. */
  readonly directory: string;
  readonly log: Log;
};

/** Kubernetes' own default. */
const defaultGraceSeconds = 30;
/** A pod that was deleted without any grace still gets a second, as from the real kubelet. */
const shortestGraceSeconds = 1;
const retryMs = 500;

/** The life of one pod on this node: volumes, containers, status, and its deletion when all has ended. */
export class PodRunner {
  readonly addresses: PodAddresses;
  readonly containers: readonly ContainerRunner[];
  readonly #host: PodHost;
  readonly #volumes: PodVolumes;
  readonly #scratch: string;
  readonly #status: StatusWriter;
  /** Aborts when the containers are to end. */
  readonly #ending = new AbortController();
  /** Aborts when nobody is to hear of the pod any more: it is gone, or the kubelet stops. */
  readonly #silent = new AbortController();
  readonly #startTime = wholeSeconds(new Date());
  #pod: Pod;
  #conditions: readonly Condition[] = [];
  #prepared = false;
  #ended = false;

  constructor(pod: Pod, addresses: PodAddresses, host: PodHost) {
    this.#pod = pod;
    this.addresses = addresses;
    this.#host = host;
    const { name, namespace, uid } = pod.metadata;
    this.#scratch = join(host.directory, 'pods', uid);
    const logDirectory = join(host.directory, 'logs', `${namespace}_${name}_${uid}`);
    this.#volumes = new PodVolumes(join(this.#scratch, 'volumes'), addresses, new TokenSource(host.client));
    this.#status = new StatusWriter(host.client, pod, () => this.#readStatus(), host.log, this.#silent.signal);
    this.containers = pod.spec.containers.map((container) => this.#containerRunner(container, logDirectory));
  }

  get pod(): Pod {
    return this.#pod;
  }

  /** Takes the pod as it is now. Only its deletion changes what runs. */
  update(pod: Pod): void {
    this.#pod = pod;
    if (pod.metadata.deletionTimestamp !== undefined) this.#end(this.#graceSeconds());
    this.#status.changed();
  }

  /** The pod is no more: what runs must end, and nobody is told. */
  vanished(): void {
    this.#silent.abort();
    this.#end(shortestGraceSeconds);
  }

  /** Ends it at once and tells nobody, for the kubelet itself ends. */
  abandon(): void {
    this.#silent.abort();
    this.#end(0);
  }

  /** Runs the pod until it is gone and so is all that it had on this machine, but for its logs. */
  async run(): Promise<void> {
    await mkdir(this.#scratch, { recursive: true });
    this.#status.changed();
    await this.#prepareVolumes();
    const refreshing = new AbortController();
    const refresh = this.#refreshVolumes(AbortSignal.any([refreshing.signal, this.#silent.signal]));
    if (!this.#ending.signal.aborted) await Promise.all(this.containers.map((container) => container.run()));
    refreshing.abort();
    await refresh;
    this.#ended = true;
    this.#status.changed();
    await untilAborted(this.#ending.signal);
    await this.#status.flush();
    await this.#delete();
    await rm(this.#scratch, { recursive: true });
  }

  async #prepareVolumes(): Promise<void> {
    const { signal } = this.#ending;
    const unsupported = unsupportedFeature(this.#pod);
    while (!signal.aborted) {
      try {
        if (unsupported !== undefined) throw new Error(unsupported);
        await this.#volumes.update(this.#pod, this.#host.current);
        this.#prepared = true;
        return;
      } catch (error) {
        for (const container of this.containers) container.wait('ContainerCreating', messageOf(error));
      }
      await sleep(systemClock, retryMs, signal);
    }
  }

  /** An object that has gone leaves the files as they were, as with the real kubelet. */
  async #refreshVolumes(signal: AbortSignal): Promise<void> {
    const { refreshIntervalMs, recent, log } = this.#host;
    for (;;) {
      await sleep(systemClock, refreshIntervalMs, signal);
      if (signal.aborted) return;
      try {
        await this.#volumes.update(this.#pod, recent);
      } catch (error) {
        log(`${this.#name}, volumes: ${messageOf(error)}`);
      }
    }
  }

  #containerRunner(container: Container, logDirectory: string): ContainerRunner {
    const { restartPolicy = 'Always', terminationGracePeriodSeconds = defaultGraceSeconds } = this.#pod.spec;
    return new ContainerRunner({
      container,
      podIP: this.addresses.podIP,
      restartPolicy,
      graceSeconds: terminationGracePeriodSeconds,
      backOff: this.#host.backOff,
      logDirectory: join(logDirectory, container.name),
      prepare: () => this.#prepareContainer(container),
      changed: () => this.#status.changed(),
      log: (message) => this.#host.log(`${this.#name}: ${message}`),
    });
  }

  #prepareContainer(container: Container): Promise<Launch | Waiting> {
    const { images, current: objects, sandbox, environment } = this.#host;
    const pod = { pod: this.#pod, addresses: this.addresses, volumes: this.#volumes, scratch: this.#scratch };
    return prepareLaunch(container, { ...pod, images, objects, sandbox, environment });
  }

  get #name(): string {
    return `pod ${this.#pod.metadata.namespace}/${this.#pod.metadata.name}`;
  }

  #graceSeconds(): number {
    const { metadata, spec } = this.#pod;
    const grace = metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? defaultGraceSeconds;
    return Math.max(shortestGraceSeconds, grace);
  }

  #end(graceSeconds: number): void {
    this.#ending.abort();
    for (const container of this.containers) container.stop(graceSeconds);
  }

  #readStatus(): PodStatus {
    const status = podStatus({
      pod: this.#pod,
      containers: this.containers.map((container) => container.status),
      addresses: this.addresses,
      prepared: this.#prepared,
      ended: this.#ended,
      startTime: this.#startTime,
      now: wholeSeconds(new Date()),
      previous: this.#conditions,
    });
    this.#conditions = status.conditions ?? [];
    return status;
  }

  /** With no grace: nothing of it runs any more. */
  async #delete(): Promise<void> {
    const { namespace, name, uid } = this.#pod.metadata;
    const { signal } = this.#silent;
    for (; !signal.aborted; await sleep(systemClock, retryMs, signal)) {
      try {
        const options = { gracePeriodSeconds: 0, preconditions: { uid } };
        await this.#host.client.delete(`/api/v1/namespaces/${namespace}/pods/${name}`, options, signal);
        return;
      } catch (error) {
        if (error instanceof ApiError && (error.status === 404 || error.status === 409)) return;
        this.#host.log(`${this.#name}, deletion: ${messageOf(error)}`);
      }
    }
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
