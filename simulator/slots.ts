import type { Random } from '../api/random.ts';
import { FreeSlots } from './free-slots.ts';
import type { Pod } from './pod.ts';

/** The slots of all pods. Slot s belongs to pod floor(s / perPod). */
export class Slots {
  readonly perPod: number;
  readonly #bufferMessages: number;
  readonly #free = new FreeSlots();
  readonly #busy: boolean[] = [];

  /** @param bufferMessages accepted messages without a record that a pod may hold before it stops receiving. */
  constructor(perPod: number, bufferMessages: number) {
    this.perPod = perPod;
    this.#bufferMessages = bufferMessages;
  }

  /** Slots that may take a message now. */
  get free(): number {
    return this.#free.size;
  }

  podOf(slot: number): number {
    return Math.floor(slot / this.perPod);
  }

  /** One of the free slots, at random. */
  pick(random: Random): number {
    return this.#free.pick(random);
  }

  /** A message goes into a free slot of `pod`. */
  occupy(slot: number, pod: Pod): void {
    this.#free.remove(slot);
    this.#busy[slot] = true;
    pod.offered--;
    pod.inFlight++;
  }

  /** A slot of `pod` has no message any more; {@link offer} makes it free. */
  vacate(slot: number, pod: Pod): void {
    this.#busy[slot] = false;
    pod.inFlight--;
  }

  /** Makes as many slots of a pod free as it may use now. */
  offer(pod: Pod, tick: number): void {
    const allowed = Math.min(pod.allowed(tick, this.perPod), this.#bufferMessages - pod.unaudited.size);
    const wanted = Math.max(0, allowed - pod.inFlight);
    for (let slot = pod.id * this.perPod; pod.offered > wanted; slot++) {
      if (!this.#free.has(slot)) continue;
      this.#free.remove(slot);
      pod.offered--;
    }
    for (let slot = pod.id * this.perPod; pod.offered < wanted; slot++) {
      if (this.#busy[slot] === true || this.#free.has(slot)) continue;
      this.#free.add(slot);
      pod.offered++;
    }
  }
}
