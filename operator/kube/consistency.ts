import { compareResourceVersions } from './resource-version.ts';
import { type Resource, resourceName } from './resources.ts';

/** What the gate reads of a store. */
export type Progress = { readonly lastSyncResourceVersion: string | undefined };

/** The newest version written for one object, by resource name. */
type Record = { readonly uid: string; readonly written: Map<string, string> };

/**
 * Tells whether the stores show what this process has itself written for a key, after KEP-5647. A reconcile that does not
 * ask may act on the state before its own last write: create a second child, or take back a decision.
 *
 * Records belong to a uid: an object that was made anew under an old name begins without any. Where resource versions
 * cannot be compared, the gate is open.
 */
export class ConsistencyGate {
  readonly #progress = new Map<string, Progress>();
  readonly #records = new Map<string, Record>();

  /** Makes the gate watch a resource: writes to others are not recorded. */
  follow(resource: Resource, progress: Progress): void {
    this.#progress.set(resourceName(resource), progress);
  }

  /**
   * Remembers a write to an object of `resource`, made for `key`.
   *
   * @param uid of the object that `key` stands for.
   * @param resourceVersion in the answer to the write.
   */
  wrote(key: string, uid: string, resource: Resource, resourceVersion: string | undefined): void {
    const name = resourceName(resource);
    if (resourceVersion === undefined || !this.#progress.has(name)) return;
    let record = this.#records.get(key);
    if (record?.uid !== uid) {
      record = { uid, written: new Map() };
      this.#records.set(key, record);
    }
    const last = record.written.get(name);
    if (last !== undefined && (compareResourceVersions(resourceVersion, last) ?? 1) <= 0) return;
    record.written.set(name, resourceVersion);
  }

  /** The resources whose store does not show yet what was written for `key`; empty when the gate is open. */
  behind(key: string, uid: string): readonly string[] {
    const record = this.#records.get(key);
    if (record === undefined) return [];
    if (record.uid !== uid) {
      this.#records.delete(key);
      return [];
    }
    return [...record.written].flatMap(([name, written]) => {
      const seen = this.#progress.get(name)?.lastSyncResourceVersion;
      const order = seen === undefined ? undefined : compareResourceVersions(seen, written);
      return order !== undefined && order < 0 ? [name] : [];
    });
  }

  /** Forgets the writes for `key`: its object is gone. */
  clear(key: string): void {
    this.#records.delete(key);
  }

  /** Keys with records. */
  get size(): number {
    return this.#records.size;
  }
}
