import type { Container, Pod } from './objects.ts';

/**
 * What a pod asks for that this kubelet does not do: such a pod waits and says so, rather than run without it. What it
 * leaves out in silence: resource limits, security contexts, and the networks of containers, which all share this machine's.
 */
export function unsupportedFeature({ spec }: Pod): string | undefined {
  if (spec.initContainers !== undefined) return 'this kubelet runs no init containers';
  return spec.containers.map(unsupportedInContainer).find((reason) => reason !== undefined);
}

function unsupportedInContainer(container: Container): string | undefined {
  const { name, lifecycle, startupProbe, readinessProbe, livenessProbe } = container;
  if (lifecycle !== undefined) return `container ${name}: this kubelet runs no life-cycle hooks`;
  for (const probe of [startupProbe, readinessProbe, livenessProbe]) {
    if (probe === undefined || probe.httpGet !== undefined || probe.tcpSocket !== undefined) continue;
    return `container ${name}: this kubelet probes by httpGet and tcpSocket only`;
  }
  return undefined;
}
