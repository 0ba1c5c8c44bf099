import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import pino, { type Logger } from 'pino';
import { systemClock } from '../api/clock.ts';
import { drainSeconds } from '../api/drain-time.ts';
import { environment } from '../api/environment.ts';
import { logOutput } from '../api/log-output.ts';
import { formatProblem } from '../api/problem.ts';
import { secretKeysOf } from '../api/secret-keys.ts';
import type { WorkerConfig } from '../api/worker-config.ts';
import type { WorkerStatus } from '../api/worker-status.ts';
import { AwsError } from '../aws/errors.ts';
import { describeAwsFailure } from '../aws/explain.ts';
import { openAwsConnections } from './aws-connections.ts';
import { readConfigFile } from './config-file.ts';
import { Exchange } from './exchange.ts';
import { HttpRecipient } from './http-recipient.ts';
import { WorkerLog } from './log.ts';
import { workerMetrics } from './metrics.ts';
import { Pipeline } from './pipeline.ts';
import { QueueSight } from './queue-sight.ts';
import { Rates } from './rates.ts';
import { workerStatus } from './status.ts';
import { StatusServer } from './status-server.ts';
import { aborted, stopSignal } from './stop-signal.ts';
import { Secrets } from './wire/secrets.ts';
import { openWire } from './wire/wire.ts';

/**
 * Runs one worker until it is told to stop: by SIGTERM or SIGINT, or, where it was started with an IPC channel, by the
 * end of the process that started it.
 *
 * @returns the exit code: 0 when nothing was left behind, 1 otherwise.
 */
export async function runWorker(env: NodeJS.ProcessEnv): Promise<number> {
  const logger = pino(logOutput);
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'the worker has a defect and stops; what it held returns to the queue');
    process.exit(1);
  });
  try {
    return await run(env, logger);
  } catch (error) {
    logger.fatal({ error: startFailure(error) }, 'the worker cannot start');
    return 1;
  }
}

async function run(env: NodeJS.ProcessEnv, logger: Logger): Promise<number> {
  const stop = stopSignal();
  const clock = systemClock;
  const config = await readConfig(env, logger);
  const worker = env[environment.worker] ?? hostname();
  const courier = `${config.metadata.namespace}/${config.metadata.name}`;
  logger = logger.child({ courier, worker }, { level: config.spec.worker.logLevel });
  const log = new WorkerLog(logger, clock);

  const secrets = await Secrets.open({
    ...{ directory: env[environment.secrets], keys: secretKeysOf(config.spec), clock, log },
  });
  const { queue, deadLetterQueue, sink } = await openAwsConnections(config, { worker, secrets, clock, log });
  const wire = openWire(config.spec, { secrets, clock, random: Math.random, log });
  const recipient = new HttpRecipient(config.spec, wire, clock);
  const pipeline = new Pipeline({
    ...{ worker, spec: config.spec, queue: queue.port, deadLetterQueue: deadLetterQueue?.port },
    ...{ recipient, batchRecipient: config.spec.recipient.batch && recipient, sink, clock, random: Math.random, log },
    hasOperator: env[environment.exchangeTokenSha256] !== undefined,
  });
  const sight = new QueueSight(queue, clock, Math.random, log);
  const rates = new Rates();
  const identity = { courier, worker, bootId: randomUUID(), startedTime: new Date(clock.now()).toISOString() };
  const status = () => workerStatus(identity, pipeline, rates, sight.seen);
  const server = await StatusServer.start({
    listen: env[environment.listen] ?? '0.0.0.0:8080',
    liveness: () => pipeline.liveness,
    status,
    metrics: workerMetrics(status, pipeline.observations),
    exchange: exchangeOf(env, pipeline, status),
  });
  tellParent({ event: 'listening', port: server.port });
  const sampling = setInterval(
    () => rates.sample(pipeline.counters, pipeline.concurrency.limit, clock.monotonic()),
    1000,
  );

  pipeline.start();
  log.info('the worker runs', {
    queue: config.spec.queue.url,
    recipient: config.spec.recipient.url,
    port: server.port,
  });
  void sight.look(stop);
  await aborted(stop);

  const seconds = drainSeconds(config.spec);
  log.info('the worker drains', { held: pipeline.holdings.size, atMostSeconds: seconds });
  const clean = await pipeline.drain(AbortSignal.timeout(seconds * 1000));
  clearInterval(sampling);
  secrets.close();
  await server.close();
  if (clean) await Promise.all([queue.close(), deadLetterQueue?.close()]);
  log.info('the worker has stopped', { ...pipeline.counters, leftBehind: pipeline.holdings.size });
  return clean ? 0 : 1;
}

function startFailure(error: unknown): string {
  if (error instanceof AwsError) return describeAwsFailure(error).sentence;
  return error instanceof Error ? error.message : String(error);
}

/** Tells the process that started this one, if it is there and listens: it may have died meanwhile. */
function tellParent(message: object): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}

/** The exchange with the operator, where one has started this worker. */
function exchangeOf(env: NodeJS.ProcessEnv, pipeline: Pipeline, status: () => WorkerStatus): Exchange | undefined {
  const tokenSha256 = env[environment.exchangeTokenSha256];
  if (tokenSha256 === undefined) return undefined;
  return new Exchange(tokenSha256, ({ drain, validSeconds, share, maxConcurrency }) => {
    pipeline.hold(drain ? validSeconds : 0);
    if (share !== undefined) pipeline.grant(share);
    if (maxConcurrency !== undefined) pipeline.setMaxConcurrency(maxConcurrency);
    return status();
  });
}

async function readConfig(env: NodeJS.ProcessEnv, logger: Logger): Promise<WorkerConfig> {
  const file = env[environment.config];
  if (file === undefined)
    throw new Error(`${environment.config} is not set: it must name the worker's configuration file`);
  const { config, warnings } = await readConfigFile(file);
  for (const warning of warnings)
    logger.warn({ warning: formatProblem(warning) }, 'a part of the configuration is ignored');
  return config;
}

if (import.meta.main) process.exit(await runWorker(process.env));
