import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';

type Call = { readonly id: number; readonly method: string; readonly input: unknown };
type Reply = { readonly id: number; readonly result?: unknown; readonly error?: string };

/** Where a child runs: what is measured on one core, the servers that it talks to on the other. */
export type Core = 'measured' | 'servers';

const coreNumbers: Readonly<Record<Core, number>> = { measured: 0, servers: 1 };
const taskset = ['/usr/bin/taskset', '/bin/taskset'].find((path) => existsSync(path));

/** A child process of this bench, on a core of its own where the machine allows. It ends with its parent. */
export class Child {
  readonly process: ChildProcess;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  readonly #ended: Promise<never>;
  #calls = 0;

  constructor(
    script: string,
    core: Core,
    options: { readonly flags?: readonly string[]; readonly args?: readonly string[]; env?: NodeJS.ProcessEnv } = {},
  ) {
    const node = [process.execPath, ...(options.flags ?? []), script, ...(options.args ?? [])];
    const pinned = taskset !== undefined && availableParallelism() > 1;
    const [command = '', ...args] = pinned ? [taskset, '-c', String(coreNumbers[core]), ...node] : node;
    const env = { ...process.env, ...options.env };
    this.process = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env });
    this.process.on('message', (reply: Reply) => this.#waiting.get(reply.id)?.(reply));
    this.#ended = once(this.process, 'exit').then(([code, signal]) => {
      throw new Error(`a process of the bench ended: ${code ?? signal}`);
    });
    // Who calls it hears of its end; at the end of the bench nobody does.
    this.#ended.catch(() => {});
  }

  /** Calls what the child {@link offer}s. */
  async call<Result>(method: string, input?: unknown): Promise<Result> {
    const id = ++this.#calls;
    const reply = new Promise<Reply>((resolve) => this.#waiting.set(id, resolve));
    this.process.send({ id, method, input } satisfies Call);
    const { result, error } = await Promise.race([reply, this.#ended]);
    this.#waiting.delete(id);
    if (error !== undefined) throw new Error(`${method}: ${error}`);
    return result as Result;
  }

  /** The first message that fits: what a child tells of its own accord. */
  async told<Message>(fits: (message: unknown) => message is Message): Promise<Message> {
    for (;;) {
      const [message] = await once(this.process, 'message');
      if (fits(message)) return message;
    }
  }

  async end(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.process.kill('SIGKILL');
    await once(this.process, 'exit');
  }
}

/** The child's side: answers the calls of its parent, and ends with it. */
export function offer(methods: Readonly<Record<string, (input: never) => unknown>>): void {
  process.on('message', async ({ id, method, input }: Call) => {
    try {
      process.send?.({ id, result: await methods[method]?.(input as never) } satisfies Reply);
    } catch (error) {
      process.send?.({ id, error: String(error) } satisfies Reply);
    }
  });
  process.on('disconnect', () => process.exit());
}
