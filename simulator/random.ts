import type { Random } from '../api/random.ts';

/**
 * A stream of numbers that depends on nothing but `seed` and `name`: what one part of a model draws leaves the draws of
 * the others alone, so that every autoscaler meets the same arrivals. Generator: sfc32 of PractRand.
 */
export function randomStream(seed: number, name: string): Random {
  let a = hash(`${seed}/${name}/a`);
  let b = hash(`${seed}/${name}/b`);
  let c = hash(`${seed}/${name}/c`);
  let counter = 1;
  const next = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  };
  for (let round = 0; round < 12; round++) next();
  return next;
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value | 0;
}
