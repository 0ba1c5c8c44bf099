import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { residentMebibytes } from '../process-usage.ts';
import { startContender } from './contender.ts';
import type { Servers } from './servers.ts';

/** Our worker's resident memory with messages of 1 MiB and a recipient that takes half a second. */
export async function measureLargeMessages(servers: Servers, directory: string, seconds: number): Promise<number> {
  const name = 'large-messages';
  const queueUrl = await servers.createQueue({ name, bodyBytes: 2 ** 20 - 1024 });
  const recipientUrl = await servers.slowRecipient({ path: `/${name}`, ms: 500 });
  const own = { queueUrl, recipientUrl, directory: join(directory, name), inFlight: 64 };
  const courier = await startContender('courier', { ...own, awsEndpoint: servers.awsEndpoint });
  await servers.open(name);
  await delay(seconds * 1000);
  await servers.close(name);
  const { peak } = await residentMebibytes(courier.child.process.pid);
  await courier.child.end();
  return peak;
}
