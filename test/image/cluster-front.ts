import type { TestContext } from 'node:test';
import { childResources, couriers, pods } from '../../operator/courier/resources.ts';
import { secrets } from '../../operator/exchange/operator-key.ts';
import { events } from '../../operator/kube/event-series.ts';
import { leases } from '../../operator/kube/lease.ts';
import { liveCourier } from '../operator/courier/fixtures.ts';
import { listen } from '../support/kube/http-front.ts';
import { type MemoryRequest, MemoryServer } from '../support/kube/memory-server.ts';

/** An API server with one Courier that nobody has reconciled, for an operator that finds it by a kubeconfig. */
export class ClusterFront {
  readonly kubeconfig: string;
  readonly #applied: Promise<number>;

  private constructor(url: string, applied: Promise<number>) {
    this.#applied = applied;
    this.kubeconfig = JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'test' },
      clusters: [{ name: 'test', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
      users: [{ name: 'test', user: { token: 'test' } }],
    });
  }

  /** Opens it until the test ends. */
  static async open(test: TestContext): Promise<ClusterFront> {
    const { promise, resolve } = Promise.withResolvers<number>();
    const server = new MemoryServer([
      [couriers, 'status'],
      [pods, 'status'],
      [secrets, 'no status'],
      [events, 'no status'],
      [leases, 'no status'],
      ...Object.values(childResources).map((resource) => [resource, 'status'] as const),
    ]);
    server.of(couriers).create({ ...liveCourier() }, 'a person');
    const front = await listen({
      handle(request: MemoryRequest) {
        const answer = server.handle(request);
        if (request.method === 'PATCH' && request.path.includes('/deployments/')) resolve(performance.now());
        return answer;
      },
    });
    test.after(() => front.close());
    return new ClusterFront(front.url, promise);
  }

  /** The time, as `performance.now()`, at which the Deployment of the Courier was first applied. */
  applied(): Promise<number> {
    return this.#applied;
  }
}
