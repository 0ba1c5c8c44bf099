import type { Random } from '../../api/random.ts';
import { uniform } from '../distributions.ts';
import { randomStream } from '../random.ts';
import type { Arrivals, Category, Spell, SuiteScenario } from '../scenario.ts';
import { build, type Changes } from './build.ts';

/** Healthy twice, so that two in three are. */
const kinds = [randomHealthy, randomHealthy, randomSick];

/**
 * A scenario that nobody has chosen: shape, rates, times and troubles come from its number. Whoever is good at the suite
 * only because it knows the suite is not good at these.
 */
export function unseenScenario(number: number): SuiteScenario {
  const random = randomStream(number, 'unseen');
  const kind = kinds[number % kinds.length] ?? randomHealthy;
  return kind(`unseen-${number}`, random);
}

/** Log-uniform: as often between 1 and 10 as between 10 and 100. */
function magnitude(random: Random, min: number, max: number): number {
  return Math.exp(uniform(random, Math.log(min), Math.log(max)));
}

function choose<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('there is nothing to choose from');
  return item;
}

function randomHealthy(name: string, random: Random): SuiteScenario {
  const durationSeconds = Math.round(uniform(random, 1800, 3600));
  const [category, arrivals] = choose(random, shapes)(random, durationSeconds);
  return build(name, category, durationSeconds, arrivals, { workers: randomWorkers(random) });
}

function randomWorkers(random: Random): Changes['workers'] & object {
  const slowest = uniform(random, 8, 40);
  return {
    slots: choose(random, [2, 4, 4, 8]),
    serviceSeconds: magnitude(random, 0.15, 1.5),
    serviceVariation: uniform(random, 0.2, 1),
    startupSeconds: [slowest / 3, slowest],
  };
}

/** Rates are such that some tens of workers do. */
const shapes: readonly ((random: Random, durationSeconds: number) => readonly [Category, readonly Arrivals[]])[] = [
  (random) => ['constant', [{ shape: 'Constant', perSecond: magnitude(random, 1, 60) }]],
  (random, durationSeconds) => {
    const fromSeconds = uniform(random, 0.2, 0.5) * durationSeconds;
    const perSecond = magnitude(random, 0.5, 15);
    const toSeconds = fromSeconds + uniform(random, 60, 0.4 * durationSeconds);
    const more = perSecond * magnitude(random, 2, 12);
    return [
      'step',
      [
        { shape: 'Constant', perSecond },
        { shape: 'Constant', perSecond: more, fromSeconds, toSeconds },
      ],
    ];
  },
  (random) => ['ramp', [{ shape: 'Ramp', perSecond: uniform(random, 0, 40), toPerSecond: uniform(random, 0, 40) }]],
  (random) => ['daily', [{ ...swing(random), shape: 'Wave', periodSeconds: uniform(random, 600, 3000) }]],
  (random) => ['sawtooth', [{ ...swing(random), shape: 'Sawtooth', periodSeconds: uniform(random, 200, 900) }]],
  (random) => [
    'bursts',
    [
      {
        ...swing(random),
        shape: 'Bursts',
        meanSeconds: uniform(random, 60, 400),
        toMeanSeconds: uniform(random, 30, 120),
      },
    ],
  ],
  (random, durationSeconds) => {
    const messages = Math.round(magnitude(random, 100, 8000));
    const fromSeconds = uniform(random, 30, 0.4 * durationSeconds);
    return ['batch', [{ shape: 'Batch', messages, fromSeconds, periodSeconds: uniform(random, 400, 1500) }]];
  },
  (random) => ['trickle', [{ shape: 'Constant', perSecond: magnitude(random, 0.02, 0.8) }]],
];

function swing(random: Random): { perSecond: number; toPerSecond: number } {
  return { perSecond: uniform(random, 0, 8), toPerSecond: magnitude(random, 10, 60) };
}

function randomSick(name: string, random: Random): SuiteScenario {
  const perSecond = uniform(random, 10, 35);
  const load: readonly Arrivals[] = [
    { shape: 'Constant', perSecond },
    { shape: 'Constant', perSecond: uniform(random, 0, 40), fromSeconds: 500, toSeconds: uniform(random, 700, 1300) },
  ];
  const [category, changes] = choose(random, sicknesses)(random, perSecond);
  return build(name, category, Math.round(uniform(random, 2400, 3300)), load, changes);
}

/** Something goes wrong after a few minutes, for a while. */
function spellOf(random: Random): { fromSeconds: number; toSeconds: number } {
  const fromSeconds = uniform(random, 300, 800);
  return { fromSeconds, toSeconds: fromSeconds + uniform(random, 200, 900) };
}

const sicken =
  (category: Category, trouble: (random: Random, perSecond: number) => Spell) =>
  (random: Random, perSecond: number): readonly [Category, Changes] => [
    category,
    { recipient: [trouble(random, perSecond)] },
  ];

/** Requests that are open at this rate: Little's law at 0.4 s each. */
const openAt = (perSecond: number) => 0.4 * perSecond;

const sicknesses: readonly ((random: Random, perSecond: number) => readonly [Category, Changes])[] = [
  sicken('outage', (random) => ({ trouble: 'Down', ...spellOf(random), afterSeconds: magnitude(random, 0.1, 10) })),
  sicken('brownOut', (random) => ({ trouble: 'Failing', ...spellOf(random), share: uniform(random, 0.2, 0.6) })),
  sicken('brownOut', (random, perSecond) => {
    return { trouble: 'Overloaded', concurrency: openAt(perSecond) * uniform(random, 1.2, 2.5) };
  }),
  sicken('throttling', (random, perSecond) => {
    return { trouble: 'Throttling', ...spellOf(random), perSecond: perSecond * uniform(random, 0.5, 1.2) };
  }),
  sicken('saturation', (random, perSecond) => {
    return { trouble: 'Saturating', concurrency: openAt(perSecond) * uniform(random, 1.2, 2.5), exponent: 1 };
  }),
  sicken('collapse', (random, perSecond) => {
    const exponent = uniform(random, 1.2, 1.8);
    return { trouble: 'Saturating', concurrency: openAt(perSecond) * uniform(random, 1.5, 2.5), exponent };
  }),
  sicken('slower', (random) => ({ trouble: 'Slower', ...spellOf(random), factor: uniform(random, 1.5, 4) })),
  (random, perSecond) => {
    return ['rateLimit', { scaling: { rateLimitPerSecond: Math.ceil(perSecond * uniform(random, 1.1, 1.6)) } }];
  },
];
