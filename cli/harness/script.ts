import type { Random } from '../../api/random.ts';
import { drawLatencyMs, type Latency, type Tail } from './latency.ts';

/** How a scripted recipient behaves. Shares are 0 to 1; what they leave over is answered with `status`. */
export type RecipientScript = {
  readonly latency: Latency;
  readonly tail?: Tail | undefined;
  /** The answer when nothing else happens. */
  readonly status: number;
  readonly errorShare: number;
  readonly errorStatus: number;
  readonly throttleShare: number;
  readonly retryAfterSeconds?: number | undefined;
  /** Connections cut instead of an answer. */
  readonly resetShare: number;
  /** Answers whose body arrives a byte at a time. */
  readonly slowBodyShare: number;
};

/** A recipient that accepts everything after 20 ms. */
export const acceptingScript: RecipientScript = {
  latency: { kind: 'Uniform', minMs: 20, maxMs: 20 },
  status: 200,
  errorShare: 0,
  errorStatus: 503,
  throttleShare: 0,
  resetShare: 0,
  slowBodyShare: 0,
};

/** What happens to one request. */
export type Reaction = { readonly latencyMs: number } & (
  | { readonly kind: 'Reset' }
  | { readonly kind: 'Answer' | 'SlowBody'; readonly status: number; readonly retryAfterSeconds?: number | undefined }
);

/** Throws the dice for one request. */
export function chooseReaction(script: RecipientScript, random: Random): Reaction {
  const late = script.tail !== undefined && random() < script.tail.share;
  const latencyMs = late && script.tail ? script.tail.latencyMs : drawLatencyMs(script.latency, random);
  let dice = random();
  const falls = (share: number) => {
    const hit = dice < share;
    dice -= share;
    return hit;
  };
  if (falls(script.resetShare)) return { kind: 'Reset', latencyMs };
  if (falls(script.throttleShare)) {
    return { kind: 'Answer', latencyMs, status: 429, retryAfterSeconds: script.retryAfterSeconds };
  }
  if (falls(script.errorShare)) return { kind: 'Answer', latencyMs, status: script.errorStatus };
  if (falls(script.slowBodyShare)) return { kind: 'SlowBody', latencyMs, status: script.status };
  return { kind: 'Answer', latencyMs, status: script.status };
}
