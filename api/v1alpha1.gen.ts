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
  readonly aws?: CourierAws;
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
   * The queue that Courier itself moves messages to which cannot be delivered, body and attributes unchanged, with
   * the evidence in one more attribute, `courier`. It is reached at the same endpoint, in the region that its host
   * names or else that of the queue. The redrive policy of SQS works beside it, without evidence.
   */
  readonly deadLetterUrl?: string;
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
 * The HTTP server that messages are delivered to, one message a request or several.
 */
export interface CourierRecipient {
  /**
   * Where messages are sent. A 2xx answer accepts them; redirects are not followed.
   */
  readonly url?: string;
  readonly serviceRef?: CourierRecipientServiceRef;
  /**
   * The method of each request. Default: POST.
   */
  readonly method: 'POST' | 'PUT' | 'PATCH';
  /**
   * The media type of the messages' bodies, and so the content-type of each request that carries one message.
   * Default: application/json.
   */
  readonly contentType: string;
  /**
   * Headers of each request, besides those that Courier sets itself.
   */
  readonly headers?: readonly CourierRecipientHeader[];
  readonly batch?: CourierRecipientBatch;
  readonly authentication?: CourierRecipientAuthentication;
  readonly tls?: CourierRecipientTls;
  /**
   * The shape of a request. Plain is the body with courier-* headers. Sqsd is what AWS Elastic Beanstalk's daemon
   * sends. StandardWebhooks is Plain, signed. CloudEvents makes each message an event of CloudEvents 1.0. Default:
   * Plain.
   */
  readonly profile: 'Plain' | 'Sqsd' | 'StandardWebhooks' | 'CloudEvents';
  readonly cloudEvents: CourierRecipientCloudEvents;
  readonly signing?: CourierRecipientSigning;
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
  readonly rateLimit?: CourierRecipientRateLimit;
}
/**
 * Instead of url, a Service in the namespace of the Courier. It is spoken to over TLS where tls is written, be
 * it empty. Not for one machine, where there are no Services.
 */
export interface CourierRecipientServiceRef {
  /**
   * The name of the Service.
   */
  readonly name: string;
  /**
   * The number of the Service's port. 1 to 65535.
   */
  readonly port: number;
  /**
   * The path of each request, with its query. Default: /.
   */
  readonly path: string;
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
  readonly value?: string;
  readonly valueFrom?: CourierRecipientHeaderValueFrom;
}
/**
 * Where the value comes from when it is a secret. A change of it restarts no worker.
 */
export interface CourierRecipientHeaderValueFrom {
  readonly secretKeyRef: CourierRecipientHeaderValueFromSecretKeyRef;
}
/**
 * A key of a Secret in the namespace of the Courier. A line break at the end of its value is left out.
 */
export interface CourierRecipientHeaderValueFromSecretKeyRef {
  /**
   * The name of the Secret.
   */
  readonly name: string;
  /**
   * The key in the Secret.
   */
  readonly key: string;
}
/**
 * Several messages a request; one message a request without it. On a FIFO queue a batch holds messages of one
 * group, in their order.
 */
export interface CourierRecipientBatch {
  /**
   * The most messages of a request. 1 to 1000.
   */
  readonly maxMessages: number;
  /**
   * The most bytes of a request's body. A message that is larger by itself goes alone. 1024 to 16777216. Default:
   * 1048576.
   */
  readonly maxBytes: number;
  /**
   * How long a message waits for others, from its receipt. 0 to 300000. Default: 200.
   */
  readonly maxAgeMilliseconds: number;
  /**
   * What a body looks like: a JSON array, JSON a line, or the batch of CloudEvents. An element of the first two
   * holds the message's body as a string in body, and its facts beside it. Default: JSONArray.
   */
  readonly format: 'JSONArray' | 'NDJSON' | 'CloudEventsBatch';
  /**
   * Whether the answer says which messages were not accepted, as functions of AWS Lambda do:
   * {"batchItemFailures":[{"itemIdentifier":"<message id>"}]}. An answer of 2xx that is nothing, or an object
   * without that list, accepts them all; one that cannot be read accepts none. Default: false.
   */
  readonly partialFailures: boolean;
}
/**
 * How requests are authenticated, exactly one of bearer, basic and oauth2.
 */
export interface CourierRecipientAuthentication {
  readonly bearer?: CourierRecipientAuthenticationBearer;
  readonly basic?: CourierRecipientAuthenticationBasic;
  readonly oauth2?: CourierRecipientAuthenticationOauth2;
}
/**
 * A token that is sent as it is.
 */
export interface CourierRecipientAuthenticationBearer {
  readonly secretKeyRef: CourierRecipientAuthenticationBearerSecretKeyRef;
}
/**
 * The key of a Secret with the token.
 */
export interface CourierRecipientAuthenticationBearerSecretKeyRef {
  /**
   * The name of the Secret.
   */
  readonly name: string;
  /**
   * The key in the Secret.
   */
  readonly key: string;
}
/**
 * A user name and a password.
 */
export interface CourierRecipientAuthenticationBasic {
  readonly secretRef: CourierRecipientAuthenticationBasicSecretRef;
}
/**
 * A Secret with the keys username and password, as those of the type kubernetes.io/basic-auth.
 */
export interface CourierRecipientAuthenticationBasicSecretRef {
  /**
   * The name of the Secret.
   */
  readonly name: string;
}
/**
 * A token by the client credentials grant. It is asked for when it is needed, and again before it expires.
 */
export interface CourierRecipientAuthenticationOauth2 {
  /**
   * The token endpoint.
   */
  readonly tokenUrl: string;
  readonly clientSecretRef: CourierRecipientAuthenticationOauth2ClientSecretRef;
  /**
   * What the token is to be for.
   *
   * Items: One scope.
   */
  readonly scopes?: readonly string[];
  /**
   * Whom the token is to be for, sent as the parameter audience: the identifier of an API at Auth0, for example.
   * Nothing is sent when it is absent.
   */
  readonly audience?: string;
  /**
   * How the client shows its secret to the token endpoint. Basic is client_secret_basic of RFC 6749, which every
   * endpoint that has passwords must take; Post is client_secret_post, the secret in the form, for those that take
   * nothing else. Default: Basic.
   */
  readonly clientAuthentication: 'Basic' | 'Post';
}
/**
 * A Secret with the keys client_id and client_secret.
 */
export interface CourierRecipientAuthenticationOauth2ClientSecretRef {
  /**
   * The name of the Secret.
   */
  readonly name: string;
}
/**
 * How the recipient is known, and how Courier makes itself known to it. Only with https.
 */
export interface CourierRecipientTls {
  readonly caSecretRef?: CourierRecipientTlsCaSecretRef;
  readonly clientCertificateSecretRef?: CourierRecipientTlsClientCertificateSecretRef;
  /**
   * The name that the certificate of the recipient must be for, when it is not the host of the url.
   */
  readonly serverName?: string;
}
/**
 * The key of a Secret with the authorities that are trusted for the recipient, in PEM, instead of the usual
 * ones; and besides the usual ones for the token endpoint of oauth2.
 */
export interface CourierRecipientTlsCaSecretRef {
  /**
   * The name of the Secret.
   */
  readonly name: string;
  /**
   * The key in the Secret.
   */
  readonly key: string;
}
/**
 * A Secret with tls.crt and tls.key, as those of the type kubernetes.io/tls, that Courier shows to the
 * recipient.
 */
export interface CourierRecipientTlsClientCertificateSecretRef {
  /**
   * The name of the Secret.
   */
  readonly name: string;
}
/**
 * What the events are like in the profile CloudEvents.
 */
export interface CourierRecipientCloudEvents {
  /**
   * Whether the body of a request is the message's, with the event's attributes in headers, or the whole event in
   * JSON. Default: Binary.
   */
  readonly mode: 'Binary' | 'Structured';
  /**
   * The events' type. Default: dev.courier.message.
   */
  readonly type: string;
  /**
   * The events' source, a URI reference; the queue's URL when absent.
   */
  readonly source?: string;
}
/**
 * The secrets that requests are signed with in the profile StandardWebhooks.
 */
export interface CourierRecipientSigning {
  /**
   * Keys of Secrets in the namespace of the Courier, each with whsec_ and 24 to 64 bytes in base64. There is a
   * signature for each: while the recipient goes over to another secret, name both.
   */
  readonly secretKeyRefs: readonly CourierRecipientSigningSecretKeyRef[];
}
/**
 * One secret.
 */
export interface CourierRecipientSigningSecretKeyRef {
  /**
   * The name of the Secret.
   */
  readonly name: string;
  /**
   * The key in the Secret.
   */
  readonly key: string;
}
/**
 * How many requests run at a time.
 */
export interface CourierRecipientConcurrency {
  /**
   * The most requests that one worker has open at a time. 1 to 1024. Default: 64.
   */
  readonly maxPerReplica: number;
  /**
   * Find out how many requests the recipient bears: more as long as it answers as fast as before, fewer when it
   * becomes slower or refuses, never more than maxPerReplica. False: always maxPerReplica. Default: true.
   */
  readonly adaptive: boolean;
}
/**
 * The most messages that all workers together send in a time, every attempt counted; no limit when absent. What
 * exceeds it stays in the queue. Workers hold shares of it that are renewed every few seconds; on their own they
 * take so little that the limit holds with maxReplicas of them. Changing it restarts none.
 */
export interface CourierRecipientRateLimit {
  /**
   * How many messages may be sent in perSeconds. 1 to 1000000.
   */
  readonly messages: number;
  /**
   * The time that messages is counted in. The messages are spread over it evenly. 1 to 86400. Default: 1.
   */
  readonly perSeconds: number;
  /**
   * How many messages may be sent at once after a quiet time; those of one second when absent. In any window at
   * most these and what perSeconds allows are sent. 1 to 1000000.
   */
  readonly burst?: number;
}
/**
 * What an answer of the recipient means, and what happens to a message that it did not accept.
 */
export interface CourierDelivery {
  /**
   * What answers and errors mean, before the defaults do: the first rule that matches decides. A rule matches an
   * answer by its status, by a header, or by both, and an attempt without an answer by its error.
   */
  readonly rules?: readonly CourierDeliveryRule[];
  /**
   * A recipient that answers 410 (Gone) wants no more messages, so nothing more is received until the spec
   * changes. False: a 410 is an answer like other 4xx. Default: true.
   */
  readonly pauseOnGone: boolean;
  /**
   * After this many attempts of one worker a message is moved to queue.deadLetterUrl. 0: no limit but the redrive
   * policy of the queue. Retries that wait longer than a worker holds messages may reach another worker, which
   * begins to count anew. 0 to 10000. Default: 0.
   */
  readonly maxAttempts: number;
  /**
   * A message that was sent longer ago than this is not attempted any more, but moved to queue.deadLetterUrl. 0:
   * no limit. 0 to 1209600. Default: 0.
   */
  readonly maxMessageAgeSeconds: number;
  readonly backoff: CourierDeliveryBackoff;
}
/**
 * What some answers or errors mean.
 */
export interface CourierDeliveryRule {
  /**
   * Statuses of answers, "404", classes of them, "4xx", or ranges, "500-504".
   *
   * Items: A status, a class or a range.
   */
  readonly statuses?: readonly string[];
  /**
   * Ends of attempts without a complete answer. UnknownHost: the recipient's host has no address. ConnectTimeout:
   * no connection within connectTimeoutSeconds. ConnectFailed: the connection was refused or could not be made.
   * Tls: TLS could not be agreed on. Timeout: no complete answer within timeoutSeconds. Reset: the connection
   * broke before the answer was complete. Protocol: what came back was not HTTP. Authentication: there was no
   * token to send with it, or one that has to be replaced. ItemFailure: the answer to a batch names the message.
   * InvalidAnswer: the answer to a batch cannot be read.
   *
   * Items: A kind of error.
   */
  readonly errors?: (
    | 'UnknownHost'
    | 'ConnectTimeout'
    | 'ConnectFailed'
    | 'Tls'
    | 'Timeout'
    | 'Reset'
    | 'Protocol'
    | 'Authentication'
    | 'ItemFailure'
    | 'InvalidAnswer'
  )[];
  readonly header?: CourierDeliveryRuleHeader;
  /**
   * Acknowledge: the message counts as accepted, is audited and deleted. Retry: it is tried again. DeadLetter: it
   * is moved to queue.deadLetterUrl. Pause: it goes back to the queue, and nothing more is received until the spec
   * changes.
   */
  readonly action: 'Acknowledge' | 'Retry' | 'DeadLetter' | 'Pause';
  /**
   * The wait before the next attempt, instead of the back-off; Retry-After still wins where it asks for more. 1 to
   * 43200.
   */
  readonly delaySeconds?: number;
}
/**
 * A header that the answer must have: a recipient says with it what is to become of one message.
 */
export interface CourierDeliveryRuleHeader {
  /**
   * The header's name; case does not matter.
   */
  readonly name: string;
  /**
   * The whole value that it must have, in this case; any value when absent.
   */
  readonly value?: string;
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
   * Required: no message is deleted before its record is durable; while the sink is away, nothing more is
   * received. BestEffort: messages do not wait for their records, which are lost with the worker that has not yet
   * written them, and when too many wait for the sink. Default: Required.
   */
  readonly policy: 'Required' | 'BestEffort';
  /**
   * What a record says of the message's body: the body itself, its SHA-256 digest, or nothing. Default: Full.
   */
  readonly body: 'Full' | 'Digest' | 'None';
  /**
   * What becomes of a body that does not fit a record of the sink (Firehose, about 1,000,000 bytes): its digest
   * instead, as much of it as fits, marked as truncated, or all of it in several records, numbered. Default:
   * Digest.
   */
  readonly oversize: 'Digest' | 'Truncate' | 'Split';
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
   * Where each worker makes its own directory. A relative path starts where the worker was started; with a volume
   * the path must be absolute.
   */
  readonly directory: string;
  /**
   * The size above which a worker goes on in a new file. 65536 to 1073741824. Default: 67108864.
   */
  readonly maxSegmentBytes: number;
  readonly volume?: CourierAuditFileVolume;
}
/**
 * What is mounted at the directory. In a cluster there must be a volume, since the records would otherwise die
 * with their pod; on one machine it is not looked at.
 */
export interface CourierAuditFileVolume {
  readonly persistentVolumeClaim: CourierAuditFileVolumePersistentVolumeClaim;
}
/**
 * A claim in the namespace of the Courier. All workers write to it, each into its own directory, so with more
 * than one node it must be ReadWriteMany.
 */
export interface CourierAuditFileVolumePersistentVolumeClaim {
  /**
   * The name of the claim.
   */
  readonly claimName: string;
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
  /**
   * The most workers that are added at once; 0 for as many as are needed. 0 to 1000. Default: 0.
   */
  readonly maxScaleOutStep: number;
  /**
   * How long a worker that is to leave may finish what it holds before it is told to stop. It receives nothing
   * more in that time, and leaves sooner when it holds nothing. 0 to 43200. Default: 120.
   */
  readonly drainTimeoutSeconds: number;
}
/**
 * As whom AWS is called. Without anything here, with the identity of the pod: what EKS Pod Identity, IRSA or the
 * node gives it.
 */
export interface CourierAws {
  /**
   * A role that is assumed for every call, for example in the account of the queue. The identity of the pod, or
   * the one in the Secret, must be allowed to assume it.
   */
  readonly roleArn?: string;
  /**
   * What the role's trust policy asks for besides the identity, where it asks for something.
   */
  readonly externalId?: string;
  readonly credentialsSecretRef?: CourierAwsCredentialsSecretRef;
}
/**
 * A Secret in the namespace of the Courier with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, for temporary
 * credentials, AWS_SESSION_TOKEN. Replaced ones are in use without a restart. On one machine the credentials of
 * the environment are used instead.
 */
export interface CourierAwsCredentialsSecretRef {
  /**
   * The name of the Secret.
   */
  readonly name: string;
}
/**
 * How each worker runs. On one machine only logLevel and maxHeldBytes are looked at.
 */
export interface CourierWorker {
  /**
   * The least severe log lines that are written. Default: info.
   */
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error';
  /**
   * The most bytes of messages that a worker holds: received, being sent, and not yet audited or deleted. A body
   * counts three times, as text, as what is sent and as what is audited. No more is received while they are used
   * up. A worker needs about 150 MB and three times these bytes of memory. 1048576 to 17179869184. Default:
   * 67108864.
   */
  readonly maxHeldBytes: number;
  /**
   * The image that workers run; the operator's own when absent.
   */
  readonly image?: string;
  /**
   * The ServiceAccount that workers run as; one made for this Courier when absent.
   */
  readonly serviceAccountName?: string;
  /**
   * Annotations of the ServiceAccount that Courier makes, for example eks.amazonaws.com/role-arn.
   */
  readonly serviceAccountAnnotations?: {
    /**
     * The value of an annotation.
     */
    readonly [k: string]: string;
  };
  readonly resources?: CourierWorkerResources;
  /**
   * Environment variables of the worker's container besides those that Courier sets, for example
   * NODE_EXTRA_CA_CERTS or AWS_ENDPOINT_URL_STS. Proxies of the environment (HTTPS_PROXY) are not used.
   */
  readonly env?: readonly CourierWorkerEnv[];
  /**
   * Labels of the nodes that workers may run on.
   */
  readonly nodeSelector?: {
    /**
     * The value of a label.
     */
    readonly [k: string]: string;
  };
  /**
   * Taints of nodes that workers may run on nevertheless.
   */
  readonly tolerations?: readonly CourierWorkerToleration[];
  /**
   * Labels of the workers' pods besides Courier's own.
   */
  readonly podLabels?: {
    /**
     * The value of a label.
     */
    readonly [k: string]: string;
  };
  /**
   * Annotations of the workers' pods besides Courier's own.
   */
  readonly podAnnotations?: {
    /**
     * The value of an annotation.
     */
    readonly [k: string]: string;
  };
  readonly podTemplate?: CourierWorkerPodTemplate;
}
/**
 * What a worker's container asks of its node. Absent, it requests a tenth of a CPU and 128Mi of memory and may
 * use 512Mi; given, nothing of that is added to it.
 */
export interface CourierWorkerResources {
  /**
   * What is set aside for each worker, by the name of the resource.
   */
  readonly requests?: {
    /**
     * A quantity.
     */
    readonly [k: string]: number | string;
  };
  /**
   * What each worker may use at most, by the name of the resource.
   */
  readonly limits?: {
    /**
     * A quantity.
     */
    readonly [k: string]: number | string;
  };
}
/**
 * One variable, with a value or a source of it.
 */
export interface CourierWorkerEnv {
  /**
   * The variable's name.
   */
  readonly name: string;
  /**
   * The value. Anyone who may read the Courier can read it; keep secrets in a Secret and name that.
   */
  readonly value?: string;
  readonly valueFrom?: CourierWorkerEnvValueFrom;
}
/**
 * Where the value is, in the namespace of the Courier.
 */
export interface CourierWorkerEnvValueFrom {
  readonly secretKeyRef?: CourierWorkerEnvValueFromSecretKeyRef;
  readonly configMapKeyRef?: CourierWorkerEnvValueFromConfigMapKeyRef;
}
/**
 * A key of a Secret.
 */
export interface CourierWorkerEnvValueFromSecretKeyRef {
  /**
   * The name of the Secret.
   */
  readonly name: string;
  /**
   * The key whose value it is.
   */
  readonly key: string;
  /**
   * True: the variable is left out when there is no such key. False: the worker then cannot start. Default: false.
   */
  readonly optional: boolean;
}
/**
 * A key of a ConfigMap.
 */
export interface CourierWorkerEnvValueFromConfigMapKeyRef {
  /**
   * The name of the ConfigMap.
   */
  readonly name: string;
  /**
   * The key whose value it is.
   */
  readonly key: string;
  /**
   * True: the variable is left out when there is no such key. False: the worker then cannot start. Default: false.
   */
  readonly optional: boolean;
}
/**
 * One toleration, as in a pod.
 */
export interface CourierWorkerToleration {
  /**
   * The taint's key; every taint's when absent.
   */
  readonly key?: string;
  /**
   * Whether the taint must have the value as well, or only exist. Default: Equal.
   */
  readonly operator: 'Equal' | 'Exists';
  /**
   * The taint's value.
   */
  readonly value?: string;
  /**
   * The taint's effect; every effect when absent.
   */
  readonly effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
  /**
   * How long a worker may stay on a node that gets the taint; for ever when absent. 0 to 2147483647.
   */
  readonly tolerationSeconds?: number;
}
/**
 * The way out for everything that has no field of its own: a pod template that is merged over the one that
 * Courier makes, last. Containers, ports and the like are merged by name, environment variables and volumes are
 * replaced by name, null removes a field, and other lists are replaced. The worker's container is called worker.
 * What Courier finds its pods by cannot be changed.
 */
export interface CourierWorkerPodTemplate {
  /**
   * Labels and annotations of the pods.
   */
  readonly metadata?: {
    readonly [k: string]: unknown;
  };
  /**
   * Any part of a pod's spec.
   */
  readonly spec?: {
    readonly [k: string]: unknown;
  };
}
/**
 * What was seen of it. Written by Courier, never by people.
 */
export interface CourierStatus {
  /**
   * The generation of the spec that this status speaks of; -1 before the first look.
   */
  readonly observedGeneration?: number;
  /**
   * The workers that exist, ready or not.
   */
  readonly replicas?: number;
  /**
   * The workers that have seen the queue and deliver.
   */
  readonly readyReplicas?: number;
  /**
   * The workers that there should be.
   */
  readonly desiredReplicas?: number;
  readonly backlog?: CourierStatusBacklog;
  readonly scaling?: CourierStatusScaling;
  /**
   * Ready says whether messages are delivered as the spec says. Reconciling and Stalled are there only while they
   * are true. The others say what each part is like.
   */
  readonly conditions?: readonly CourierStatusCondition[];
}
/**
 * How many messages the queue holds, approximately, as SQS says. Looked at every few seconds, and written when
 * it has changed, at most twice a minute.
 */
export interface CourierStatusBacklog {
  /**
   * Messages that can be received now.
   */
  readonly visible: number;
  /**
   * Messages that were received and not yet deleted.
   */
  readonly inFlight: number;
  /**
   * Messages that were sent with a delay that has not passed.
   */
  readonly delayed: number;
  /**
   * When the queue was first seen to hold these numbers.
   */
  readonly observedTime: string;
}
/**
 * Why there are as many workers as there are.
 */
export interface CourierStatusScaling {
  /**
   * What would have to change for messages to be delivered faster.
   */
  readonly limitedBy?: 'None' | 'Backlog' | 'WorkerConcurrency' | 'Recipient' | 'RateLimit' | 'Audit' | 'Source' | 'MaxReplicas';
  /**
   * The rule that fixed the number of workers, in one word.
   */
  readonly reason?: string;
  /**
   * The number of workers and what fixed it, in a sentence.
   */
  readonly explanation?: string;
  /**
   * Messages that arrive a second, where that is known.
   */
  readonly arrivalRate?: string;
  /**
   * Messages that a busy worker delivers a second, as last measured.
   */
  readonly replicaRate?: string;
  /**
   * How long the backlog takes at that rate with the workers that there should be.
   */
  readonly estimatedDrainSeconds?: number;
  /**
   * When the number of workers last changed.
   */
  readonly lastScaleTime?: string;
  /**
   * The last decisions that changed the number of workers or what limits it, the newest first. courier explain
   * prints them.
   */
  readonly decisions?: readonly CourierStatusScalingDecision[];
  /**
   * The figures of the decision in force, by their names.
   */
  readonly inputs?: {
    /**
     * A figure.
     */
    readonly [k: string]: string;
  };
  /**
   * How many workers finish what they hold before they are removed.
   */
  readonly draining?: number;
}
/**
 * A decision that changed something.
 */
export interface CourierStatusScalingDecision {
  /**
   * When it was decided.
   */
  readonly time: string;
  /**
   * How many workers there should have been before.
   */
  readonly from: number;
  /**
   * How many there should be since.
   */
  readonly to: number;
  /**
   * The rule that fixed the number, in one word.
   */
  readonly reason: string;
  /**
   * What would have had to change for messages to be delivered faster.
   */
  readonly limitedBy: string;
  /**
   * The number and what fixed it, in a sentence.
   */
  readonly explanation: string;
  /**
   * The figures that it was made of, by their names.
   */
  readonly inputs?: {
    /**
     * A figure.
     */
    readonly [k: string]: string;
  };
}
/**
 * What is known of one aspect.
 */
export interface CourierStatusCondition {
  /**
   * The aspect.
   */
  readonly type: string;
  /**
   * Whether it is so; Unknown when that cannot be said.
   */
  readonly status: 'True' | 'False' | 'Unknown';
  /**
   * Why, in one word.
   */
  readonly reason: string;
  /**
   * Why, in a sentence for people, with the value seen and the remedy.
   */
  readonly message: string;
  /**
   * When the status last changed.
   */
  readonly lastTransitionTime: string;
  /**
   * The generation of the spec that this was found for.
   */
  readonly observedGeneration?: number;
}
