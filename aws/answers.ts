import { isObject, type JsonObject, parseObject } from '../api/json.ts';
import { AwsError } from './errors.ts';

/**
 * Reads the body of a successful answer.
 * @throws AwsError `InvalidResponse` when it is not a JSON object.
 */
export function parseAnswer(body: Buffer): JsonObject {
  const value = parseObject(body.toString());
  if (value === undefined) throw invalidAnswer('is not a JSON object', body);
  return value;
}

/**
 * The list under `name`; an absent one is empty, as AWS leaves empty lists out.
 * @throws AwsError `InvalidResponse` when it is not a list of objects.
 */
export function readObjects(answer: JsonObject, name: string): readonly JsonObject[] {
  const value = answer[name] ?? [];
  if (!Array.isArray(value) || !value.every(isObject)) {
    throw invalidAnswer(`has a ${name} that is not a list of objects`, Buffer.from(JSON.stringify(answer)));
  }
  return value;
}

/** An answer that is not of the service's shape; `problem` completes "the answer ...". */
export function invalidAnswer(problem: string, body: Buffer, status?: number): AwsError {
  return new AwsError('InvalidResponse', `the answer ${problem}: ${excerpt(body)}`, { status });
}

/** The beginning of an answer, unless it holds messages: their bodies are nobody's business but the recipient's. */
function excerpt(body: Buffer): string {
  if (body.includes('"Messages"')) return `it holds messages, and has ${body.length} bytes`;
  const text = body.subarray(0, 200).toString().trim();
  return text === '' ? 'its body is empty' : text;
}
