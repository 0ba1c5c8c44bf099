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
} as const;
