import type { Random } from '../api/random.ts';
import { ticksPerSecond, toTicks } from './agenda.ts';
import { arrivalRates } from './arrivals.ts';
import { logNormal, poisson } from './distributions.ts';
import { randomStream } from './random.ts';
import type { Scenario } from './scenario.ts';

/** The messages of a run, in the order in which they are sent: the same for every autoscaler. */
export type Traffic = {
  readonly messages: number;
  /** Ticks that the run lasts. */
  readonly ticks: number;
  /** The first message of each tick; one more entry than there are ticks. */
  readonly firstOfTick: Int32Array;
  /** When each message is sent. */
  readonly sentTick: Int32Array;
  /** How much longer than the mean the recipient takes for each. */
  readonly serviceFactor: Float32Array;
  /** 1: the recipient never accepts it. */
  readonly poison: Uint8Array;
  /** The message group of each, from 0. */
  readonly group: Int32Array;
};

/** Draws the messages of a scenario. */
export function generateTraffic(scenario: Scenario, seed: number): Traffic {
  const ticks = toTicks(scenario.durationSeconds);
  const firstOfTick = firstMessages(scenario, seed, ticks);
  const messages = firstOfTick[ticks] ?? 0;
  const { poisonShare, fifoGroups } = scenario.queue;
  const sentTick = new Int32Array(messages);
  for (let tick = 0; tick < ticks; tick++) sentTick.fill(tick, firstOfTick[tick], firstOfTick[tick + 1]);
  const draw = logNormal(scenario.workers.serviceVariation);
  return {
    ...{ messages, ticks, firstOfTick, sentTick },
    serviceFactor: fill(new Float32Array(messages), draw, randomStream(seed, 'service')),
    poison: fill(new Uint8Array(messages), (random) => Number(random() < poisonShare), randomStream(seed, 'poison')),
    group: fill(
      new Int32Array(fifoGroups === 0 ? 0 : messages),
      (random) => Math.floor(random() * fifoGroups),
      randomStream(seed, 'group'),
    ),
  };
}

function fill<Items extends Float32Array | Uint8Array | Int32Array>(
  items: Items,
  draw: (random: Random) => number,
  random: Random,
): Items {
  for (let index = 0; index < items.length; index++) items[index] = draw(random);
  return items;
}

function firstMessages(scenario: Scenario, seed: number, ticks: number): Int32Array {
  const random = randomStream(seed, 'arrivals');
  const { perSecond, batches } = arrivalRates(scenario, random, ticks);
  const firstOfTick = new Int32Array(ticks + 1);
  for (let tick = 0; tick < ticks; tick++) {
    const sent = poisson(random, (perSecond[tick] ?? 0) / ticksPerSecond) + (batches[tick] ?? 0);
    firstOfTick[tick + 1] = (firstOfTick[tick] ?? 0) + sent;
  }
  return firstOfTick;
}
