/**
 * Everything that a Courier's conditions can say, in one place: the types, the reasons that each may have, and what they
 * mean. Reasons are part of the API: alerts match them. One may be added; none may change its meaning.
 */
export const conditionReasons = {
  /** Messages are delivered as the spec says. It does not depend on how many messages there are. */
  Ready: {
    Ready: 'The workers run as the spec says, and the queue can be read.',
    Suspended: 'spec.suspend is true: there are no workers, as wanted.',
    Progressing: 'A change is being rolled out, or the first look at the queue is still to come.',
    AuditVolumeMissing: 'The audit goes to files, and no volume is named to keep them.',
    PodTemplateInvalid: 'spec.worker.podTemplate cannot be merged into a pod template.',
    NameConflict: "An object with the name of one of the Courier's children exists and is not the Courier's.",
    OperatorForbidden: 'The API server does not let the operator write one of the children.',
    ChildRejected: 'The API server refuses one of the children as invalid.',
    ApiServerUnavailable: 'The API server could not be reached, or could not do what it was asked.',
    QueueNotFound: 'There is no such queue.',
    QueueAccessDenied: 'The credentials may not look at the queue.',
    CredentialsInvalid: 'There are no AWS credentials, or AWS does not accept them.',
    QueueMisconfigured: 'The queue cannot be read, for a reason that stays until somebody changes something.',
    QueueUnavailable: 'The queue cannot be read at the moment.',
    ImageInvalid: "The image's name is none, or it may not be pulled and is not on the node.",
    ImagePullFailed: "The workers' image cannot be pulled.",
    ContainerConfigInvalid: "The workers' container cannot be made: a Secret or a key is missing, for example.",
    WorkersCrashing: 'Workers end again and again right after they have started.',
    PodsRefused: 'The API server does not let the Deployment make pods: a quota is exceeded, for example.',
    PodsUnschedulable: 'There is no node for some of the workers.',
    WorkersUnready: 'Workers run and have not been ready for too long.',
    RolloutStuck: 'A rollout has made no progress for as long as its Deployment allows.',
    DeliveryPaused: 'The recipient answered with what spec.delivery says to stop on, so workers receive nothing more.',
  },
  /** Present only while the operator still has something to do before Ready can be what it should be. */
  Reconciling: {
    Progressing: 'A change is being rolled out, or the first look at the queue is still to come.',
    Retrying: 'Something failed that may pass; the operator tries again.',
  },
  /** Present only while nothing will change until somebody changes something; the reason is that of Ready. */
  Stalled: {
    AuditVolumeMissing: 'As for Ready.',
    PodTemplateInvalid: 'As for Ready.',
    NameConflict: 'As for Ready.',
    OperatorForbidden: 'As for Ready.',
    ChildRejected: 'As for Ready.',
    QueueNotFound: 'As for Ready.',
    QueueAccessDenied: 'As for Ready.',
    CredentialsInvalid: 'As for Ready.',
    QueueMisconfigured: 'As for Ready.',
    ImageInvalid: 'As for Ready.',
    ImagePullFailed: 'As for Ready.',
    ContainerConfigInvalid: 'As for Ready.',
    PodsRefused: 'As for Ready.',
    RolloutStuck: 'As for Ready.',
    DeliveryPaused: 'As for Ready.',
  },
  /** The operator can read the queue's counters. */
  QueueReachable: {
    Reachable: 'The queue was read.',
    MaxReceiveCountLow: 'The queue was read, and gives up on messages after fewer than three receives.',
    NotYetObserved: 'The first look at the queue is still to come.',
    Suspended: 'A suspended Courier has its queue left alone.',
    QueueNotFound: 'As for Ready.',
    QueueAccessDenied: 'As for Ready.',
    CredentialsInvalid: 'As for Ready.',
    QueueMisconfigured: 'As for Ready.',
    QueueUnavailable: 'As for Ready.',
  },
  /** There are as many ready workers as there should be, or they are on their way. */
  WorkloadAvailable: {
    WorkersReady: 'As many workers are ready as there should be.',
    WorkersStarting: 'Workers have been started and are not ready yet.',
    ScaledToZero: 'No worker is wanted.',
    RollingOut: 'A change is being rolled out.',
    NotYetApplied: 'There is no Deployment yet.',
    ImageInvalid: 'As for Ready.',
    ImagePullFailed: 'As for Ready.',
    ContainerConfigInvalid: 'As for Ready.',
    WorkersCrashing: 'As for Ready.',
    PodsRefused: 'As for Ready.',
    PodsUnschedulable: 'As for Ready.',
    WorkersUnready: 'As for Ready.',
    RolloutStuck: 'As for Ready.',
  },
  /** The number of workers follows the queue. */
  ScalingActive: {
    Active: 'The number of workers is decided every few seconds.',
    Suspended: 'spec.suspend is true: the number is zero whatever the queue holds.',
    NotYetObserved: 'The first look at the queue is still to come; until then the number stays.',
    QueueUnreachable: 'The queue cannot be read, so the number stays.',
  },
  /** Something other than the messages keeps the number of workers down. */
  ScalingLimited: {
    NotLimited: 'There are as many workers as the messages need.',
    MaxReplicas: 'More workers are wanted than spec.scaling.maxReplicas allows.',
    Recipient: 'The recipient would not take more from more workers.',
    RateLimit: 'The rate limit would not let more workers deliver more.',
    Audit: 'The audit would not take more from more workers.',
    NotYetObserved: 'Nothing has been decided yet.',
  },
  /** The recipient accepts what it is sent. */
  RecipientHealthy: {
    Accepting: 'The recipient accepts nearly all that it is sent.',
    Failing: 'Most attempts fail: no connection, no answer in time, or an answer that is not 2xx.',
    DeliveryPaused: 'As for Ready.',
    NotYetObserved: 'No worker has reported an attempt.',
  },
  /** The audit takes the records of what was delivered. */
  AuditHealthy: {
    Recording: 'No worker waits for the audit.',
    Blocked: 'Workers receive nothing more, since their records cannot be written.',
    Retrying: 'No record can be written at the moment; delivered messages are held until theirs is.',
    Failing: 'Records cannot be written, and spec.audit.policy is BestEffort: messages go on, and records may be lost.',
    NotAudited: 'spec.audit.none: nothing is recorded.',
    NotYetObserved: 'No worker has reported.',
  },
} as const satisfies Record<string, Record<string, string>>;

/** The aspects of a Courier that conditions speak of. */
export type ConditionType = keyof typeof conditionReasons;

/** The reasons that a condition may have. */
export type ReasonOf<Type extends ConditionType> = keyof (typeof conditionReasons)[Type] & string;

/** Conditions that are there only while they are true, as kstatus wants it: their absence is the good news. */
export const abnormalTypes = ['Reconciling', 'Stalled'] as const satisfies readonly ConditionType[];
