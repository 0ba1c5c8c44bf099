import { join } from 'node:path';
import type { Image } from './kubelet/images.ts';
import type { Container, PodSpec } from './kubelet/objects.ts';

const project = join(import.meta.dirname, '..', '..');

/** The image of {@link file://./subject.ts}. */
export const subjectImage: Image = {
  entrypoint: [process.execPath, join(import.meta.dirname, 'subject.ts')],
  environment: { NODE_NO_WARNINGS: '1' },
  directories: [project],
};

/** A container of the image `subject`, with its address in its environment. */
export function subjectContainer({ env = [], ...rest }: Partial<Container> = {}): Container {
  const podIP = { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } };
  const ports = [{ name: 'http', containerPort: 8080 }];
  return { name: 'subject', image: 'subject', ports, env: [podIP, ...env], ...rest };
}

/** A pod of one container. */
export function podManifest(name: string, container: Container, spec: Partial<PodSpec> = {}): object {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [container], ...spec } };
}

/** A Deployment whose pods have one container and the label `app`. */
export function deploymentManifest(name: string, replicas: number, container: Container, spec: Partial<PodSpec> = {}) {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container], ...spec } },
    },
  };
}
