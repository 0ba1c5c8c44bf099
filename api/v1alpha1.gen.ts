/**
 * The Courier resource after defaulting: a field with a default is always there. Generated from
 * crds/courier.dev_couriers.yaml by `npm run generate`; edit that file instead.
 */

/**
 * Delivers the messages of one SQS queue to one HTTP recipient and audits every delivery.
 */
export interface Courier {
  readonly apiVersion: 'courier.dev/v1alpha1';
  readonly kind: 'Courier';
  readonly metadata: ObjectMeta;
  readonly spec: CourierSpec;
  readonly status: CourierStatus;
}
/**
 * The name of the Courier, and its namespace.
 */
export interface ObjectMeta {
  /**
   * The name of the Courier, unique in its namespace.
   */
  readonly name: string;
  /**
   * The namespace of the Courier. Default: default.
   */
  readonly namespace: string;
  /**
   * What selectors find it by.
   */
  readonly labels?: {
    readonly [k: string]: string;
  };
  /**
   * What tools note about it.
   */
  readonly annotations?: {
    readonly [k: string]: string;
  };
}
/**
 * What should be delivered, where to, and how. Written by people, never by Courier.
 */
export interface CourierSpec {
  /**
   * True: no workers, nothing is received, and the rest of the spec stays for later. What workers hold at that
   * moment they still deliver. Default: false.
   */
  readonly suspend: boolean;
  readonly queue: CourierQueue;
  readonly recipient: CourierRecipient;
  readonly delivery: CourierDelivery;
  readonly audit: CourierAudit;
  readonly scaling: CourierScaling;
  readonly worker: CourierWorker;
}
/**
 * The SQS queue that messages come from.
 */
export interface CourierQueue {
  /**
   * The queue's URL, as SQS names it. A queue is FIFO exactly when its name ends in `.fifo`.
   */
  readonly url: string;
  /**
   * The region that requests are signed for. Derived from the url where its host is one of AWS, required where it
   * is not.
   */
  readonly region?: string;
  /**
   * Where requests go when not to the host of the url: another SQS-compatible service, or a proxy.
   */
  readonly endpoint?: string;
  /**
   * How long a received message stays invisible to others: after a worker dies, its messages are delivered again
   * this much later. Workers extend it by heartbeat, every third of it, for as long as they hold a message, so it
   * need not cover the recipient's time. Below five seconds a single late heartbeat would cause duplicates. 5 to
   * 43200. Default: 60.
   */
  readonly visibilityTimeoutSeconds: number;
  /**
   * How long a receive waits for a message to arrive. Less costs more requests and delivers no sooner; 0 is a
   * short poll, which may miss messages that are there. 0 to 20. Default: 20.
   */
  readonly waitTimeSeconds: number;
}
/**
 * The HTTP server that messages are delivered to, one message a request.
 */
export interface CourierRecipient {
  /**
   * Where each message is sent. A 2xx answer accepts it; redirects are not followed.
   */
  readonly url: string;
  /**
   * The method of each request. Default: POST.
   */
  readonly method: 'POST' | 'PUT' | 'PATCH';
  /**
   * The content-type of each request; the body is the message's, byte for byte. Default: application/json.
   */
  readonly contentType: string;
  /**
   * Headers of each request, besides those that Courier sets itself.
   */
  readonly headers?: readonly CourierRecipientHeader[];
  /**
   * How long the recipient may take, from the first byte sent to the last byte of its answer. Then the attempt has
   * failed and the message is retried, although the recipient may have accepted it. 1 to 3600. Default: 30.
   */
  readonly timeoutSeconds: number;
  /**
   * How long a connection may take, TLS included, before the request's own time begins. 1 to 300. Default: 5.
   */
  readonly connectTimeoutSeconds: number;
  readonly concurrency: CourierRecipientConcurrency;
}
/**
 * One header.
 */
export interface CourierRecipientHeader {
  /**
   * The header's name; case does not matter.
   */
  readonly name: string;
  /**
   * The header's value, the same for every message. Anyone who may read the Courier can read it.
   */
  readonly value: string;
}
/**
 * How many requests run at a time.
 */
export interface CourierRecipientConcurrency {
  /**
   * The most requests that one worker has open at a time. 1 to 1024. Default: 64.
   */
  readonly maxPerReplica: number;
}
/**
 * What happens to a message that the recipient did not accept.
 */
export interface CourierDelivery {
  readonly backoff: CourierDeliveryBackoff;
}
/**
 * How long to wait before the next attempt: a random part of a limit that starts at initialMilliseconds and
 * doubles with each failure up to maxSeconds. A recipient's Retry-After comes first.
 */
export interface CourierDeliveryBackoff {
  /**
   * The limit of the wait after the first failure. 1 to 3600000. Default: 500.
   */
  readonly initialMilliseconds: number;
  /**
   * The limit that no wait exceeds, Retry-After apart. SQS holds a message back for twelve hours at most. 1 to
   * 43200. Default: 900.
   */
  readonly maxSeconds: number;
}
/**
 * Where accepted deliveries are recorded, before the message is deleted from the queue: exactly one of firehose,
 * file and none.
 */
export interface CourierAudit {
  readonly firehose?: CourierAuditFirehose;
  readonly file?: CourierAuditFile;
  readonly none?: CourierAuditNone;
  /**
   * What a record says of the message's body: the body itself, its SHA-256 digest, or nothing. Default: Full.
   */
  readonly body: 'Full' | 'Digest' | 'None';
  /**
   * What becomes of a body that does not fit a record of the sink (Firehose, about 1,000,000 bytes): its digest
   * instead, or as much of it as fits, marked as truncated. Default: Digest.
   */
  readonly oversize: 'Digest' | 'Truncate';
}
/**
 * A stream of Amazon Data Firehose; a record is durable once Firehose returned its id.
 */
export interface CourierAuditFirehose {
  /**
   * The name of the delivery stream, in the account of the workers' credentials.
   */
  readonly deliveryStreamName: string;
  /**
   * The stream's region; that of the queue when absent.
   */
  readonly region?: string;
  /**
   * Where requests go when not to AWS, another Firehose-compatible service or a proxy.
   */
  readonly endpoint?: string;
}
/**
 * Files of one JSON record a line, in a directory for each worker; a record is durable once the file was
 * synchronised to disk.
 */
export interface CourierAuditFile {
  /**
   * Where each worker makes its own directory. A relative path starts where the worker was started.
   */
  readonly directory: string;
  /**
   * The size above which a worker goes on in a new file. 65536 to 1073741824. Default: 67108864.
   */
  readonly maxSegmentBytes: number;
}
/**
 * No audit; a message is deleted as soon as the recipient accepted it.
 */
export interface CourierAuditNone {}
/**
 * How many workers there are. Changing it restarts none.
 */
export interface CourierScaling {
  /**
   * The fewest workers at a time; with 0, an idle queue costs nothing. 0 to 1000. Default: 0.
   */
  readonly minReplicas: number;
  /**
   * The most workers at a time. 1 to 1000. Default: 10.
   */
  readonly maxReplicas: number;
  /**
   * The promise: there are as many workers as it takes for the backlog to be gone within this time. 1 to 86400.
   * Default: 60.
   */
  readonly drainTargetSeconds: number;
  /**
   * Messages of the backlog for each worker, until the rate of a worker has been measured. 1 to 1000000. Default:
   * 500.
   */
  readonly targetMessagesPerReplica: number;
  /**
   * How long there must have been no message before the workers leave, down to minReplicas. 0 to 86400. Default:
   * 300.
   */
  readonly idleAfterSeconds: number;
}
/**
 * How each worker runs.
 */
export interface CourierWorker {
  /**
   * The least severe log lines that are written. Default: info.
   */
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error';
}
/**
 * What was seen of it. Written by Courier, never by people.
 */
export interface CourierStatus {
  /**
   * The generation of the spec that this status speaks of; -1 before the first look.
   */
  readonly observedGeneration?: number;
}
