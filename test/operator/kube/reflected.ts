import assert from 'node:assert/strict';
import { Reflector, type ReflectorOptions } from '../../../operator/kube/reflector.ts';
import { Store } from '../../../operator/kube/store.ts';
import type { StoreEvent } from '../../../operator/kube/store-events.ts';
import { type ConfigMap, configMap, configMaps } from '../../support/kube/kinds.ts';
import type { FaultAction } from '../../support/kube/memory-server.ts';
import type { OpenWatch } from '../../support/kube/open-watch.ts';
import { VirtualCluster } from '../../support/kube/virtual-cluster.ts';

/** Paths of lists. */
export const collection = /configmaps\?(?!watch)/;
/** Paths of watches. */
export const watch = /configmaps\?watch/;

/** A reflector of ConfigMaps at a server in memory. */
export class Reflected extends VirtualCluster {
  readonly store = new Store<ConfigMap>({});
  readonly told: string[] = [];
  readonly reflector: Reflector<ConfigMap>;
  readonly #end = new AbortController();
  #ended: Promise<void> | undefined;

  constructor(options: Partial<ReflectorOptions<ConfigMap, never>> = {}) {
    super();
    const { client, store, clock, log } = this;
    this.reflector = new Reflector({ client, resource: configMaps, store, clock, log, random: () => 0, ...options });
    this.reflector.subscribe((event) => this.told.push(describeEvent(event)));
  }

  async start(): Promise<this> {
    this.#ended = this.reflector.run(this.#end.signal);
    await this.clock.advance(0);
    return this;
  }

  async end(): Promise<void> {
    this.#end.abort();
    await this.clock.advance(0);
    await this.#ended;
  }

  write(name: string, value: string): void {
    const live = this.server
      .of(configMaps)
      .all()
      .find((object) => object.metadata.name === name);
    if (live === undefined) this.server.of(configMaps).create(configMap('ns', name, value), 'test');
    else this.server.of(configMaps).replace({ ...live, ...{ data: { value } } }, 'main', 'test');
  }

  remove(name: string): void {
    this.server.of(configMaps).delete(`ns/${name}`);
  }

  get openWatch(): OpenWatch {
    const [open] = this.server.watches;
    assert.ok(open !== undefined, 'no watch is open');
    return open;
  }

  get lists(): number {
    return this.server.count('GET', collection);
  }

  get watchesBegun(): number {
    return this.server.count('GET', watch);
  }

  /** The store shows what the server has. */
  assertInStep(): void {
    const versions = (objects: Iterable<{ metadata: { name: string; resourceVersion?: string; uid?: string } }>) =>
      [...objects].map(({ metadata }) => `${metadata.name} ${metadata.uid} ${metadata.resourceVersion}`).sort();
    assert.deepEqual(versions(this.store.values()), versions(this.server.of(configMaps).all()));
  }
}

/** An answer with a status code. */
export function status(code: number, reason = 'Scripted'): Extract<FaultAction, object> {
  return { status: code, body: JSON.stringify({ kind: 'Status', code, reason, message: 'scripted' }) };
}

/** An ERROR event of a watch. */
export function errorEvent(code: number, reason: string) {
  return { type: 'ERROR', object: { kind: 'Status', code, reason, message: 'scripted' } };
}

function describeEvent(event: StoreEvent<ConfigMap>): string {
  const initial = event.type === 'added' && event.initial ? ' at first' : '';
  return `${event.type} ${event.object.metadata.name} ${event.object.data?.value}${initial}`;
}
