import { isWithinStatuses, parseStatusRange } from '../api/status-range.ts';
import type { CourierDelivery, CourierDeliveryRule } from '../api/v1alpha1.gen.ts';
import type { Attempt, ResponseHeaders } from './recipient.ts';

/** What an attempt means for its message. */
export type Disposition = {
  readonly action: CourierDeliveryRule['action'];
  /** The wait before the next attempt, where a rule names one; otherwise the back-off says. */
  readonly delaySeconds?: number | undefined;
  /** What decided, for the logs: `delivery.rules[2]`, `delivery.pauseOnGone`, or `default`. */
  readonly decidedBy: string;
};

/** Not Found may come true, Request Timeout, Conflict, Too Early and Too Many Requests say that later is better. */
const passing: ReadonlySet<number> = new Set([404, 408, 409, 425, 429]);

type Rule = { readonly matches: (attempt: Attempt) => boolean; readonly disposition: Disposition };

const acknowledged: Disposition = { action: 'Acknowledge', decidedBy: 'default' };
const retried: Disposition = { action: 'Retry', decidedBy: 'default' };
const deadLettered: Disposition = { action: 'DeadLetter', decidedBy: 'default' };
const gone: Disposition = { action: 'Pause', decidedBy: 'delivery.pauseOnGone' };

/**
 * The table that says what each attempt means: the rules of the Courier in their order, then the defaults. 2xx is
 * acceptance; 410 pauses, unless `pauseOnGone` is false; other 4xx are dead-lettered where that is possible, since the
 * same request would be refused again, but for those that speak of the moment; everything else is tried again, as Knative
 * does (https://github.com/knative/specs, data-plane). A redirect is not followed: it is not acceptance. Nothing is
 * allocated for an attempt.
 *
 * @param hasDeadLetterQueue whether there is a queue for dead letters.
 */
export function dispositionTable(
  delivery: Pick<CourierDelivery, 'rules' | 'pauseOnGone'>,
  hasDeadLetterQueue: boolean,
): (attempt: Attempt) => Disposition {
  const rules = (delivery.rules ?? []).map(compileRule);
  const byDefault = (attempt: Attempt): Disposition => {
    if (attempt.error !== undefined) return retried;
    if (attempt.status >= 200 && attempt.status < 300) return acknowledged;
    if (attempt.status === 410 && delivery.pauseOnGone) return gone;
    return hasDeadLetterQueue && isFinal(attempt.status) ? deadLettered : retried;
  };
  if (rules.length === 0) return byDefault;
  return (attempt) => rules.find(({ matches }) => matches(attempt))?.disposition ?? byDefault(attempt);
}

function isFinal(status: number): boolean {
  return status >= 400 && status < 500 && !passing.has(status);
}

function compileRule(rule: CourierDeliveryRule, index: number): Rule {
  const { statuses, errors, header, action, delaySeconds } = rule;
  const ranges = statuses?.map(parseStatusRange);
  const disposition = { action, delaySeconds, decidedBy: `delivery.rules[${index}]` };
  const matches = (attempt: Attempt): boolean => {
    if (attempt.error !== undefined) return errors?.includes(attempt.error) ?? false;
    if (ranges === undefined && header === undefined) return false;
    const { status, headers } = attempt;
    return (
      (ranges === undefined || ranges.some((range) => isWithinStatuses(range, status))) &&
      (header === undefined || hasHeader(headers, header.name.toLowerCase(), header.value))
    );
  };
  return { matches, disposition };
}

function hasHeader(headers: ResponseHeaders, name: string, value: string | undefined): boolean {
  const seen = headers[name];
  if (seen === undefined) return false;
  return value === undefined || (typeof seen === 'string' ? seen === value : seen.includes(value));
}
