import { KubeConfig } from '@kubernetes/client-node';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { systemClock } from '../api/clock.ts';
import { logOutput } from '../api/log-output.ts';
import { checkCluster } from './check.ts';
import { operatorConfig } from './config.ts';
import { KubeClient } from './kube/client.ts';
import type { ClientMetrics } from './kube/metrics.ts';
import { prometheusMetrics } from './kube/prometheus.ts';
import { runOperator as run } from './operator.ts';

/**
 * Runs the operator until SIGTERM or SIGINT.
 * @returns the exit code: 0 when it was told to stop, 1 when it has lost the lead or could not start.
 */
export async function runOperator(env: NodeJS.ProcessEnv): Promise<number> {
  const log = pino(logOutput);
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
  const exit = (error: unknown) => {
    log.fatal({ err: error }, 'the operator has a defect and stops');
    process.exit(1);
  };
  process.on('uncaughtException', exit);
  process.on('unhandledRejection', exit);
  try {
    const config = operatorConfig(env);
    const registry = new Registry();
    const metrics = prometheusMetrics(registry);
    const client = connect({ userAgent: 'courier-operator', metrics: metrics.client });
    const told = await run(
      { ...{ config, client, registry, metrics, log, clock: systemClock }, random: Math.random },
      stop.signal,
    );
    if (told) await client.close();
    return told ? 0 : 1;
  } catch (error) {
    log.fatal({ error: error instanceof Error ? error.message : String(error) }, 'the operator cannot start');
    return 1;
  }
}

/**
 * Says on stdout what the operator lacks in its cluster, and whether one leads there.
 * @returns the exit code: 0 when it lacks nothing and one leads, 1 otherwise.
 */
export async function checkOperator(env: NodeJS.ProcessEnv): Promise<number> {
  try {
    const config = operatorConfig(env);
    const client = connect({ userAgent: 'courier-operator-check' });
    const findings = await checkCluster({ client, config, clock: systemClock });
    await client.close();
    for (const { outcome, sentence } of findings) console.log(`${outcome}: ${sentence}`);
    return findings.some(({ outcome }) => outcome === 'missing') ? 1 : 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

/** A client for the cluster in which this process runs, or that of the kubeconfig. */
function connect(options: { readonly userAgent: string; readonly metrics?: ClientMetrics }): KubeClient {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromDefault();
  return KubeClient.connect(kubeConfig, { ...options, clock: systemClock });
}

if (import.meta.main) process.exit(await runOperator(process.env));
