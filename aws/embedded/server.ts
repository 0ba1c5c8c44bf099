import { createServer, type Server } from 'node:http';
import { type Clock, systemClock } from '../../api/clock.ts';
import type { Random } from '../../api/random.ts';
import type { CounterError } from './counters.ts';
import { Faults } from './faults.ts';
import { EmbeddedFirehose } from './firehose.ts';
import { firehoseService, serve, sqsService } from './http.ts';
import { uuid } from './ids.ts';
import { EmbeddedSqs } from './sqs.ts';

/** An SQS and a Firehose that listen on one port of this machine. */
export type EmbeddedAws = {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  readonly sqs: EmbeddedSqs;
  readonly firehose: EmbeddedFirehose;
  readonly faults: Faults;
  /** Stops listening, cuts every connection, and resolves when the files are closed. */
  close(): Promise<void>;
};

export type EmbeddedAwsOptions = {
  /** Default: 0, a free one. */
  readonly port?: number;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Default: `us-east-1`. */
  readonly region?: string;
  /** The account that owns every queue and stream. Default: `000000000000`. */
  readonly accountId?: string;
  /** Where the records of Firehose streams land, in `<stream>.ndjson`. Default: only in memory. */
  readonly firehoseDirectory?: string;
  /** Whether records stay in memory, for tests and totals. Default: true. */
  readonly keepRecords?: boolean;
  /** Whether a put to a stream that does not exist makes it. Default: false. */
  readonly autoCreateStreams?: boolean;
  /** Requests signed with another key, or none, are refused. Signatures are never verified. Default: every request passes. */
  readonly requiredAccessKeyId?: string;
  /** How far queue counters are from the truth. Default: not at all. */
  readonly counterError?: CounterError;
  /** Whether the long poll of a client that hung up takes a message that nobody gets, as AWS may do. Default: false. */
  readonly swallowWhenHungUp?: boolean;
};

/**
 * Starts both services on 127.0.0.1.
 * @throws Error naming the port when something else listens on it
 */
export async function startEmbeddedAws(options: EmbeddedAwsOptions = {}): Promise<EmbeddedAws> {
  const { clock = systemClock, random = Math.random, firehoseDirectory: directory } = options;
  const { region = 'us-east-1', accountId = '000000000000' } = options;
  const server = createServer();
  const endpoint = `http://127.0.0.1:${await listen(server, options.port ?? 0)}`;
  const faults = new Faults(clock);
  const shared = { ...options, clock, random, region, accountId, faults };
  const sqs = new EmbeddedSqs({ ...shared, endpoint });
  const firehose = new EmbeddedFirehose({ ...shared, ...(directory !== undefined && { directory }) });
  const [sqsEdge, firehoseEdge] = [sqsService(sqs), firehoseService(firehose)];
  server.on('request', (request, response) => {
    response.setHeader('x-amzn-requestid', uuid(random));
    const [prefix, action = ''] = String(request.headers['x-amz-target']).split('.');
    void serve(
      prefix === 'Firehose_20150804' ? firehoseEdge : sqsEdge,
      action,
      request,
      response,
      options.requiredAccessKeyId,
    );
  });
  const close = async (): Promise<void> => {
    sqs.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await firehose.close();
  };
  return { endpoint, region, accountId, sqs, firehose, faults, close };
}

/** Resolves to the port. */
function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') return reject(error);
      const remedy = 'choose another, or 0 for a free one';
      reject(new Error(`port ${port} of 127.0.0.1 is in use: ${remedy}`, { cause: error }));
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
