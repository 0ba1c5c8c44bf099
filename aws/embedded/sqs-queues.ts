import { ServiceError } from './errors.ts';
import { type Input, optionalInteger, optionalText, optionalTextMap, optionalTexts, requiredText } from './input.ts';
import type { MoveTask } from './move-tasks.ts';
import type { Queue } from './queue.ts';
import { isAttribute } from './queue-attributes.ts';
import type { QueueRegistry, RegisteredQueue } from './queue-registry.ts';

const maxPageSize = 1000;

/** CreateQueue. */
export function createQueue(registry: QueueRegistry, input: Input): object {
  const registered = registry.create(requiredText(input, 'QueueName'), optionalTextMap(input, 'Attributes'));
  for (const [key, value] of Object.entries(optionalTextMap(input, 'tags'))) registered.tags.set(key, value);
  return { QueueUrl: registered.queue.identity.url };
}

/** DeleteQueue. */
export function deleteQueue(registry: QueueRegistry, registered: RegisteredQueue): object {
  registry.delete(registered);
  return {};
}

/** PurgeQueue. */
export function purgeQueue(registry: QueueRegistry, registered: RegisteredQueue): object {
  registry.purge(registered);
  return {};
}

/** SetQueueAttributes. */
export function setQueueAttributes(registry: QueueRegistry, registered: RegisteredQueue, input: Input): object {
  registry.setAttributes(registered, optionalTextMap(input, 'Attributes'));
  return {};
}

/** GetQueueUrl. */
export function getQueueUrl(registry: QueueRegistry, input: Input): object {
  return { QueueUrl: registry.byName(requiredText(input, 'QueueName')).queue.identity.url };
}

/** ListQueues. */
export function listQueues(registry: QueueRegistry, input: Input): object {
  const prefix = optionalText(input, 'QueueNamePrefix') ?? '';
  const names = registry.all.filter(({ queue }) => queue.identity.name.startsWith(prefix));
  const { items, next } = page(
    names.map(({ queue }) => queue.identity.url),
    input,
  );
  return { ...(items.length > 0 && { QueueUrls: items }), ...next };
}

/** ListDeadLetterSourceQueues. The name of its answer's list really begins with a small letter. */
export function listDeadLetterSourceQueues(registry: QueueRegistry, { queue }: RegisteredQueue, input: Input): object {
  const { items, next } = page(
    registry.deadLetterSources(queue.identity.arn).map(({ identity }) => identity.url),
    input,
  );
  return { queueUrls: items, ...next };
}

/** GetQueueAttributes. */
export function getQueueAttributes({ queue, createdAt, modifiedAt }: RegisteredQueue, input: Input): object {
  const names = new Set(optionalTexts(input, 'AttributeNames'));
  if (names.size === 0) return {};
  const counts = queue.reportedCounts;
  const attributes: Record<string, string> = {
    ...queue.attributes,
    ApproximateNumberOfMessages: String(counts.available),
    ApproximateNumberOfMessagesNotVisible: String(counts.inFlight),
    ApproximateNumberOfMessagesDelayed: String(counts.delayed),
    CreatedTimestamp: String(Math.floor(createdAt / 1000)),
    LastModifiedTimestamp: String(Math.floor(modifiedAt / 1000)),
    QueueArn: queue.identity.arn,
  };
  for (const name of names) {
    if (name !== 'All' && !(name in attributes) && !isAttribute(name)) {
      throw new ServiceError('InvalidAttributeName', `Unknown Attribute ${name}.`);
    }
  }
  const wanted = Object.entries(attributes).filter(([name]) => names.has('All') || names.has(name));
  return { Attributes: Object.fromEntries(wanted) };
}

/** TagQueue. */
export function tagQueue({ tags }: RegisteredQueue, input: Input): object {
  for (const [key, value] of Object.entries(optionalTextMap(input, 'Tags'))) tags.set(key, value);
  return {};
}

/** UntagQueue. */
export function untagQueue({ tags }: RegisteredQueue, input: Input): object {
  for (const key of optionalTexts(input, 'TagKeys')) tags.delete(key);
  return {};
}

/** ListQueueTags. */
export function listQueueTags({ tags }: RegisteredQueue): object {
  return { Tags: Object.fromEntries(tags) };
}

/** StartMessageMoveTask. */
export function startMessageMoveTask(registry: QueueRegistry, input: Input): object {
  const sourceArn = requiredText(input, 'SourceArn');
  const destinationArn = optionalText(input, 'DestinationArn');
  const messagesPerSecond = optionalInteger(input, 'MaxNumberOfMessagesPerSecond', 1, 500);
  const source = existing(registry, 'SourceArn', sourceArn);
  if (registry.deadLetterSources(sourceArn).length === 0) {
    throw new ServiceError('InvalidParameterValue', 'Source queue must be configured as a Dead Letter Queue.');
  }
  const destination = destinationArn === undefined ? source : existing(registry, 'DestinationArn', destinationArn);
  if (destination.settings.fifo !== source.settings.fifo) {
    throw new ServiceError('InvalidParameterValue', 'Source and destination queues must be of the same type.');
  }
  return { TaskHandle: registry.moveTasks.start(source, destinationArn, messagesPerSecond).handle };
}

/** CancelMessageMoveTask. */
export function cancelMessageMoveTask(registry: QueueRegistry, input: Input): object {
  return { ApproximateNumberOfMessagesMoved: registry.moveTasks.cancel(requiredText(input, 'TaskHandle')).moved };
}

/** ListMessageMoveTasks. */
export function listMessageMoveTasks(registry: QueueRegistry, input: Input): object {
  const sourceArn = requiredText(input, 'SourceArn');
  existing(registry, 'SourceArn', sourceArn);
  const max = optionalInteger(input, 'MaxResults', 1, 10) ?? 1;
  return { Results: registry.moveTasks.of(sourceArn).slice(0, max).map(viewMoveTask) };
}

function viewMoveTask(task: MoveTask): object {
  return {
    ...(task.status === 'RUNNING' && { TaskHandle: task.handle }),
    Status: task.status,
    SourceArn: task.sourceArn,
    ...(task.destinationArn !== undefined && { DestinationArn: task.destinationArn }),
    ...(task.messagesPerSecond !== undefined && { MaxNumberOfMessagesPerSecond: task.messagesPerSecond }),
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    StartedTimestamp: task.startedAt,
    ...(task.failureReason !== undefined && { FailureReason: task.failureReason }),
  };
}

function existing(registry: QueueRegistry, parameter: string, arn: string): Queue {
  const queue = registry.findByArn(arn);
  if (queue !== undefined) return queue;
  const message = `The resource that you specified for the ${parameter} parameter doesn't exist: ${arn}.`;
  throw new ServiceError('ResourceNotFoundException', message, 404);
}

/** One page of a list. The token is where the next page begins. */
function page(items: readonly string[], input: Input): { items: readonly string[]; next: { NextToken?: string } } {
  const size = optionalInteger(input, 'MaxResults', 1, maxPageSize) ?? maxPageSize;
  const start = Number(optionalText(input, 'NextToken') ?? 0);
  const end = start + size;
  return { items: items.slice(start, end), next: end < items.length ? { NextToken: String(end) } : {} };
}
