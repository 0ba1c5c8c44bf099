import type { Pod } from './objects.ts';

/** Where a pod is reached, and its node. */
export type PodAddresses = { readonly podIP: string; readonly hostIP: string };

/**
 * What a `fieldRef` stands for.
 * @param path such as `metadata.name` or `metadata.labels['app']`.
 * @throws Error for a field that pods do not hand down.
 */
export function podField(pod: Pod, { podIP, hostIP }: PodAddresses, path: string): string {
  const { metadata, spec } = pod;
  const entry = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (entry !== null) return metadata[entry[1] === 'labels' ? 'labels' : 'annotations']?.[entry[2] ?? ''] ?? '';
  const fields: Readonly<Record<string, string | undefined>> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
    'metadata.uid': metadata.uid,
    'metadata.labels': lines(metadata.labels),
    'metadata.annotations': lines(metadata.annotations),
    'spec.nodeName': spec.nodeName,
    'spec.serviceAccountName': spec.serviceAccountName,
    'status.podIP': podIP,
    'status.podIPs': podIP,
    'status.hostIP': hostIP,
  };
  const value = fields[path];
  if (value === undefined) throw new Error(`fieldRef ${path} is not a field that this kubelet hands down`);
  return value;
}

/** The form of a downward API file: `key="value"`, sorted. */
function lines(entries: Readonly<Record<string, string>> = {}): string {
  const sorted = Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join('\n');
}
