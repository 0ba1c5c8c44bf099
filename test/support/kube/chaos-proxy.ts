import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { breakConnection, type LineFilter, ProxiedWatch } from './proxied-watch.ts';

/** What happens to a request that a rule meets. */
export type ChaosAction =
  /** Answers it instead of the server, which never sees it. */
  | { readonly do: 'answer'; readonly status: number; readonly retryAfterSeconds?: number; readonly body?: unknown }
  /** Lets it wait, then pass. */
  | { readonly do: 'delay'; readonly ms: number }
  /** Calls `run`, and lets it pass when that has ended. */
  | { readonly do: 'run before send'; readonly run: () => unknown }
  /** Neither forwards nor answers it. */
  | { readonly do: 'hang' }
  /** Breaks the connection; the server never sees the request. */
  | { readonly do: 'reset' }
  /** Forwards it, and answers otherwise than the server did, as a gateway does that waits no longer. */
  | { readonly do: 'answer after send'; readonly status: number }
  /** Forwards it and throws the answer away: its sender cannot know whether it happened. */
  | { readonly do: 'drop after send' }
  /** Passes so many bytes of the answer's body, then breaks the connection. */
  | { readonly do: 'reset in body'; readonly afterBytes: number }
  /** Calls `run` when the server has answered and nobody knows yet, as to kill the sender; then passes the answer on. */
  | { readonly do: 'run after send'; readonly run: () => unknown };

export type ChaosRule = {
  readonly method?: string;
  /** Only requests that change something. */
  readonly write?: true;
  /** Of path and query. */
  readonly path?: RegExp;
  readonly userAgent?: RegExp;
  /** The first of the matching requests to be met, counted from 1; default 1. */
  readonly from?: number;
  /** How many are met from there; default 1. */
  readonly times?: number;
  readonly action: ChaosAction;
};

/** What the proxy remembers of a request, for oracles that count writes or compare with RBAC rules. */
export type SeenRequest = {
  readonly method: string;
  readonly path: string;
  readonly userAgent: string;
  readonly atMs: number;
  /** 0 until there is an answer, and when there is none. */
  status: number;
};

export type ChaosProxyOptions = {
  /** The API server. */
  readonly target: { readonly url: string; readonly ca?: string };
  /** To speak TLS with clients; plain HTTP without. */
  readonly tls?: { readonly certificate: string; readonly privateKey: string };
  /** Default: a free one. */
  readonly port?: number;
};

/**
 * Stands between a client and an API server, and does to their conversation what networks and servers do. Whatever no rule
 * meets passes unchanged, credentials included.
 */
export class ChaosProxy {
  readonly url: string;
  readonly seen: SeenRequest[] = [];
  readonly watches = new Set<ProxiedWatch>();
  readonly #server: Server;
  readonly #target: ChaosProxyOptions['target'];
  readonly #rules: (ChaosRule & { met: number })[] = [];
  /** The first list that was seen at each path. */
  readonly #firstLists = new Map<string, string>();
  #replaysOld = false;
  #partitioned = false;
  #frozen: RegExp | undefined;
  #swallows: LineFilter = () => false;

  private constructor(server: Server, url: string, target: ChaosProxyOptions['target']) {
    this.#server = server;
    this.url = url;
    this.#target = target;
  }

  /** Starts a proxy on a free port of 127.0.0.1. */
  static async start({ target, tls, port: wanted = 0 }: ChaosProxyOptions): Promise<ChaosProxy> {
    const listener: RequestListener = (request, response) => void proxy.#serve(request, response);
    const server =
      tls === undefined
        ? createServer(listener)
        : createTlsServer({ cert: tls.certificate, key: tls.privateKey }, listener);
    server.listen(wanted, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const proxy = new ChaosProxy(server, `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`, target);
    return proxy;
  }

  /** Adds a rule; the first that fits meets a request. */
  rule(rule: ChaosRule): void {
    this.#rules.push({ ...rule, met: 0 });
  }

  /** Lets everything pass again. */
  heal(): void {
    this.#rules.length = 0;
    this.#replaysOld = false;
    this.#partitioned = false;
    this.#swallows = () => false;
    this.thaw();
  }

  /** Breaks every connection now, and refuses new ones until healed. */
  partition(): void {
    this.#partitioned = true;
    this.#server.closeAllConnections();
  }

  /** Answers lists with the first that was seen at their path, as a server does that lags behind another. */
  replayOldLists(): void {
    this.#replaysOld = true;
  }

  /** Withholds the events that `swallows` accepts: nobody will ever see them. */
  swallowEvents(swallows: LineFilter): void {
    this.#swallows = swallows;
  }

  /** Withholds everything on the watches of matching paths, also those that begin from now on, until thawed. */
  freezeWatches(path = /./): void {
    this.#frozen = path;
    for (const watch of this.#watchesOf(path)) watch.freeze();
  }

  thaw(): void {
    this.#frozen = undefined;
    for (const watch of this.watches) watch.thaw();
  }

  closeWatches(path = /./): void {
    for (const watch of this.#watchesOf(path)) watch.end();
  }

  resetWatches(path = /./): void {
    for (const watch of this.#watchesOf(path)) watch.reset();
  }

  /** Breaks watches within a line. */
  truncateWatches(path = /./): void {
    for (const watch of this.#watchesOf(path)) watch.truncate();
  }

  /** Sends a line into watches: garbage, or an event of one's own. */
  sendToWatches(line: string, path = /./): void {
    for (const watch of this.#watchesOf(path)) watch.send(line);
  }

  /** Sends an ERROR event into watches. */
  errorEvent(code: number, reason: string, path = /./): void {
    const object = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message: 'by the chaos proxy' };
    this.sendToWatches(JSON.stringify({ type: 'ERROR', object }), path);
  }

  /** Requests that change something, in their order. */
  get writes(): readonly SeenRequest[] {
    return this.seen.filter(isWrite);
  }

  /** Ends it; harmless when it has ended. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #watchesOf(path: RegExp): ProxiedWatch[] {
    return [...this.watches].filter((watch) => path.test(watch.path));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = request;
    const seen = { method, path, userAgent: headers['user-agent'] ?? '', atMs: Date.now(), status: 0 };
    this.seen.push(seen);
    if (this.#partitioned) return breakConnection(response);
    const action = this.#meet(seen);
    if (action?.do === 'hang') return;
    if (action?.do === 'reset') return breakConnection(response);
    if (action?.do === 'answer') return answer(response, action, seen);
    if (action?.do === 'run before send') await action.run();
    if (action?.do === 'delay') await delay(action.ms);
    const old = this.#replaysOld && isList(seen) ? this.#firstLists.get(pathOnly(path)) : undefined;
    if (old !== undefined) return answer(response, { status: 200, body: JSON.parse(old) }, seen);
    this.#forward(request, response, seen, action);
  }

  #meet(seen: SeenRequest): ChaosAction | undefined {
    for (const rule of this.#rules) {
      const { method = seen.method, path = /./, userAgent = /(?:)/, from = 1, times = 1 } = rule;
      if (rule.write === true && !isWrite(seen)) continue;
      if (method !== seen.method || !path.test(seen.path) || !userAgent.test(seen.userAgent)) continue;
      rule.met++;
      if (rule.met >= from && rule.met < from + times) return rule.action;
    }
    return undefined;
  }

  #forward(
    request: IncomingMessage,
    response: ServerResponse,
    seen: SeenRequest,
    action: ChaosAction | undefined,
  ): void {
    const { url, ca } = this.#target;
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const { method, headers } = request;
    const options = { method, headers, agent: false, ...(ca !== undefined && { ca }) };
    const upstream = send(
      new URL(seen.path, url),
      options,
      (answer) => void this.#pass(answer, response, seen, action),
    );
    upstream.once('error', () => breakConnection(response));
    response.once('close', () => upstream.destroy());
    request.pipe(upstream);
  }

  async #pass(
    upstream: IncomingMessage,
    response: ServerResponse,
    seen: SeenRequest,
    action: ChaosAction | undefined,
  ): Promise<void> {
    if (action?.do === 'drop after send') return breakConnection(response);
    if (action?.do === 'answer after send') return answer(response, action, seen);
    if (action?.do === 'run after send') await action.run();
    const { statusCode: status = 500, headers } = upstream;
    seen.status = status;
    const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, ...others } = headers;
    response.writeHead(status, others);
    if (status === 200 && seen.path.includes('watch=true')) {
      response.flushHeaders();
      this.#addWatch(new ProxiedWatch(seen.path, upstream, response, (event) => !this.#swallows(event)));
      return;
    }
    const chunks: Buffer[] = [];
    upstream.once('error', () => breakConnection(response));
    for await (const chunk of upstream) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    if (status === 200 && isList(seen) && !this.#firstLists.has(pathOnly(seen.path))) {
      this.#firstLists.set(pathOnly(seen.path), body.toString('utf8'));
    }
    if (action?.do === 'reset in body')
      response.write(body.subarray(0, action.afterBytes), () => breakConnection(response));
    else response.end(body);
  }

  #addWatch(watch: ProxiedWatch): void {
    this.watches.add(watch);
    watch.onClose(() => this.watches.delete(watch));
    if (this.#frozen?.test(watch.path)) watch.freeze();
  }
}

function answer(
  response: ServerResponse,
  { status, retryAfterSeconds, body }: { status: number; retryAfterSeconds?: number; body?: unknown },
  seen: SeenRequest,
): void {
  seen.status = status;
  const retry = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  response.writeHead(status, { 'content-type': 'application/json', ...retry });
  response.end(
    JSON.stringify(body ?? { kind: 'Status', apiVersion: 'v1', code: status, message: 'by the chaos proxy' }),
  );
}

function isWrite({ method }: SeenRequest): boolean {
  return method !== 'GET';
}

/** A list of objects is a GET whose path ends in a plural; the client names a limit. */
function isList({ method, path }: SeenRequest): boolean {
  return method === 'GET' && path.includes('limit=');
}

function pathOnly(path: string): string {
  return path.split('?', 1)[0] ?? '';
}
