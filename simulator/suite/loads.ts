import type { Arrivals, SuiteScenario } from '../scenario.ts';
import { build } from './build.ts';

const constant = (perSecond: number, fromSeconds = 0, toSeconds?: number): Arrivals => ({
  ...{ shape: 'Constant', perSecond, fromSeconds },
  ...(toSeconds !== undefined && { toSeconds }),
});

const batch = (messages: number, fromSeconds: number, periodSeconds?: number): Arrivals => ({
  ...{ shape: 'Batch', messages, fromSeconds },
  ...(periodSeconds !== undefined && { periodSeconds }),
});

/** Where nothing changes, the run is so long that its first minute, from zero workers, is not the one message in a hundred. */
const steady = 6000;

/** Loads of every shape, which the recipient bears. */
export const loads: readonly SuiteScenario[] = [
  build('constant-3', 'constant', steady, [constant(3)]),
  build('constant-25', 'constant', steady, [constant(25)]),
  build('constant-100', 'constant', steady, [constant(100)]),
  build('step-up', 'step', 3000, [constant(15), constant(75, 900, 2100)]),
  build('step-down', 'step', 2400, [constant(90, 0, 1000), constant(12, 1000)]),
  build('ramp-up', 'ramp', 2400, [{ shape: 'Ramp', perSecond: 0, toPerSecond: 100 }]),
  build('ramp-down', 'ramp', 2400, [{ shape: 'Ramp', perSecond: 80, toPerSecond: 4 }]),
  build('flash-crowd', 'flashCrowd', 2400, [constant(8), constant(180, 900, 1080)]),
  build('flash-minute', 'flashCrowd', 2400, [constant(4), constant(120, 700, 760), constant(120, 1500, 1560)]),
  build('day', 'daily', 5400, [{ shape: 'Wave', perSecond: 4, toPerSecond: 70, periodSeconds: 5400 }]),
  build('office-hours', 'daily', 3600, [{ shape: 'Wave', perSecond: 0, toPerSecond: 30, periodSeconds: 1800 }]),
  build('sawtooth-slow', 'sawtooth', 3000, [{ shape: 'Sawtooth', perSecond: 5, toPerSecond: 70, periodSeconds: 750 }]),
  build('sawtooth-fast', 'sawtooth', 2400, [{ shape: 'Sawtooth', perSecond: 8, toPerSecond: 50, periodSeconds: 240 }]),
  build('bursts', 'bursts', 3600, [
    { shape: 'Bursts', perSecond: 4, toPerSecond: 70, meanSeconds: 180, toMeanSeconds: 60 },
  ]),
  build('bursts-rare', 'bursts', 3600, [
    { shape: 'Bursts', perSecond: 1, toPerSecond: 110, meanSeconds: 400, toMeanSeconds: 40 },
  ]),
  build('batch-once', 'batch', 1800, [batch(6000, 300)]),
  build('batch-repeated', 'batch', 3600, [batch(1200, 200, 600)]),
  build('trickle', 'trickle', 3600, [constant(0.05)]),
  build('trickle-half', 'trickle', steady, [constant(0.5)]),
  build('cold-start', 'coldStart', 2100, [constant(50, 600, 1500)]),
];

/** Workers, counters and an operator that do not do as they should, beside a recipient that does. */
export const troubles: readonly SuiteScenario[] = [
  build('pods-slow', 'slowPods', 2400, [constant(15), constant(70, 800, 1700)], {
    workers: { startupSeconds: [25, 60] },
  }),
  build('pods-never-ready', 'slowPods', steady, [constant(40)], { workers: { neverReadyShare: 0.25 } }),
  build('long-jobs', 'longJobs', 3600, [constant(0.2), batch(120, 900)], {
    workers: { serviceSeconds: 60, timeoutSeconds: 600, slots: 2 },
  }),
  build('fast-messages', 'fastMessages', 1800, [constant(120), constant(240, 600, 1200)], {
    workers: { serviceSeconds: 0.1, slots: 8 },
  }),
  build('counters-stale', 'counters', 2400, [constant(20), constant(40, 900, 1700)], {
    queue: { lagSeconds: [15, 40] },
  }),
  build('counters-glitching', 'counters', steady, [constant(35)], { queue: { glitchShare: 0.1, phantomShare: 0.1 } }),
  build('counters-missing', 'counters', 2400, [constant(20), constant(60, 900, 1700)], {
    queue: { outages: [{ fromSeconds: 950, toSeconds: 1100 }] },
  }),
  build('workers-silent', 'silentWorkers', 2400, [constant(20), constant(60, 900, 1700)], {
    operator: { silentWorkers: [{ fromSeconds: 600, toSeconds: 1500 }] },
  }),
  build('operator-restarts', 'operatorRestart', 2400, [constant(20), constant(60, 900, 1700)], {
    operator: { restarts: [500, 1000, 1600] },
  }),
  build('fifo-groups', 'fifo', steady, [constant(20), constant(30, 900, 1500)], { queue: { fifoGroups: 40 } }),
];
