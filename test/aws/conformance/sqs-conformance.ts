import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { firehoseCases } from './firehose-conformance.ts';
import { registerCases, type ServerUnderTest } from './server-under-test.ts';
import { batchCases } from './sqs-batches.ts';
import { closeClients, type SqsCase, SqsContext } from './sqs-case.ts';
import { deadLetterCases } from './sqs-dead-letters.ts';
import { fifoCases } from './sqs-fifo.ts';
import { longPollCases } from './sqs-long-polls.ts';
import { messageCases } from './sqs-messages.ts';
import { queueCases } from './sqs-queues.ts';
import { visibilityCases } from './sqs-visibility.ts';

/** Everything that the suite says about SQS. */
export const sqsCases: readonly SqsCase[] = [
  ...messageCases,
  ...batchCases,
  ...visibilityCases,
  ...longPollCases,
  ...fifoCases,
  ...deadLetterCases,
  ...queueCases,
];

/** Registers the cases about SQS as tests of a server that is there by the time they run. */
export function sqsConformance(server: () => ServerUnderTest): void {
  after(closeClients);
  test('each difference that is listed is that of a case', () => {
    const ids = new Set([...sqsCases, ...firehoseCases].map(({ id }) => id));
    assert.deepEqual(
      [...server().differences].filter((id) => !ids.has(id)),
      [],
    );
  });
  registerCases('SQS', sqsCases, server, (under, id) => new SqsContext(under, id));
}
