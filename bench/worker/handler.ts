import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Pool } from 'undici';
import { GroupCommit } from './group-commit.ts';

/** What a library under comparison is started with, as JSON in its first argument. */
export type ContenderInput = {
  readonly queueUrl: string;
  readonly awsEndpoint: string;
  readonly recipientUrl: string;
  readonly directory: string;
  readonly inFlight: number;
};

export const input: ContenderInput = JSON.parse(process.argv[2] ?? '{}');

/** What every contender does with a message: POST it, then make its audit record durable. Resolves when it may be deleted. */
export async function messageHandler(): Promise<(messageId: string, body: string) => Promise<void>> {
  const { origin, pathname } = new URL(input.recipientUrl);
  const pool = new Pool(origin, { connections: input.inFlight, pipelining: 1, allowH2: false });
  await mkdir(input.directory, { recursive: true });
  const commit = await GroupCommit.open(join(input.directory, 'audit.ndjson'));
  return async (messageId, body) => {
    const headers = ['content-type', 'application/json', 'courier-message-id', messageId];
    const response = await pool.request({ path: pathname, method: 'POST', headers, body });
    await response.body.dump();
    if (response.statusCode >= 300) throw new Error(`the recipient answered ${response.statusCode}`);
    await commit.append(messageId, body);
  };
}

process.on('disconnect', () => process.exit());
