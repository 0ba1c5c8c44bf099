import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { operatorEnvironment as names } from '../../api/environment.ts';
import { endingWithParent } from './end-with-parent.ts';

const main = new URL('../../operator/main.ts', import.meta.url).pathname;
const courier = new URL('../../cli/main.ts', import.meta.url).pathname;

/** What workers run in the cluster tier: this project's own command line. */
export const workerImage = {
  reference: 'courier:test',
  image: { entrypoint: [process.execPath, courier] },
} as const;

export type OperatorOptions = {
  readonly kubeconfig: string;
  /** The namespace of its lease and its key; by default also the only one that it watches. */
  readonly namespace: string;
  readonly podName?: string;
  /** Further variables of its environment. */
  readonly env?: NodeJS.ProcessEnv;
};

/** A real operator process, started from the sources. */
export class OperatorUnderTest {
  readonly child: ChildProcess;
  readonly #exit: Promise<number | NodeJS.Signals>;
  readonly #listening = Promise.withResolvers<string>();
  #log = '';

  private constructor(child: ChildProcess) {
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#log += text;
        const port = /"port":(\d+)/.exec(this.#log)?.[1];
        if (port !== undefined) this.#listening.resolve(`http://127.0.0.1:${port}`);
      });
    }
    this.#exit = once(child, 'exit').then(([code, signal]) => code ?? signal);
    void this.#exit.then(() =>
      this.#listening.reject(new Error(`the operator ended before it listened:\n${this.#log}`)),
    );
    this.#listening.promise.catch(() => {});
  }

  static start({ kubeconfig, namespace, podName = 'operator-0', env = {} }: OperatorOptions): OperatorUnderTest {
    const [program = '', ...args] = endingWithParent([process.execPath, main]);
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        KUBECONFIG: kubeconfig,
        [names.namespace]: namespace,
        [names.watchNamespace]: namespace,
        [names.podName]: podName,
        [names.image]: workerImage.reference,
        [names.listen]: '127.0.0.1:0',
        [names.intervalSeconds]: '1',
        ...env,
      },
    });
    return new OperatorUnderTest(child);
  }

  /** What it has logged so far. */
  get log(): string {
    return this.#log;
  }

  /** Its exit code, or the signal that ended it. */
  get exit(): Promise<number | NodeJS.Signals> {
    return this.#exit;
  }

  async get(path: string): Promise<string> {
    return await (await fetch(`${await this.#listening.promise}${path}`)).text();
  }

  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | NodeJS.Signals> {
    this.child.kill(signal);
    return this.#exit;
  }
}
