import { parseManifests } from '../../api/manifest.ts';
import { ManifestError } from '../../api/problem.ts';
import type { Courier } from '../../api/v1alpha1.gen.ts';

/** The manifest of the demo: small workers, so that a spike needs several of them, and short times, so that all fits a minute. */
export function demoManifest(recipientUrl: string, auditDirectory: string): string {
  return `apiVersion: courier.dev/v1alpha1
kind: Courier
metadata: { name: demo, namespace: default }
spec:
  queue:
    url: https://sqs.us-east-1.amazonaws.com/000000000000/demo
    visibilityTimeoutSeconds: 6
    waitTimeSeconds: 1
  recipient:
    url: ${recipientUrl}
    concurrency: { maxPerReplica: 4 }
  delivery:
    backoff: { initialMilliseconds: 200, maxSeconds: 2 }
  audit:
    file: { directory: ${JSON.stringify(auditDirectory)} }
  scaling:
    minReplicas: 0
    maxReplicas: 4
    targetMessagesPerReplica: 1500
    drainTargetSeconds: 10
    idleAfterSeconds: 3
`;
}

/** The Courier of {@link demoManifest}, read as any other. */
export function demoCourier(recipientUrl: string, auditDirectory: string): Courier {
  const { couriers, problems } = parseManifests(demoManifest(recipientUrl, auditDirectory), 'demo.yaml');
  const [first] = couriers;
  if (first === undefined || problems.length > 0) throw new ManifestError(problems);
  return first.courier;
}
