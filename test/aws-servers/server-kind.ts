/** A server of SQS that is not ours: how to get it and what to call it. */
export type ServerKind = {
  readonly name: 'ElasticMQ' | 'ministack';
  /** What to install on this machine before it can run here; undefined when nothing is missing. */
  missing(): string | undefined;
  /** Installs it where that has not been done before, and starts it on a free port of 127.0.0.1. */
  start(): Promise<RunningServer>;
};

/** A server that answers. */
export type RunningServer = {
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  stop(): Promise<void>;
};
