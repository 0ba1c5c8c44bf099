import { hostname } from 'node:os';
import { operatorEnvironment as names } from '../api/environment.ts';

/** What the operator is told by its environment. */
export type OperatorConfig = {
  /** The operator's own namespace: its lease and its key are there. */
  readonly namespace: string;
  /** Names this process in its lease and its events. */
  readonly podName: string;
  /** The image of workers, unless their Courier names one: the operator's own. */
  readonly image: string;
  /** The namespace whose Couriers are looked after; undefined: all. */
  readonly watchNamespace: string | undefined;
  /** Where probes and metrics are served, `host:port`; port 0 takes a free one. */
  readonly listen: string;
  readonly intervalMs: number;
  readonly resyncMs: number;
  readonly leaseMs: number;
};

/**
 * Reads the operator's environment.
 * @throws TypeError naming the variable, its value and what it may be.
 */
export function operatorConfig(env: NodeJS.ProcessEnv): OperatorConfig {
  return {
    namespace: required(env, names.namespace),
    podName: env[names.podName] || hostname(),
    image: required(env, names.image),
    watchNamespace: env[names.watchNamespace] || undefined,
    listen: listenable(env[names.listen] || '0.0.0.0:8080'),
    intervalMs: seconds(env, names.intervalSeconds, 5, { min: 0.1, max: 300 }),
    resyncMs: seconds(env, names.resyncSeconds, 600, { min: 1, max: 86_400 }),
    leaseMs: seconds(env, names.leaseSeconds, 15, { min: 3, max: 300 }),
  };
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value === undefined || value === '') throw new TypeError(`${name} is not set: the operator cannot do without it`);
  return value;
}

function seconds(
  env: NodeJS.ProcessEnv,
  name: string,
  fallback: number,
  { min, max }: { min: number; max: number },
): number {
  const value = env[name];
  if (value === undefined || value === '') return fallback * 1000;
  const number = Number(value);
  if (!(number >= min && number <= max)) {
    throw new TypeError(`${name} is ${JSON.stringify(value)}: it must be a number of seconds from ${min} to ${max}`);
  }
  return number * 1000;
}

function listenable(listen: string): string {
  parseListen(listen);
  return listen;
}

/**
 * The parts of `host:port`; an address of IPv6 stands in brackets.
 * @throws TypeError when it is not of this form.
 */
export function parseListen(listen: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:]*)):(\d{1,5})$/.exec(listen);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) {
    throw new TypeError(`${names.listen} is ${JSON.stringify(listen)}: write host:port, such as 0.0.0.0:8080`);
  }
  return { host: match[1] ?? match[2] ?? '', port };
}
