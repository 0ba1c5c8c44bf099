import { parseJson } from '../../api/json.ts';

/** What an answer says of the messages of a batch: which of them were not accepted, or why it cannot be read. */
export type BatchAnswer = { readonly failed: ReadonlySet<string> } | { readonly invalid: string };

const none: ReadonlySet<string> = new Set();

/**
 * Reads the answer to a batch: `{"batchItemFailures":[{"itemIdentifier":"<message id>"}]}`, as AWS Lambda's functions give
 * it. Nothing, null, an object without the list and an empty list all mean that every message was accepted.
 *
 * @param ids of the messages in the batch: an answer that names another cannot be meant.
 */
export function readBatchAnswer(body: string, ids: ReadonlySet<string>): BatchAnswer {
  if (body.trim() === '') return { failed: none };
  const answer = parseJson(body);
  if (answer === undefined) return { invalid: 'the answer to the batch is not JSON' };
  if (answer === null) return { failed: none };
  if (typeof answer !== 'object' || Array.isArray(answer))
    return { invalid: 'the answer to the batch is not an object' };
  const failures = 'batchItemFailures' in answer ? answer.batchItemFailures : undefined;
  if (failures === undefined || failures === null) return { failed: none };
  if (!Array.isArray(failures)) return { invalid: 'batchItemFailures in the answer to the batch is not a list' };
  const failed = new Set<string>();
  for (const failure of failures) {
    const id: unknown = typeof failure === 'object' && failure !== null ? failure.itemIdentifier : undefined;
    if (typeof id !== 'string' || !ids.has(id)) {
      return { invalid: 'an itemIdentifier in the answer to the batch is the id of no message in it' };
    }
    failed.add(id);
  }
  return { failed };
}
