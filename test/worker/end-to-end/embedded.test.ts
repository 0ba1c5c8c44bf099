import { after, before, describe } from 'node:test';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type EmbeddedAws, startEmbeddedAws } from '../../../aws/embedded/server.ts';
import { type EndToEndServer, workerEndToEnd } from './suite.ts';

describe('real workers on the embedded SQS', { concurrency: 2 }, () => {
  let aws: EmbeddedAws;
  let server: EndToEndServer;

  before(async () => {
    aws = await startEmbeddedAws({});
    const { endpoint, region } = aws;
    const credentials = { accessKeyId: 'embedded', secretAccessKey: 'embedded' };
    const sqs = new SQSClient({ endpoint, region, credentials });
    server = {
      ...{ endpoint, region, credentials, sqs },
      createQueue: async (name, attributes = {}) => ({ url: aws.sqs.createQueue(name, attributes) }),
    };
  });
  after(async () => {
    server.sqs.destroy();
    await aws.close();
  });

  workerEndToEnd(() => server, 1_000);
});
