import type { CourierStatus } from '../../api/v1alpha1.gen.ts';
import { type AnyFinding, type Finding, findCondition, repeated } from './conditions.ts';
import type { ConditionType, ReasonOf } from './reasons.ts';
import { toleratedFailures } from './status-input.ts';

/**
 * What one aspect means for the whole Courier.
 * - `Ready`: all is as the spec says.
 * - `Unseen`: nothing has been seen since the operator started: what was said before still holds.
 * - `Progressing`: it is on its way.
 * - `Retrying`: something failed that may pass: what was said before holds for {@link toleratedFailures} attempts.
 * - `Failing`: something is wrong that may mend itself.
 * - `Stalled`: something is wrong that only a person can mend.
 */
export type Verdict =
  | { readonly state: 'Ready'; readonly reason: 'Ready' | 'Suspended'; readonly message: string }
  | { readonly state: 'Unseen' | 'Progressing'; readonly message: string }
  | {
      readonly state: 'Retrying';
      readonly reason: ReasonOf<'Ready'>;
      readonly message: string;
      readonly failures: number;
    }
  | { readonly state: 'Failing'; readonly reason: ReasonOf<'Ready'>; readonly message: string }
  | { readonly state: 'Stalled'; readonly reason: ReasonOf<'Stalled'>; readonly message: string };

/** One aspect: its condition, and what it means for the whole; no verdict where nothing is wrong with it. */
export type Assessment<Type extends ConditionType> = {
  readonly finding: Finding<Type>;
  readonly verdict?: Verdict;
};

/**
 * Ready, and Reconciling or Stalled while they are true; never both, since kstatus reads Reconciling first and would wait
 * for what only a person can mend.
 */
export function findingsOf(
  verdict: Verdict,
  previous: CourierStatus | undefined,
  generation: number,
): readonly AnyFinding[] {
  const { message } = verdict;
  switch (verdict.state) {
    case 'Ready':
      return [{ type: 'Ready', status: 'True', reason: verdict.reason, message }];
    case 'Unseen': {
      const before = (['Ready', 'Reconciling', 'Stalled'] as const).flatMap(
        (type) => (repeated(type, previous, generation) as AnyFinding | undefined) ?? [],
      );
      return before.some(({ type }) => type === 'Ready') ? before : progressing(message);
    }
    case 'Progressing':
      return progressing(message);
    case 'Retrying':
      return [
        retried(verdict, previous, generation),
        { type: 'Reconciling', status: 'True', reason: 'Retrying', message },
      ];
    case 'Failing':
      return [
        { type: 'Ready', status: 'False', reason: verdict.reason, message },
        { type: 'Reconciling', status: 'True', reason: 'Retrying', message },
      ];
    case 'Stalled':
      return [
        { type: 'Ready', status: 'False', reason: verdict.reason, message },
        { type: 'Stalled', status: 'True', reason: verdict.reason, message },
      ];
  }
}

function progressing(message: string): readonly AnyFinding[] {
  return [
    { type: 'Ready', status: 'Unknown', reason: 'Progressing', message },
    { type: 'Reconciling', status: 'True', reason: 'Progressing', message },
  ];
}

function retried(
  { reason, message, failures }: Verdict & { state: 'Retrying' },
  previous: CourierStatus | undefined,
  generation: number,
): Finding<'Ready'> {
  const tolerated = failures < toleratedFailures;
  const before = repeated('Ready', previous, generation);
  if (tolerated && before !== undefined) return before;
  return { type: 'Ready', status: tolerated ? 'Unknown' : 'False', reason, message };
}

/**
 * The verdict on a mistake: a dead end at once where it is sure, else after {@link toleratedFailures} attempts, since a
 * queue that is made at the same time as its Courier, or a role that AWS has not heard of everywhere yet, come in seconds.
 * What has been called a dead end stays one: after a restart of the operator the attempts are counted from one.
 */
export function mistake(
  reason: ReasonOf<'Stalled'> & ReasonOf<'Ready'>,
  message: string,
  failures: number,
  previous: CourierStatus | undefined,
): Verdict {
  const stalled = findCondition(previous?.conditions, 'Stalled');
  const isDeadEnd = failures >= toleratedFailures || stalled?.reason === reason;
  return isDeadEnd ? { state: 'Stalled', reason, message } : { state: 'Failing', reason, message };
}
