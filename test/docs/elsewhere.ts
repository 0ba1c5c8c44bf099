/** Names that pages take from other systems, by whose they are: this code has no word for them. */
export const elsewhere: Readonly<Record<string, readonly string[]>> = {
  'aws-sqsd': [
    ...['ErrorVisibilityTimeout', 'HttpConnections', 'HttpPath', 'InactivityTimeout', 'MaxRetries', 'MimeType'],
    ...['RetentionPeriod', 'WorkerQueueURL'],
  ],
  CloudWatch: ['ApproximateNumberOfMessagesVisible'],
  KEDA: [
    ...['ScaledObject', 'TriggerAuthentication', 'cooldownPeriod', 'identityOwner', 'maxReplicaCount'],
    ...['minReplicaCount', 'pollingInterval', 'scaleOnDelayed', 'scaleOnInFlight'],
  ],
  Lambda: [
    ...['BatchSize', 'EventSourceArn', 'FilterCriteria', 'FunctionName', 'MaximumBatchingWindowInSeconds'],
    ...['MaximumConcurrency', 'ProvisionedPollerConfig', 'eventSourceARN'],
  ],
};

/** Options of other programs that pages name in their sentences. */
export const foreignOptions: readonly string[] = [
  ...['--server-side', '--dry-run', '--take-ownership', '--set', '--wait', '--no-git-tag-version', '--type', '--raw'],
  ...['--reuse-values', '--reset-then-reuse-values'],
];
