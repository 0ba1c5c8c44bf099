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
  /** The number of a message by its id. */
  readonly numberOfId: (messageId: string) => number;
};

/** What a record says beside the body, at most. */
const factsBytes = 800;

/** An audit that is throttled, in part or as a whole, or down for some time. */
export class FaultySink implements AuditSink {
  readonly limits: SinkLimits;
  readonly #options: FaultySinkOptions;

  constructor(options: FaultySinkOptions) {
    this.#options = options;
    const { bodyBytes, audit } = options.scenario;
    const maxRecordBytes = audit.parts === 1 ? 1e6 : factsBytes + Math.ceil(bodyBytes / audit.parts);
    this.limits = { maxRecords: 5, maxBytes: 1e6, maxRecordBytes, maxParallel: 2, lingerMs: 5 };
  }

  write(lines: readonly string[]): Promise<SinkOutcome> {
    const { life, clock, random, scenario, ledger, numberOfId } = this.#options;
    const { failures, outage } = scenario.audit;
    return life.through(async () => {
      await new Promise<void>((resolve) => clock.setTimeout(resolve, 50 * random()));
      if (isDown(outage, clock.monotonic()) || random() < failures / 2) throw new Error('injected');
      return lines.map((line) => {
        if (random() < failures) return 'injected';
        const { messageId, part = 1, parts = 1 } = JSON.parse(line);
        ledger.record(numberOfId(messageId), part, parts);
        return undefined;
      });
    });
  }

  async close(): Promise<void> {}
}
