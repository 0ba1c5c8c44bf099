import { randomInt } from 'node:crypto';

/**
 * Hands out the addresses of pods: 127.x.y.z, all of which this machine answers. The second and third number are drawn by
 * lot, so that kubelets of different clusters on one machine do not share addresses.
 */
export class PodAddressPool {
  readonly #network = `127.${randomInt(1, 255)}`;
  #last = randomInt(0, 0x10000);

  /** The next address; after 65,000 pods, one that was used before. */
  next(): string {
    do this.#last = (this.#last + 1) % 0x10000;
    while (this.#last % 256 === 0 || this.#last % 256 === 255);
    return `${this.#network}.${this.#last >> 8}.${this.#last % 256}`;
  }
}
