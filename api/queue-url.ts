/** What a queue's URL says: its name, account and kind, and its region where the host names one. */
export type QueueIdentity = {
  readonly name: string;
  readonly accountId: string;
  /** FIFO queues, and only they, have a name that ends in `.fifo`. */
  readonly fifo: boolean;
  /** Undefined for a host that is not AWS's: another service, a proxy, localhost. */
  readonly region: string | undefined;
};

/**
 * The hosts of SQS: `sqs.<region>.amazonaws.com`, the legacy `<region>.queue.amazonaws.com` and `queue.amazonaws.com`
 * (us-east-1), VPC endpoints `vpce-....sqs.<region>.vpce.amazonaws.com`, FIPS and dual-stack names, and the partitions
 * `amazonaws.com.cn` and `api.aws`. The CRD's CEL rule for `queue.region` names the same hosts.
 */
const regionInHost =
  /^(?:(?:[a-z0-9-]+\.)?sqs(?:-fips)?\.([a-z0-9-]+)(?:\.vpce)?|([a-z0-9-]+)\.queue)\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$/;

/**
 * Reads a queue URL.
 * @throws TypeError when `url` is not a URL with an account and a name, `https://host/123456789012/name`.
 */
export function parseQueueUrl(url: string): QueueIdentity {
  const { hostname, pathname } = new URL(url);
  const [name, accountId] = pathname.split('/').filter(Boolean).reverse();
  if (name === undefined || accountId === undefined) {
    throw new TypeError(`${url} is not a queue URL: it must end in /<account id>/<queue name>`);
  }
  const match = regionInHost.exec(hostname);
  const region = match?.[1] ?? match?.[2] ?? (hostname === 'queue.amazonaws.com' ? 'us-east-1' : undefined);
  return { name, accountId, fifo: name.endsWith('.fifo'), region };
}
