import type { CourierStatus, CourierStatusCondition } from '../api/v1alpha1.gen.ts';
import { findCondition } from '../operator/courier/conditions.ts';
import type { ConditionType } from '../operator/courier/reasons.ts';

/** What messages need, in the order in which somebody should look. Ready speaks of the queue and of the workers as well. */
const needed: readonly ConditionType[] = ['Ready', 'AuditHealthy', 'RecipientHealthy'];

/**
 * What keeps messages of a Courier from being delivered, the first thing to look at first. A Courier can be ready and its
 * recipient down: Ready does not follow what passes by itself. Neither does it mind that a Courier is suspended.
 */
export function troublesOf(status: CourierStatus | undefined): readonly CourierStatusCondition[] {
  const bad = needed.flatMap((type) => {
    const condition = findCondition(status?.conditions, type);
    if (condition === undefined) return [];
    const { status: is, reason } = condition;
    const isBad = type === 'Ready' ? is !== 'True' || reason === 'Suspended' : is === 'False';
    return isBad ? [condition] : [];
  });
  // A pause is said of Ready and of the recipient, in the same words.
  return bad.filter(({ message }, index) => bad.findIndex((other) => other.message === message) === index);
}
