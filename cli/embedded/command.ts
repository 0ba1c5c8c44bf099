import { once } from 'node:events';
import { type EmbeddedAws, type EmbeddedAwsOptions, startEmbeddedAws } from '../../aws/embedded/server.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { createQueue, createStream, serverEnvironment } from './resources.ts';

/** The options of `courier embedded`. */
export type EmbeddedOptions = {
  readonly port: number;
  readonly firehoseDir?: string;
  readonly queue: readonly string[];
  readonly stream: readonly string[];
};

/** Serves the embedded AWS alone until it is interrupted. */
export async function embeddedCommand({ port, firehoseDir, queue, stream }: EmbeddedOptions): Promise<number> {
  const { drain } = listenForInterrupts();
  const server = await startServer({
    ...{ port, keepRecords: false, autoCreateStreams: true },
    ...(firehoseDir !== undefined && { firehoseDirectory: firehoseDir }),
  });
  console.log(`SQS and Firehose at ${server.endpoint}; Ctrl-C ends them and forgets their messages.`);
  for (const name of queue) console.log(`  queue ${await createQueue(server, name)}`);
  for (const name of stream) {
    await createStream(server, name);
    console.log(`  stream ${name}`);
  }
  console.log('For any SDK or the aws command line:');
  for (const [name, value] of Object.entries(serverEnvironment(server))) console.log(`  export ${name}=${value}`);
  if (!drain.aborted) await once(drain, 'abort');
  await server.close();
  return exitCodes.ok;
}

/**
 * Starts the embedded AWS.
 * @throws CommandError when it cannot listen.
 */
export async function startServer(options: EmbeddedAwsOptions): Promise<EmbeddedAws> {
  try {
    return await startEmbeddedAws(options);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError(exitCodes.failed, `The embedded AWS cannot start: ${why}.`, { cause: error });
  }
}
