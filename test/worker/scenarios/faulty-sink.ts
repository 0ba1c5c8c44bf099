import type { Clock } from '../../../api/clock.ts';
import type { Random } from '../../../api/random.ts';
import type { AuditSink, SinkLimits, SinkOutcome } from '../../../worker/audit/sink.ts';
import type { Ledger } from './ledger.ts';
import type { Life } from './life.ts';
import { isDown } from './outage.ts';
import type { Scenario } from './scenario.ts';

export type FaultySinkOptions = {
  readonly scenario: Scenario;
  readonly life: Life;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: Random;
  /** The number of a message by its body. */
  readonly numberOf: (body: string) => number;
};

/** An audit that is throttled, in part or as a whole, or down for some time. */
export class FaultySink implements AuditSink {
  readonly limits: SinkLimits = { maxRecords: 5, maxBytes: 1e6, maxRecordBytes: 1e6, maxParallel: 2, lingerMs: 5 };
  readonly #options: FaultySinkOptions;

  constructor(options: FaultySinkOptions) {
    this.#options = options;
  }

  write(lines: readonly string[]): Promise<SinkOutcome> {
    const { life, clock, random, scenario, ledger, numberOf } = this.#options;
    const { failures, outage } = scenario.audit;
    return life.through(async () => {
      await new Promise<void>((resolve) => clock.setTimeout(resolve, 50 * random()));
      if (isDown(outage, clock.monotonic()) || random() < failures / 2) throw new Error('injected');
      return lines.map((line) => {
        if (random() < failures) return 'injected';
        ledger.record(numberOf(JSON.parse(line).body));
        return undefined;
      });
    });
  }

  async close(): Promise<void> {}
}
