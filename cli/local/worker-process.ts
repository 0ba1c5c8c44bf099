/** How a process ended: by itself with `code`, or by `signal`. */
export type Exit = { readonly code: number | null; readonly signal: string | null };

/** What a worker process tells its fleet. */
export type WorkerEvents = {
  /** Its status API listens on this port of 127.0.0.1. */
  readonly listening: (port: number) => void;
  /** It is gone; nothing follows. */
  readonly exited: (exit: Exit) => void;
};

/** A worker process that was started. */
export interface WorkerProcess {
  readonly pid: number | undefined;
  /** Asks it to finish what it holds and to stop. */
  terminate(): void;
  /** Ends it at once; what it holds is delivered again by others. */
  kill(): void;
}

/** Starts the worker of this name. */
export type SpawnWorker = (name: string, events: WorkerEvents) => WorkerProcess;

/** `exit code 1` or `signal SIGKILL`. */
export function describeExit({ code, signal }: Exit): string {
  return signal === null ? `exit code ${code}` : `signal ${signal}`;
}
