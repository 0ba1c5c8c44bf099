import { join } from 'node:path';
import type { Cluster } from './cluster.ts';
import type { Image } from './kubelet/images.ts';
import { workerImage } from './operator-under-test.ts';
import { helm, type ToolOptions } from './tools.ts';

/** A chart to package, under a version of its own where it is not to keep the one that it has. */
export type ChartSource = { readonly directory: string; readonly version?: string };

const presentChart: ChartSource = { directory: join(import.meta.dirname, '../../charts/courier') };
/** The chart's image is this project's own command line: all that the chart runs are its commands. */
const courierImage: Image = workerImage.image;

export type ReleaseOptions = {
  readonly cluster: Cluster;
  /** The namespace of the release. */
  readonly namespace: string;
  /** Whose rights Helm has; the administrator's by default. */
  readonly kubeconfig?: string;
  readonly tool?: (args: readonly string[], options: ToolOptions) => Promise<string>;
  /** Values of every installation and upgrade, as `--set-json` takes them. */
  readonly values?: Readonly<Record<string, unknown>>;
};

/** The release `courier` of the chart on a real control plane, installed from its package as a user would. */
export class Release {
  readonly namespace: string;
  readonly #options: ReleaseOptions;
  readonly #kubeconfig: string;

  constructor(options: ReleaseOptions) {
    this.namespace = options.namespace;
    this.#options = options;
    this.#kubeconfig = options.kubeconfig ?? options.cluster.controlPlane.kubeconfig();
  }

  /** Lets the nodes run the image that a release with this tag names. */
  provideImage(tag: string, image = courierImage): void {
    this.#options.cluster.images.set(`ghcr.io/courier-dev/courier:${tag}`, image);
  }

  async install(values: Readonly<Record<string, unknown>> = {}, chart = presentChart): Promise<string> {
    return await this.#helm(['install', 'courier', await this.#package(chart), ...this.#sets(values), '--wait']);
  }

  async upgrade(values: Readonly<Record<string, unknown>> = {}, chart = presentChart): Promise<string> {
    return await this.#helm(['upgrade', 'courier', await this.#package(chart), ...this.#sets(values), '--wait']);
  }

  /** Back to a revision of the release; the first is 1. */
  async rollback(revision: number): Promise<string> {
    return await this.#helm(['rollback', 'courier', String(revision), '--timeout', '120s', '--wait']);
  }

  async uninstall(): Promise<string> {
    return await this.#helm(['uninstall', 'courier', '--ignore-not-found', '--wait']);
  }

  async test(): Promise<string> {
    return await this.#helm(['test', 'courier', '--timeout', '90s']);
  }

  async #package({ directory, version }: ChartSource): Promise<string> {
    const destination = this.#options.cluster.controlPlane.directory;
    const versions = version === undefined ? [] : ['--version', version, '--app-version', version];
    const said = await this.#helm(['package', directory, '--destination', destination, ...versions]);
    return said.trim().split(' ').at(-1) ?? '';
  }

  #sets(values: Readonly<Record<string, unknown>>): readonly string[] {
    const all = Object.entries({ ...this.#options.values, ...values });
    return ['--timeout', '120s', ...all.flatMap(([path, value]) => ['--set-json', `${path}=${JSON.stringify(value)}`])];
  }

  async #helm(args: readonly string[]): Promise<string> {
    const { tool = helm } = this.#options;
    return await tool([...args, '--namespace', this.namespace], { kubeconfig: this.#kubeconfig });
  }
}
