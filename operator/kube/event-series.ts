import type { Clock } from './clock.ts';
import { microTime } from './lease.ts';
import { type KubeObject, refOf } from './objects.ts';
import { namespaced, type Resource } from './resources.ts';

/** An object that an event is about. */
export type ObjectReference = {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
};

/** An event of `events.k8s.io/v1`. */
export type KubeEvent = KubeObject & {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly action: string;
  readonly note: string;
  readonly regarding: ObjectReference;
  readonly related?: ObjectReference;
  readonly eventTime: string;
  readonly reportingController: string;
  readonly reportingInstance: string;
  readonly series?: { readonly count: number; readonly lastObservedTime: string };
};

export const events: Resource<KubeEvent> = namespaced('events.k8s.io/v1', 'Event', 'events');

/** What has happened, in the words of `kubectl describe`. */
export type Happening = {
  /** The object under which the event is shown. */
  readonly regarding: KubeObject;
  readonly type: 'Normal' | 'Warning';
  /** Why, in one word of CamelCase. */
  readonly reason: string;
  /** What was done or tried, in one word of CamelCase. */
  readonly action: string;
  /** A sentence for people; the API takes up to 1024 bytes. */
  readonly note: string;
  readonly related?: KubeObject;
};

/** The longest note that the API takes. */
const maxNoteBytes = 1024;

/** What makes two happenings the same: they become one event with a count. */
export function seriesKey({ regarding, type, reason, action, note, related }: Happening): string {
  return JSON.stringify([
    type,
    action,
    reason,
    note,
    regarding.metadata.uid ?? refOf(regarding),
    related?.metadata.uid ?? null,
  ]);
}

/** The first event for a happening. */
export function firstEvent(
  { regarding, type, reason, action, note, related }: Happening,
  { controller, instance }: { controller: string; instance: string },
  suffix: string,
  clock: Clock,
): KubeEvent {
  const { name, namespace = 'default' } = regarding.metadata;
  return {
    metadata: { namespace, name: `${name.slice(0, 240).replace(/[^a-z0-9]+$/, '')}.${suffix}` },
    eventTime: microTime(clock.now()),
    type,
    reason,
    action,
    note: truncated(note),
    regarding: referenceTo(regarding),
    ...(related !== undefined && { related: referenceTo(related) }),
    reportingController: controller,
    reportingInstance: instance,
  };
}

function referenceTo({ apiVersion, kind, metadata }: KubeObject): ObjectReference {
  const { name, namespace, uid, resourceVersion } = metadata;
  return {
    ...(apiVersion !== undefined && { apiVersion }),
    ...(kind !== undefined && { kind }),
    ...(namespace !== undefined && { namespace }),
    name,
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
}

function truncated(note: string): string {
  if (Buffer.byteLength(note) <= maxNoteBytes) return note;
  const cut = Buffer.from(note).subarray(0, maxNoteBytes - 3);
  return `${cut.toString('utf8').replace(/\uFFFD+$/, '')}...`;
}
