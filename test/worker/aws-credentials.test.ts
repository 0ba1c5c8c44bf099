import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../api/clock.ts';
import { openQueue } from '../../aws/clients.ts';
import { startEmbeddedAws } from '../../aws/embedded/server.ts';
import { AwsError } from '../../aws/errors.ts';
import { rotatingCredentials } from '../../aws/rotating-credentials.ts';
import { secretCredentials } from '../../worker/aws-credentials.ts';
import { FixedSecrets } from './wire/fixed-secrets.ts';

const keys = (id: string) => ({ 'aws/AWS_ACCESS_KEY_ID': `${id}\n`, 'aws/AWS_SECRET_ACCESS_KEY': 'secret' });

test('credentials that are replaced in their Secret are used by a queue that is open', async (t) => {
  const aws = await startEmbeddedAws({ requiredAccessKeyId: 'rotated' });
  t.after(() => aws.close());
  const secrets = new FixedSecrets(keys('former'));
  // Ten seconds ago: so the SDK asks at each call, and not only every five seconds.
  const credentials = rotatingCredentials(secretCredentials(secrets, 'aws'), () => Date.now() - 10_000);
  const url = aws.sqs.createQueue('orders');
  const queue = await openQueue({ url, region: 'us-east-1', endpoint: aws.endpoint, credentials }, systemClock);
  t.after(() => queue.close());
  const receive = () => queue.port.receive({ maxMessages: 1, waitTimeSeconds: 0, visibilityTimeoutSeconds: 30 });
  await assert.rejects(receive(), AwsError);
  secrets.rotate(keys('rotated'));
  assert.deepEqual(await receive(), []);
});

test('credentials from a Secret hold for so long that the SDK asks for them again within seconds', async () => {
  const secrets = new FixedSecrets({ ...keys('one'), 'aws/AWS_SESSION_TOKEN': 'token' });
  const credentials = await rotatingCredentials(secretCredentials(secrets, 'aws'), () => 1_000_000)();
  assert.deepEqual(credentials, {
    ...{ accessKeyId: 'one', secretAccessKey: 'secret', sessionToken: 'token' },
    // The SDK renews what expires within five minutes.
    expiration: new Date(1_000_000 + 305_000),
  });
});
