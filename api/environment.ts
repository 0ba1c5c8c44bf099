/**
 * The environment variables that Courier itself reads, in one place. AWS's own (`AWS_REGION`, `AWS_PROFILE`,
 * `AWS_ENDPOINT_URL_SQS`, ...) are read by the AWS SDK and mean what they mean everywhere.
 */
export const environment = {
  /** Path of the worker's configuration: a Courier manifest, JSON or YAML. */
  config: 'COURIER_CONFIG',
  /** The worker's name, unique in its Courier: in audit records, logs and the audit directory. Default: the host's name. */
  worker: 'COURIER_WORKER',
  /** Where the worker's status API listens, `host:port`. Default: every address, port 8080. */
  listen: 'COURIER_LISTEN',
  /**
   * The directory of the Secrets that the Courier names: one directory for each, with a file for each key. They are read
   * again when they change.
   */
  secrets: 'COURIER_SECRETS',
  /**
   * The SHA-256, in hexadecimal, of the token that the operator shows in the exchange. A worker that has it answers only
   * to who knows the token. It is compared in constant time, and nobody can make the token of it.
   */
  exchangeTokenSha256: 'COURIER_EXCHANGE_TOKEN_SHA256',
} as const;

/** The environment variables that the operator reads. */
export const operatorEnvironment = {
  /** The operator's own namespace. Set from the pod's metadata. */
  namespace: 'POD_NAMESPACE',
  /** The operator's own pod. Default: the host's name. */
  podName: 'POD_NAME',
  /** The image that workers run unless their Courier names one: the operator's own. */
  image: 'COURIER_IMAGE',
  /** The only namespace whose Couriers are looked after. Default: all. */
  watchNamespace: 'COURIER_WATCH_NAMESPACE',
  /** Where probes and metrics are served, `host:port`. Default: every address, port 8080. */
  listen: 'COURIER_LISTEN',
  /** How often each queue is looked at and each worker asked, in seconds. Default: 5. */
  intervalSeconds: 'COURIER_INTERVAL_SECONDS',
  /** How often every object is verified although nothing has changed, in seconds. Default: 600. */
  resyncSeconds: 'COURIER_RESYNC_SECONDS',
  /** How long a leader that is gone keeps others from leading, in seconds. Default: 15. */
  leaseSeconds: 'COURIER_LEASE_SECONDS',
} as const;
