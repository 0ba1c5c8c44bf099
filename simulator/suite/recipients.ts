import type { Arrivals, SuiteScenario } from '../scenario.ts';
import { build } from './build.ts';

const load = (perSecond: number, morePerSecond: number): readonly Arrivals[] => [
  { shape: 'Constant', perSecond },
  { shape: 'Constant', perSecond: morePerSecond, fromSeconds: 600, toSeconds: 1200 },
];

/** Recipients, limits and audits that cannot bear what is asked of them. */
export const sick: readonly SuiteScenario[] = [
  build('outage', 'outage', 3000, load(20, 10), {
    recipient: [{ trouble: 'Down', fromSeconds: 700, toSeconds: 1300 }],
  }),
  build('outage-timeouts', 'outage', 3000, load(20, 10), {
    recipient: [{ trouble: 'Down', afterSeconds: 10, fromSeconds: 700, toSeconds: 1300 }],
  }),
  build('blip', 'blip', 1800, load(30, 10), {
    recipient: [{ trouble: 'Down', fromSeconds: 800, toSeconds: 840 }],
  }),
  build('brown-out', 'brownOut', 2700, load(20, 15), {
    recipient: [{ trouble: 'Failing', share: 0.35, fromSeconds: 700, toSeconds: 1500 }],
  }),
  build('brown-out-by-load', 'brownOut', 2700, load(20, 60), {
    recipient: [{ trouble: 'Overloaded', concurrency: 24 }],
  }),
  build('throttling', 'throttling', 2700, load(20, 60), { recipient: [{ trouble: 'Throttling', perSecond: 50 }] }),
  build('throttling-lasting', 'throttling', 2400, load(40, 0), {
    recipient: [{ trouble: 'Throttling', perSecond: 25, fromSeconds: 500, toSeconds: 1500 }],
  }),
  build('saturation', 'saturation', 3000, load(20, 60), {
    recipient: [{ trouble: 'Saturating', concurrency: 20, exponent: 1 }],
  }),
  build('saturation-adaptive', 'saturation', 3000, load(20, 60), {
    workers: { adaptiveLimit: true },
    recipient: [{ trouble: 'Overloaded', concurrency: 20 }],
  }),
  build('collapse', 'collapse', 3000, load(15, 50), {
    recipient: [{ trouble: 'Saturating', concurrency: 20, exponent: 1.5 }],
  }),
  build('slower', 'slower', 2700, load(25, 0), {
    recipient: [{ trouble: 'Slower', factor: 3, fromSeconds: 800, toSeconds: 1800 }],
  }),
  build('rate-limit', 'rateLimit', 2700, load(10, 60), { scaling: { rateLimitPerSecond: 30 } }),
  build('rate-limit-batch', 'rateLimit', 2400, [{ shape: 'Batch', messages: 12_000, fromSeconds: 300 }], {
    scaling: { rateLimitPerSecond: 20 },
  }),
  build('audit-slow', 'audit', 2700, load(15, 50), {
    audit: { perSecond: 30, outages: [], bufferMessages: 64 },
  }),
  build('audit-down', 'audit', 2700, load(25, 0), {
    audit: { perSecond: 2000, outages: [{ fromSeconds: 700, toSeconds: 1000 }], bufferMessages: 64 },
  }),
  build('poison', 'poison', 2400, load(20, 20), { queue: { poisonShare: 0.05, maxReceiveCount: 5 } }),
];
