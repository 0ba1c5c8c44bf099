/** sqs-consumer at the same work: one consumer for each ten messages in flight, since each polls one at a time. */
import { SQSClient } from '@aws-sdk/client-sqs';
import { Consumer } from 'sqs-consumer';
import { credentials, region } from '../bare-call.ts';
import { input, messageHandler } from './handler.ts';

const handle = await messageHandler();
const sqs = new SQSClient({ region, credentials, endpoint: input.awsEndpoint });

for (let n = 0; n < input.inFlight / 10; n++) {
  const consumer = Consumer.create({
    sqs,
    queueUrl: input.queueUrl,
    batchSize: 10,
    waitTimeSeconds: 20,
    visibilityTimeout: 60,
    messageSystemAttributeNames: ['All'],
    messageAttributeNames: ['All'],
    suppressFifoWarning: true,
    handleMessageBatch: async (messages) => {
      await Promise.all(messages.map(({ MessageId = '', Body = '' }) => handle(MessageId, Body)));
      return messages;
    },
  });
  consumer.on('error', (error) => console.error(error));
  consumer.start();
}
