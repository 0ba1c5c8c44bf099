import type { Order } from './autoscaler.ts';

/** An order and when it was given. */
export type TimedOrder = Order & { readonly seconds: number };

/** False while something else than the number of replicas keeps throughput from growing. */
export function moreWouldHelp(limitedBy: string): boolean {
  return limitedBy === 'None' || limitedBy === 'Backlog' || limitedBy === 'WorkerConcurrency';
}

/** The first order, and each that differs from the one before in its number, or in what makes more replicas useless. */
export class OrderLog {
  readonly orders: TimedOrder[] = [];

  add(order: Order, seconds: number): void {
    const last = this.orders.at(-1);
    const sameLimit =
      order.limitedBy === last?.limitedBy || (moreWouldHelp(order.limitedBy) && moreWouldHelp(last?.limitedBy ?? ''));
    if (order.replicas !== last?.replicas || !sameLimit) this.orders.push({ ...order, seconds });
  }
}
