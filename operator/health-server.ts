import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { answerProbe, type HealthCheck } from './kube/health.ts';

export type HealthServerOptions = {
  readonly host: string;
  readonly port: number;
  readonly liveness: Readonly<Record<string, HealthCheck>>;
  readonly readiness: Readonly<Record<string, HealthCheck>>;
  readonly metrics: Registry;
};

/** Serves `/healthz`, `/readyz` and `/metrics`, whether this replica leads or not. */
export class HealthServer {
  readonly #server: Server;
  readonly port: number;

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  /** @throws Error when the address cannot be listened on. */
  static async start({ host, port, liveness, readiness, metrics }: HealthServerOptions): Promise<HealthServer> {
    const server = createServer((request, response) => {
      const path = request.url?.split('?')[0];
      const checks = path === '/healthz' ? liveness : path === '/readyz' ? readiness : undefined;
      if (checks !== undefined) {
        const { status, body } = answerProbe(checks);
        response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(body);
      } else if (path === '/metrics') {
        metrics.metrics().then(
          (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
          (error: Error) => response.destroy(error),
        );
      } else {
        response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' });
        response.end('there are /healthz, /readyz and /metrics\n');
      }
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    return new HealthServer(server);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
