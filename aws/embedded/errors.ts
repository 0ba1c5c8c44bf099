/**
 * What a call to the embedded AWS fails with. `code` is the name that an SDK shows: `QueueDoesNotExist`,
 * `InvalidParameterValue`, `ResourceNotFoundException`, ...
 */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: string;
  /** The HTTP status that goes with it. */
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** Thrown where the answer to a call is lost: a fault was scripted to cut the connection, before or after the work. */
export class ConnectionCut extends Error {
  override readonly name = 'ConnectionCut';

  constructor() {
    super('the connection was cut by a scripted fault');
  }
}

/** The two names of an SQS error on the wire: the shape's in `__type`, the older query protocol's in a header. */
export type SqsErrorNames = { readonly type: string; readonly queryCode: string };

/**
 * Errors whose names differ between the two protocols. The first rows are the `awsQueryError` traits of the SDK's model,
 * the last ones are common errors, which the model does not list.
 */
const irregularNames: Readonly<Record<string, SqsErrorNames>> = {
  QueueDoesNotExist: modelled('QueueDoesNotExist', 'NonExistentQueue'),
  BatchEntryIdsNotDistinct: modelled('BatchEntryIdsNotDistinct'),
  BatchRequestTooLong: modelled('BatchRequestTooLong'),
  EmptyBatchRequest: modelled('EmptyBatchRequest'),
  InvalidBatchEntryId: modelled('InvalidBatchEntryId'),
  MessageNotInflight: modelled('MessageNotInflight'),
  PurgeQueueInProgress: modelled('PurgeQueueInProgress'),
  QueueDeletedRecently: modelled('QueueDeletedRecently'),
  TooManyEntriesInBatchRequest: modelled('TooManyEntriesInBatchRequest'),
  UnsupportedOperation: modelled('UnsupportedOperation'),
  QueueNameExists: { type: 'com.amazonaws.sqs#QueueNameExists', queryCode: 'QueueAlreadyExists' },
  InvalidParameterValue: common('InvalidParameterValueException', 'InvalidParameterValue'),
  MissingParameter: common('MissingRequiredParameterException', 'MissingParameter'),
  InvalidClientTokenId: common('UnrecognizedClientException', 'InvalidClientTokenId'),
  MissingAuthenticationToken: common('MissingAuthenticationTokenException', 'MissingAuthenticationToken'),
  InvalidAction: common('UnknownOperationException', 'InvalidAction'),
};

function modelled(shape: string, legacy = shape): SqsErrorNames {
  return { type: `com.amazonaws.sqs#${shape}`, queryCode: `AWS.SimpleQueueService.${legacy}` };
}

function common(shape: string, queryCode: string): SqsErrorNames {
  return { type: `com.amazon.coral.service#${shape}`, queryCode };
}

/** How an SQS error is named in the body and in the `x-amzn-query-error` header of an AWS JSON 1.0 answer. */
export function sqsErrorNames(code: string): SqsErrorNames {
  return irregularNames[code] ?? { type: `com.amazonaws.sqs#${code}`, queryCode: code };
}

/** An SQS parameter that is missing. */
export function missingParameter(name: string): ServiceError {
  return new ServiceError('MissingParameter', `The request must contain the parameter ${name}.`);
}

/** An SQS parameter whose value cannot be, and why. */
export function invalidParameter(name: string, value: unknown, reason: string): ServiceError {
  return new ServiceError(
    'InvalidParameterValue',
    `Value ${value} for parameter ${name} is invalid. Reason: ${reason}`,
  );
}

/** An SQS parameter that only the other type of queue, standard or FIFO, has. */
export function notForThisQueueType(name: string, value: unknown): ServiceError {
  return invalidParameter(name, value, 'The request includes a parameter that is not valid for this queue type.');
}
