import { means, peaks } from '../../simulator/plot/series.ts';
import { perSecond, type Timeline } from '../../simulator/plot/timeline.ts';

/** Points of each series: enough to draw, few enough to read. */
const mostPoints = 600;

/** A timeline as JSON on one line: series of equal steps, orders with their sentences, and outcomes. */
export function timelineJson({ title, durationSeconds, sent, tracks }: Timeline): string {
  const points = Math.min(mostPoints, Math.ceil(durationSeconds));
  return JSON.stringify({
    title,
    durationSeconds,
    stepSeconds: durationSeconds / points,
    arrivalsPerSecond: sent === null ? null : perSecond(means(sent, points)),
    autoscalers: Object.fromEntries(
      tracks.map(({ name, visible, living, orders, outcome, replicaSeconds }) => {
        const series = { depth: peaks(visible, points), replicas: peaks(living, points) };
        return [name, { ...series, orders, replicaSeconds, outcome }];
      }),
    ),
  });
}
