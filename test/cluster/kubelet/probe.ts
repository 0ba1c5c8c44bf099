import { connect } from 'node:net';
import { Agent, request } from 'undici';
import { sleep, systemClock } from '../../../api/clock.ts';
import type { Container, Probe } from './objects.ts';

/** What is probed. */
export type ProbeTarget = { readonly container: Container; readonly podIP: string };

/**
 * Called each time a probe has come to a result that counts, after as many outcomes in a row as its thresholds say: with
 * what is wrong, or undefined when nothing is.
 */
export type ProbeListener = (failure: string | undefined) => void;

/**
 * Probes until `signal` aborts, with the defaults of the Kubernetes API where the probe leaves something out.
 * https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
 */
export async function runProbe(
  probe: Probe,
  target: ProbeTarget,
  listener: ProbeListener,
  signal: AbortSignal,
): Promise<void> {
  const { initialDelaySeconds = 0, periodSeconds = 10, successThreshold = 1, failureThreshold = 3 } = probe;
  await sleep(systemClock, initialDelaySeconds * 1000, signal);
  let successes = 0;
  let failures = 0;
  while (!signal.aborted) {
    const failure = await probeOnce(probe, target, signal);
    if (signal.aborted) return;
    successes = failure === undefined ? successes + 1 : 0;
    failures = failure === undefined ? 0 : failures + 1;
    if (successes >= successThreshold || failures >= failureThreshold) listener(failure);
    await sleep(systemClock, periodSeconds * 1000, signal);
  }
}

/** @returns what is wrong; undefined when nothing is. */
async function probeOnce(probe: Probe, target: ProbeTarget, signal: AbortSignal): Promise<string | undefined> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout((probe.timeoutSeconds ?? 1) * 1000)]);
  try {
    if (probe.httpGet !== undefined) return await httpGet(probe.httpGet, target, deadline);
    if (probe.tcpSocket !== undefined) return await openSocket(probe.tcpSocket, target, deadline);
    return `the probe does ${Object.keys(probe).join()}, and this kubelet knows httpGet and tcpSocket`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The kubelet does not verify certificates and keeps no connection open. */
const agent = new Agent({ connect: { rejectUnauthorized: false }, pipelining: 0 });

async function httpGet(get: NonNullable<Probe['httpGet']>, target: ProbeTarget, signal: AbortSignal) {
  const { path = '/', host = target.podIP, scheme = 'HTTP', httpHeaders = [] } = get;
  const url = `${scheme.toLowerCase()}://${host}:${portOf(get.port, target)}${path}`;
  const headers = Object.fromEntries(httpHeaders.map(({ name, value }) => [name, value]));
  const { statusCode, body } = await request(url, { dispatcher: agent, headers, signal });
  await body.dump();
  return statusCode >= 200 && statusCode < 400 ? undefined : `HTTP probe failed with statuscode: ${statusCode}`;
}

function openSocket(socket: NonNullable<Probe['tcpSocket']>, target: ProbeTarget, signal: AbortSignal) {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const connection = connect({ host: socket.host ?? target.podIP, port: portOf(socket.port, target), signal });
  connection.once('error', reject);
  connection.once('connect', () => {
    connection.destroy();
    resolve(undefined);
  });
  return promise;
}

/** A number, or the name of one of the container's ports. */
function portOf(port: number | string, { container }: ProbeTarget): number {
  if (typeof port === 'number') return port;
  const named = container.ports?.find(({ name }) => name === port)?.containerPort;
  if (named === undefined) throw new Error(`container ${container.name} has no port named ${port}`);
  return named;
}
