import { after, before } from 'node:test';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type EmbeddedAws, startEmbeddedAws } from '../../../aws/embedded/server.ts';
import type { EndToEndServer } from './stage.ts';

/** An embedded AWS that runs while the tests do of the describe that calls this. @returns it, inside of tests and hooks. */
export function useEmbeddedServer(): () => EndToEndServer {
  let aws: EmbeddedAws;
  let server: EndToEndServer;
  let streams = 0;

  before(async () => {
    aws = await startEmbeddedAws({});
    const { endpoint, region } = aws;
    const credentials = { accessKeyId: 'embedded', secretAccessKey: 'embedded' };
    const sqs = new SQSClient({ endpoint, region, credentials });
    server = {
      ...{ endpoint, region, credentials, sqs },
      createQueue: async (name, attributes = {}) => ({ url: aws.sqs.createQueue(name, attributes) }),
      createStream: () => {
        const name = `audit-${streams++}`;
        aws.firehose.createDeliveryStream(name);
        return { name, records: () => aws.firehose.records(name) };
      },
    };
  });
  after(async () => {
    server.sqs.destroy();
    await aws.close();
  });
  return () => server;
}
