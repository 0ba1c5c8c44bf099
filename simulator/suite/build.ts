import { type Category, type Scenario, type SuiteScenario, usual } from '../scenario.ts';

/** What a scenario changes of the usual day. */
export type Changes = {
  readonly queue?: Partial<Scenario['queue']>;
  readonly workers?: Partial<Scenario['workers']>;
  readonly recipient?: Scenario['recipient'];
  readonly audit?: Scenario['audit'];
  readonly operator?: Partial<Scenario['operator']>;
  readonly scaling?: Partial<Scenario['scaling']>;
};

/** A scenario of the usual day, with changes. */
export function build(
  name: string,
  category: Category,
  durationSeconds: number,
  arrivals: Scenario['arrivals'],
  changes: Changes = {},
): SuiteScenario {
  return {
    ...{ name, category, durationSeconds, arrivals },
    queue: { ...usual.queue, ...changes.queue },
    workers: { ...usual.workers, ...changes.workers },
    recipient: changes.recipient ?? usual.recipient,
    audit: changes.audit ?? usual.audit,
    operator: { ...usual.operator, ...changes.operator },
    scaling: { ...usual.scaling, ...changes.scaling },
  };
}
