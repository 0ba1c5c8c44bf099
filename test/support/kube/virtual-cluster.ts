import { KubeClient } from '../../../operator/kube/client.ts';
import { events } from '../../../operator/kube/event-series.ts';
import { leases } from '../../../operator/kube/lease.ts';
import type { LogFields, Logger } from '../../../operator/kube/log.ts';
import type { Access } from '../../../operator/kube/requests.ts';
import { VirtualClock } from '../virtual-clock.ts';
import { configMaps, podDisruptionBudgets } from './kinds.ts';
import { MemoryServer } from './memory-server.ts';
import { MemoryTransport } from './memory-transport.ts';

/** A log that a test can read. */
export class RecordedLog implements Logger {
  readonly lines: { readonly level: string; readonly message: string; readonly fields: LogFields }[] = [];
  readonly debug = this.#at('debug');
  readonly info = this.#at('info');
  readonly warn = this.#at('warn');
  readonly error = this.#at('error');

  messages(level: string): string[] {
    return this.lines.filter((line) => line.level === level).map(({ message }) => message);
  }

  #at(level: string): (fields: LogFields, message: string) => void {
    return (fields, message) => this.lines.push({ level, message, fields });
  }
}

/** An API server in memory, a client to it, and a clock that rules both. */
export class VirtualCluster {
  readonly clock = new VirtualClock();
  readonly server = new MemoryServer(
    [
      [configMaps, 'no status'],
      [podDisruptionBudgets, 'status'],
      [leases, 'no status'],
      [events, 'no status'],
    ],
    this.clock,
  );
  readonly transport = new MemoryTransport(this.server);
  readonly accesses: Access[] = [];
  readonly client = new KubeClient({
    transport: this.transport,
    clock: this.clock,
    recorder: (access) => this.accesses.push(access),
  });
  readonly log = new RecordedLog();

  /** A client over a connection of its own, which can be partitioned. */
  connect(clock = this.clock): { readonly client: KubeClient; readonly transport: MemoryTransport } {
    const transport = new MemoryTransport(this.server);
    return { transport, client: new KubeClient({ transport, clock }) };
  }
}
