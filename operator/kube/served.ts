import type { KubeClient } from './client.ts';
import { type Clock, sleep } from './clock.ts';
import { describeError, type Logger, silent } from './log.ts';
import { type Resource, resourceName } from './resources.ts';

/** One small request a minute: a watch would need the right to read every CustomResourceDefinition. */
const defaultPeriodMs = 60_000;

export type ServedResourceOptions = {
  readonly client: Pick<KubeClient, 'serves'>;
  readonly resource: Resource;
  /** Called when it has come or gone since the look before. */
  readonly changed: (served: boolean) => void;
  /** Between two looks; default one minute. */
  readonly periodMs?: number;
  readonly clock: Clock;
  readonly log?: Logger;
};

/** Whether the cluster serves a resource that comes and goes with its CustomResourceDefinition. */
export class ServedResource {
  readonly #options: ServedResourceOptions;
  readonly #log: Logger;
  #served: boolean | undefined;

  constructor(options: ServedResourceOptions) {
    this.#options = options;
    this.#log = options.log ?? silent;
  }

  /** As seen by the last look; false before the first. */
  get isServed(): boolean {
    return this.#served ?? false;
  }

  /** Looks now: at the start, and when an answer casts doubt. @throws KubeError */
  async look(signal?: AbortSignal): Promise<boolean> {
    const { client, resource, changed } = this.#options;
    const served = await client.serves(resource, signal);
    const before = this.#served;
    this.#served = served;
    if (before === undefined || before === served) return served;
    const message = served
      ? 'the cluster has come to serve a resource'
      : 'the cluster does not serve a resource any more';
    this.#log.info({ resource: resourceName(resource) }, message);
    changed(served);
    return served;
  }

  /** Looks again and again until `signal` fires. While it cannot look, what was seen last holds. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, resource, periodMs = defaultPeriodMs } = this.#options;
    for (;;) {
      await sleep(clock, periodMs, signal);
      if (signal.aborted) return;
      await this.look(signal).catch((error: unknown) => {
        if (signal.aborted) return;
        this.#log.warn(
          { resource: resourceName(resource), error: describeError(error) },
          'whether the cluster serves a resource cannot be seen',
        );
      });
    }
  }
}
