/** squiss-ts at the same work. Its deletes wait 20 ms for others, as Courier's do, not its own two seconds. */
import { SQS } from '@aws-sdk/client-sqs';
import { Squiss } from 'squiss-ts';
import { credentials, region } from '../bare-call.ts';
import { input, messageHandler } from './handler.ts';

const handle = await messageHandler();

const squiss = new Squiss({
  SQS: new SQS({ region, credentials, endpoint: input.awsEndpoint }),
  queueUrl: input.queueUrl,
  bodyFormat: 'plain',
  maxInFlight: input.inFlight,
  receiveBatchSize: 10,
  minReceiveBatchSize: 10,
  receiveWaitTimeSecs: 20,
  visibilityTimeoutSecs: 60,
  receiveSqsAttributes: ['All'],
  receiveAttributes: ['All'],
  deleteWaitMs: 20,
});
squiss.on('message', (message) => {
  handle(message.raw.MessageId ?? '', String(message.body)).then(
    () => message.del(),
    (error) => console.error(error),
  );
});
squiss.on('error', (error) => console.error(error));
await squiss.start();
