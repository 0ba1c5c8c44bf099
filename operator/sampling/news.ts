import { isDeepStrictEqual } from 'node:util';
import type { LiveCourier } from '../courier/objects.ts';
import { type QueueLook, toleratedFailures } from '../courier/status-input.ts';
import type { Sample } from './courier-scaler.ts';

/** Whether two versions of a Courier have the same queue looked at as the same identity. */
export function asksTheSame(before: LiveCourier, after: LiveCourier): boolean {
  const asked = ({ metadata, spec }: LiveCourier) => [metadata.uid, spec.queue, spec.aws];
  return isDeepStrictEqual(asked(before), asked(after));
}

/** What may pass and has not lasted yet is no news: two thousand Couriers would tell each hiccup of the network. */
function isHiccup(look: QueueLook): boolean {
  return look.kind === 'Failed' && look.failure.kind === 'Transient' && look.failures < toleratedFailures;
}

/** Workers that receive nothing since the recipient wants no more. */
function pausing({ reports }: Sample): number {
  return reports.filter(({ status }) => status.waiting.for === 'Pause').length;
}

function asksForAsMany(before: Sample, after: Sample): boolean {
  return before.decision?.replicas === after.decision?.replicas && before.draining === after.draining;
}

/** Whether a sample changes what is to be done or what is to be said, counters apart. */
export function saysMore(before: Sample, after: Sample): boolean {
  if (isHiccup(after.look) && asksForAsMany(before, after)) return false;
  return (
    !asksForAsMany(before, after) ||
    before.decision?.reason !== after.decision?.reason ||
    before.decision?.limitedBy !== after.decision?.limitedBy ||
    before.look.kind !== after.look.kind ||
    pausing(before) !== pausing(after) ||
    (after.look.kind === 'Failed' &&
      before.look.kind === 'Failed' &&
      (after.look.failures <= toleratedFailures || after.look.failure.code !== before.look.failure.code))
  );
}
