import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventsOf } from '../../../operator/courier/events.ts';
import { computeStatus } from '../../../operator/courier/status.ts';
import type { StatusInput } from '../../../operator/courier/status-input.ts';
import { deploymentOf, inputWith, liveCourier, now, podWith, seen } from './fixtures.ts';

const gone = (failures: number) =>
  ({
    kind: 'Failed',
    failure: { kind: 'Misconfigured', code: 'QueueDoesNotExist', sentence: 'the queue does not exist: create it' },
    failures,
  }) as const;
const fresh = { observedGeneration: -1 };
const starting: Partial<StatusInput> = { deployment: undefined, queue: { kind: 'None' }, decision: undefined };

/** What is told of each step of a Courier's life, in short. */
function told(...steps: readonly Partial<StatusInput>[]): readonly string[] {
  let previous: StatusInput['previous'] = fresh;
  return steps.flatMap((step, index) => {
    const next = computeStatus(inputWith({ ...step, previous, nowTimeMs: now + index * 120_000 }));
    const events = eventsOf(previous, next).map(({ type, reason }) => `${index} ${type} ${reason}`);
    previous = next;
    return events;
  });
}

describe('events', () => {
  it('tell that a Courier is on its way and then ready, and nothing while it is well', () => {
    assert.deepEqual(told(starting, {}, {}, { queue: { ...seen, timeMs: now } }), [
      '0 Normal Progressing',
      '1 Normal ScaledOut',
      '1 Normal Ready',
    ]);
  });

  it('tell once what several conditions say, and that it is over', () => {
    assert.deepEqual(told({}, { queue: gone(1) }, { queue: gone(2) }, { queue: gone(3) }, {}), [
      '0 Normal Ready',
      '1 Warning QueueNotFound',
      '1 Warning QueueUnreachable',
      '4 Normal Ready',
      '4 Normal Reachable',
      '4 Normal Active',
    ]);
  });

  it('tell each change of the number of workers, with its reason', () => {
    const previous = computeStatus(inputWith());
    const next = computeStatus(inputWith({ previous, deployment: deploymentOf(1) }));
    assert.deepEqual(eventsOf(previous, next), [
      {
        type: 'Normal',
        reason: 'ScaledIn',
        action: 'Scale',
        note: 'Scaled from 3 to 1 worker. 3 replicas: 120 messages drain in 4 s at 10/s per replica.',
      },
    ]);
  });

  it('tell nothing of workers that come and go with the queue', () => {
    const growing = { deployment: deploymentOf(3, 1), pods: [podWith({ sinceTimeMs: now + 999_999_999 })] };
    assert.deepEqual(told({}, growing, {}), ['0 Normal Ready']);
  });

  it('tell what somebody wanted without a warning', () => {
    const suspended = { courier: liveCourier({ 'spec.suspend': true }), deployment: deploymentOf(0) };
    assert.deepEqual(told({}, suspended), ['0 Normal Ready', '1 Normal ScaledIn', '1 Normal Suspended']);
  });

  it('warn of what is wrong from the start, and of a queue that is readable and yet a worry', () => {
    assert.deepEqual(told({ queue: { ...seen, maxReceiveCount: 1 } }), [
      '0 Normal Ready',
      '0 Warning MaxReceiveCountLow',
    ]);
    assert.deepEqual(told({ pods: [podWith({ waiting: { reason: 'ImagePullBackOff', message: '' } })] }), [
      '0 Warning ImagePullFailed',
    ]);
  });
});
