import { Backoff, reflectorBackoff } from './backoff.ts';
import type { KubeClient } from './client.ts';
import { type Clock, type Random, sleep } from './clock.ts';
import { KubeError } from './errors.ts';
import { describeError, type Logger, silent } from './log.ts';
import { noMetrics, type ReflectorMetrics } from './metrics.ts';
import type { KubeObject } from './objects.ts';
import type { Selection, WatchEvent } from './requests.ts';
import { compareResourceVersions } from './resource-version.ts';
import { type Resource, resourceName } from './resources.ts';
import { type Store, withoutManagedFields } from './store.ts';
import { type StoreEvent, storeChange, storeList } from './store-events.ts';

/** A watch lasts between 5 and 10 minutes, so that those of many clients do not end together. As client-go. */
const minWatchSeconds = 300;
/** A watch that ends sooner than this is a failure, even if it ends cleanly. */
const shortWatchMs = 1000;
/** How long a list that is older than what was seen before is refused: longer, and the past has been restored. */
const olderListMs = 60_000;
/** How often every object is told again; controller-runtime's default is 10 hours, its users' is 10 minutes. */
const defaultResyncMs = 600_000;

export type ReflectorOptions<T extends KubeObject, Index extends string> = {
  readonly client: Pick<KubeClient, 'list' | 'watch'>;
  readonly resource: Resource<T>;
  /** Which objects to keep; the list and the watch go by the same. */
  readonly selection?: Selection;
  readonly store: Store<T, Index>;
  /** Makes objects smaller before they are kept; must not throw. Default {@link withoutManagedFields}. */
  readonly transform?: (object: T) => T;
  /** How often `resync` is told of every object; default 10 minutes, give or take a tenth. */
  readonly resyncMs?: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log?: Logger;
  readonly metrics?: ReflectorMetrics;
};

/**
 * Keeps a store in step with a resource of the API server: lists it once, then watches. Nothing ends it but its signal:
 * what fails is tried again, after a back-off that follows the server's Retry-After.
 */
export class Reflector<T extends KubeObject, Index extends string = never> {
  /** Resolves after the first full list has been told to the subscribers. */
  readonly synced: Promise<void>;
  readonly #options: ReflectorOptions<T, Index>;
  readonly #log: Logger;
  readonly #metrics: ReflectorMetrics;
  readonly #backoff: Backoff;
  readonly #subscribers: ((event: StoreEvent<T>) => void)[] = [];
  readonly #resolveSynced: () => void;
  #state: 'new' | 'running' | 'synced' | 'ended' = 'new';
  /** Where the next watch begins; undefined when a list has to come first. */
  #position: string | undefined;
  /** Whether the next list has to be the newest state, rather than any that is not older than the store. */
  #newest = true;
  #olderSinceMs: number | undefined;

  constructor(options: ReflectorOptions<T, Index>) {
    this.#options = options;
    this.#log = options.log ?? silent;
    this.#metrics = options.metrics ?? noMetrics.reflector('');
    this.#backoff = new Backoff(reflectorBackoff, options.clock, options.random);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.synced = promise;
    this.#resolveSynced = resolve;
  }

  /** What is kept, in words for logs and probes. */
  get name(): string {
    return resourceName(this.#options.resource);
  }

  get store(): Store<T, Index> {
    return this.#options.store;
  }

  /** Whether the store has held a full list. */
  get hasSynced(): boolean {
    return this.#state === 'synced';
  }

  /** Tells `subscriber` of every change from now on. What it throws is logged, and stops nothing. */
  subscribe(subscriber: (event: StoreEvent<T>) => void): void {
    this.#subscribers.push(subscriber);
  }

  /** Runs until `signal` fires. @throws Error when it has been started before. */
  async run(signal: AbortSignal): Promise<void> {
    if (this.#state !== 'new') throw new Error(`the reflector of ${this.name} has been started before`);
    this.#state = 'running';
    const resyncs = this.#resync(signal);
    while (!signal.aborted) {
      const failure = await this.#listAndWatch(signal);
      if (failure !== undefined && !signal.aborted) await this.#pause(failure, signal);
    }
    await resyncs;
    this.#state = 'ended';
  }

  /** Lists if need be, watches until the watch ends, and returns why it ended if it should not have. */
  async #listAndWatch(signal: AbortSignal): Promise<unknown> {
    try {
      this.#position ??= await this.#list(signal);
      if (signal.aborted) return undefined;
      return await this.#watch(this.#position, signal);
    } catch (error) {
      // Where only the connection or the server failed, no event has been missed: go on from the last one.
      if (!(error instanceof KubeError && error.isRetryable) || this.#position === undefined) this.#relist(error);
      return error;
    }
  }

  #relist(error: unknown): void {
    const sinceList = this.#position !== undefined;
    this.#position = undefined;
    // A list from the last known state may be refused as too old or too new: then ask for the newest.
    this.#newest = !sinceList && error instanceof KubeError && (error.isGone || error.isResourceVersionTooLarge);
  }

  async #list(signal: AbortSignal): Promise<string> {
    const { client, resource, selection, store, clock, transform = withoutManagedFields } = this.#options;
    const startMs = clock.monotonic();
    const last = store.lastSyncResourceVersion;
    const freshness =
      this.#newest || last === undefined
        ? {}
        : ({ resourceVersion: last, resourceVersionMatch: 'NotOlderThan' } as const);
    const list = await client.list(resource, { ...selection, ...freshness }, signal);
    if (last !== undefined) this.#refuseOlder(list.resourceVersion, last);
    this.#metrics.listed(list.items.length, (clock.monotonic() - startMs) / 1000);
    const initial = this.#state === 'running';
    const events = storeList(store, list.items.map(transform), initial);
    store.lastSyncResourceVersion = list.resourceVersion;
    for (const event of events) this.#tell(event);
    if (initial) {
      this.#state = 'synced';
      this.#resolveSynced();
    }
    return list.resourceVersion;
  }

  /** A server that lags behind another would make the past the present, and deletions out of it. */
  #refuseOlder(listed: string, last: string): void {
    const order = compareResourceVersions(listed, last);
    if (order === undefined || order >= 0) {
      this.#olderSinceMs = undefined;
      return;
    }
    const nowMs = this.#options.clock.monotonic();
    this.#olderSinceMs ??= nowMs;
    if (nowMs - this.#olderSinceMs < olderListMs) {
      const detail = `the list shows resource version ${listed}, but ${last} has been seen`;
      throw new KubeError({ operation: `list ${this.name}`, reason: 'InvalidAnswer', detail });
    }
    this.#log.warn(
      { resource: this.name, listed, last },
      'the cluster has gone back in time; taking its state as it is',
    );
    this.#olderSinceMs = undefined;
  }

  async #watch(resourceVersion: string, signal: AbortSignal): Promise<unknown> {
    const { client, resource, selection, clock, random } = this.#options;
    const startMs = clock.monotonic();
    const timeoutSeconds = Math.floor(minWatchSeconds * (1 + random()));
    this.#metrics.watched();
    for await (const event of client.watch(resource, { ...selection, resourceVersion, timeoutSeconds }, signal)) {
      if (signal.aborted) return undefined;
      this.#take(event);
    }
    const lastedMs = clock.monotonic() - startMs;
    if (lastedMs >= shortWatchMs) return undefined;
    this.#metrics.shortWatch();
    return new Error(`the watch ended after ${Math.round(lastedMs)} ms`);
  }

  #take(event: WatchEvent<T>): void {
    const { store, transform = withoutManagedFields } = this.#options;
    if (event.type === 'BOOKMARK') {
      this.#advance(event.resourceVersion);
      return;
    }
    const changes = storeChange(store, { type: event.type, object: transform(event.object) });
    this.#advance(event.object.metadata.resourceVersion);
    for (const change of changes) this.#tell(change);
  }

  #advance(resourceVersion: string | undefined): void {
    if (resourceVersion === undefined) return;
    this.#position = resourceVersion;
    this.#options.store.lastSyncResourceVersion = resourceVersion;
  }

  #tell(event: StoreEvent<T>): void {
    for (const subscriber of this.#subscribers) {
      try {
        subscriber(event);
      } catch (error) {
        this.#log.error({ resource: this.name, event: event.type, err: error }, 'a subscriber of a store failed');
      }
    }
  }

  async #pause(failure: unknown, signal: AbortSignal): Promise<void> {
    const askedMs = failure instanceof KubeError ? (failure.retryAfterMs ?? 0) : 0;
    const delayMs = Math.max(askedMs, this.#backoff.next());
    const next = this.#position === undefined ? 'list' : 'watch';
    const fields = { resource: this.name, error: describeError(failure), delayMs: Math.round(delayMs), next };
    this.#log.warn(fields, 'following a resource was interrupted');
    await sleep(this.#options.clock, delayMs, signal);
  }

  async #resync(signal: AbortSignal): Promise<void> {
    const { clock, random, resyncMs = defaultResyncMs, store } = this.#options;
    while (!signal.aborted) {
      await sleep(clock, resyncMs * (0.9 + 0.2 * random()), signal);
      if (signal.aborted || !this.hasSynced) continue;
      for (const object of [...store.values()]) this.#tell({ type: 'resync', object });
    }
  }
}
