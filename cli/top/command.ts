import { sleep, systemClock } from '../../api/clock.ts';
import { couriers } from '../../operator/courier/resources.ts';
import type { KubeClient } from '../../operator/kube/client.ts';
import { withCluster } from '../cluster.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { Screen } from '../screen.ts';
import { renderTop } from './rows.ts';

/** The options of `courier top`. */
export type TopOptions = {
  /** Undefined: every namespace. */
  readonly namespace?: string;
  readonly context?: string;
  /** Milliseconds. */
  readonly interval: number;
  readonly json: boolean;
};

/** A table that is not on a terminal is as wide and as long as it needs to be. */
const unbounded = { columns: Number.POSITIVE_INFINITY, rows: Number.POSITIVE_INFINITY };

/** Shows all Couriers of a cluster: live on a terminal, once where the output goes elsewhere. */
export async function topCommand({ namespace, context, interval, json }: TopOptions): Promise<ExitCode> {
  return await withCluster(context, async ({ client }) => {
    if (json) console.log(JSON.stringify(await list(client, namespace), undefined, 2));
    else if (process.stdout.isTTY) await live(client, namespace, interval);
    else console.log(renderTop(await list(client, namespace), unbounded).join('\n'));
    return exitCodes.ok;
  });
}

async function list(client: KubeClient, namespace: string | undefined) {
  return (await client.list(couriers, namespace === undefined ? {} : { namespace })).items;
}

async function live(client: KubeClient, namespace: string | undefined, intervalMs: number): Promise<void> {
  const stop = listenForInterrupts().drain;
  const screen = new Screen(process.stdout);
  try {
    while (!stop.aborted) {
      screen.draw(renderTop(await list(client, namespace), process.stdout));
      await sleep(systemClock, intervalMs, stop);
    }
  } finally {
    screen.close();
  }
}
