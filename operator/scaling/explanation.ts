import type { Demand } from './demand.ts';
import type { Guard } from './guard/guard.ts';
import { duration, number, percent, plural } from './numbers.ts';
import type { Settings } from './settings.ts';
import type { Choice, Situation } from './situation.ts';

/** What a decision is explained by. */
export type Account = Situation & {
  readonly choice: Choice;
  readonly wanted: number;
  readonly demand: Demand | null;
  readonly idleSeconds: number;
};

/** The sentence of a decision: the number, what was wanted where something stood against it, and what that is. */
export function explain(account: Account): string {
  const { choice, wanted, view } = account;
  const more = isBound(account) ? `, ${number(wanted)} wanted` : '';
  const silent = view.isHeard || account.reading.ready === 0 ? '' : '; too few replicas report';
  return `${plural(choice.replicas, 'replica')}${more}: ${because(account)}${least(account)}${silent}.`;
}

/** What becomes of a number of which nothing can be said: it stays, unless a bound has moved past it. */
export function stays(replicas: number, desired: number, { min, max }: Settings): string {
  if (replicas === desired) return ', so the number stays';
  return replicas < desired ? `; maxReplicas is ${number(max)}` : `; minReplicas is ${number(min)}`;
}

/** Whether more were wanted, and a bound is why they are not there. */
function isBound({ choice, wanted, cap }: Account): boolean {
  const binds = choice.reason === 'AtMaximum' || choice.reason === 'StepLimited' || choice.reason === cap?.reason;
  return binds && wanted > choice.replicas;
}

function because(account: Account): string {
  const { choice, view, settings, idleSeconds, guards } = account;
  switch (choice.reason) {
    case 'Idle':
      return choice.replicas === 0 ? 'there is no work' : `there is no work; minReplicas is ${number(settings.min)}`;
    case 'IdleWait': {
      const left = Math.max(0, settings.idleAfterSeconds - idleSeconds);
      return `no work for ${number(idleSeconds)} s, ${number(left)} s more before it is idle`;
    }
    case 'AwaitingConfirmation':
      return `${plural(view.estimates.visible, 'message')} seen once; the next look must confirm it`;
    case 'BusyReplicas':
      return `${keptBusy(view.inFlight, choice.replicas)}${alsoWaiting(account)}`;
    case 'Stabilizing':
    case 'LessWork':
      return `${work(account)}${enough(account)}`;
    case 'AtMaximum':
      return `maxReplicas is ${number(settings.max)}; ${work(account)}`;
    case 'StepLimited':
      return `${stepLimit(account)}; ${work(account)}`;
    case 'RateLimited': {
      const { rateLimitPerSecond } = settings;
      return `the rate limit of ${number(rateLimitPerSecond)}/s keeps no more busy at ${number(view.rate.perSecond)}/s per replica`;
    }
    case 'QueueUnreachable':
    case 'QueueUnreachableFallback':
    case 'QueueUnreachableAge':
      return unreachable(account);
    default:
      return guards.guard === null || choice.reason !== account.cap?.reason
        ? work(account)
        : explainGuard(guards.guard, account);
  }
}

/** Names minReplicas where fewer would do, or where a cause would have fewer. */
function least({ choice, settings, demand, cap, guards, rateCap }: Account): string {
  if (choice.replicas !== settings.min || demand === null || choice.reason === 'Idle') return '';
  const caps = [guards.guard?.cap ?? choice.replicas, rateCap ?? choice.replicas];
  const asked = choice.reason === cap?.reason ? Math.max(1, Math.min(...caps)) : demand.needed;
  return asked < settings.min ? `; minReplicas is ${number(settings.min)}` : '';
}

function keptBusy(inFlight: number, replicas: number): string {
  return `${messages(inFlight, 'in flight keeps', 'in flight keep')} ${replicas === 1 ? 'it' : 'them'} busy`;
}

/** One message or more, and what they do. */
function messages(count: number, one: string, more: string): string {
  const whole = Math.max(1, Math.round(count));
  return `${plural(whole, 'message')} ${whole === 1 ? one : more}`;
}

/** What there is to do, and how long it takes. */
function work({ view, choice, reading, demand }: Account): string {
  const { rate, backlog, estimates } = view;
  const lambda = estimates.arrivals.perSecond;
  const arriving = lambda >= 0.05 ? `${number(lambda)}/s arriving` : '';
  const waiting = backlog >= 1 ? plural(Math.round(backlog), 'message') : '';
  const what = [waiting, arriving].filter((part) => part !== '').join(' and ');
  if (what === '') return view.inFlight > 0 ? `${plural(view.inFlight, 'message')} in flight` : 'no messages waiting';
  const each = `${rate.isGuess ? 'a guessed ' : ''}${number(rate.perSecond)}/s per replica`;
  const spare = choice.replicas * rate.perSecond - lambda;
  if (waiting === '') return `${what} at ${each}`;
  const isOne = backlog < 1.5 && arriving === '';
  if (spare <= 0.001 * rate.perSecond) {
    return `${what} at ${each}${choice.replicas === 0 ? '' : isOne ? ' does not drain' : ' do not drain'}`;
  }
  const growing = choice.replicas > reading.ready && demand !== null;
  const seconds = growing ? reading.startupSeconds + demand.sizes.backlogWhenReady / spare : backlog / spare;
  const hasSlotEach = growing && demand.sizes.isSlotEach && choice.replicas >= demand.sizes.drain;
  const slots = hasSlotEach ? ', with a slot for each, so that more would not be faster' : '';
  return `${what} ${isOne ? 'drains' : 'drain'} in ${number(Math.max(1, Math.round(seconds)))} s at ${each}${slots}`;
}

function alsoWaiting(account: Account): string {
  return account.view.backlog >= 1 ? `, ${work(account)}` : '';
}

function enough({ choice, demand }: Account): string {
  const few = demand === null ? choice.replicas : Math.max(1, demand.enough);
  if (few >= choice.replicas) return '';
  return `; ${number(few)} would do${choice.reason === 'Stabilizing' ? ', if that lasts' : ''}`;
}

function stepLimit({ settings, view, choice, reading }: Account): string {
  const step = number(choice.replicas - reading.desired);
  if (settings.maxStep <= choice.replicas - reading.desired || view.isProven) {
    return `maxScaleOutStep allows ${step} more at once`;
  }
  return `${step} more at once until the rate of a replica is known`;
}

function unreachable({ choice, view, settings, reading }: Account): string {
  const looks = view.estimates.queueFailures;
  if (choice.reason === 'QueueUnreachableAge') {
    return `the queue cannot be read, every slot is busy and messages wait ${number(view.receiveAgeSeconds)} s`;
  }
  if (choice.reason === 'QueueUnreachableFallback') {
    const most = choice.replicas < settings.fallbackReplicas && choice.replicas === settings.max;
    const fallback = `fallbackReplicas is ${number(settings.fallbackReplicas)}`;
    return `the queue could not be read ${number(looks)} times in a row; ${fallback}${most ? `, and maxReplicas ${number(settings.max)}` : ''}`;
  }
  const since = looks === 1 ? '' : ` (${number(looks)} looks in a row)`;
  return `the queue cannot be read${since}${stays(choice.replicas, reading.desired, settings)}`;
}

function explainGuard(guard: Guard, { view, tick, choice }: Account): string {
  const { signals } = view;
  const accepted = `${number(signals.acceptedPerSecond)}/s`;
  switch (guard.kind) {
    case 'Open': {
      const then = choice.replicas === 1 ? 'probing with one' : 'none are added';
      return `the recipient is down (${signs(signals)}${duration(tick.now - guard.since)}); ${then}`;
    }
    case 'Recovering':
      return signals.acceptedPerSecond > 0
        ? `the recipient accepts again, ${accepted} so far; growing back step by step`
        : 'nothing fails any more; trying the recipient step by step';
    case 'AuditBlocked':
      return signals.auditBlockedShare >= 0.005
        ? `the audit is behind, so that replicas wait ${percent(signals.auditBlockedShare)} of the time and deliver ${accepted}`
        : `the audit was behind of late and replicas deliver ${accepted}; growing back step by step`;
    case 'Throttled':
      return signals.throttledShare >= 0.005
        ? `the recipient answers 429 to ${percent(signals.throttledShare)} and accepts ${accepted}`
        : `the recipient answered 429 of late and accepts ${accepted}; growing back step by step`;
    case 'Starved':
      return `replicas are ${percent(signals.occupancy)} busy while ${messages(view.backlog, 'waits', 'wait')}: the queue hands out no more`;
    case 'Probation':
      return guard.cause === 'Failing'
        ? `${percent(signals.failedShare)} of attempts fail; growing from ${number(guard.replicasBefore)} to ${number(guard.cap)} must pay first`
        : `a replica delivers ${number(signals.ratePerReplica)}/s, ${number(guard.soundRate)}/s when there were ${number(guard.replicasBefore)}; growth must pay first`;
    case 'Saturated':
      return `growing from ${number(guard.from)} to ${number(guard.to)} gained ${percent(guard.gained)}; the recipient saturates near ${number(guard.best)}/s`;
  }
}

function signs({ breakersOpen, failedShare }: Situation['view']['signals']): string {
  if (breakersOpen > 0) return `breakers open on ${percent(breakersOpen)}, `;
  return failedShare > 0 ? `${percent(failedShare)} of attempts fail, ` : '';
}
