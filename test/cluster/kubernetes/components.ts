import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { buildControlPlane } from './build.ts';

/** A server of the control plane. */
export type Component = 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler';

/** The command line that runs each component, before its flags. */
export type Components = Readonly<Record<Component, readonly [string, ...string[]]>>;

/**
 * Finds the servers of a control plane: in the folder that KUBEBUILDER_ASSETS names, as for controller-runtime's envtest,
 * else in the cache, else builds them.
 * @throws Error when the folder lacks one of them, or the build fails.
 */
export async function findComponents(assets = process.env.KUBEBUILDER_ASSETS): Promise<Components> {
  if (assets) return componentsOf(assets);
  const binary = await buildControlPlane();
  return byComponent((component) => [binary, component]);
}

async function componentsOf(assets: string): Promise<Components> {
  const components = byComponent((component) => [join(assets, component)]);
  for (const [component, [path]] of Object.entries(components)) {
    try {
      await access(path, constants.X_OK);
    } catch (cause) {
      const remedy = 'put it there, or unset KUBEBUILDER_ASSETS to have it built';
      throw new Error(`KUBEBUILDER_ASSETS is ${assets}, which holds no ${component}: ${remedy}`, { cause });
    }
  }
  return components;
}

function byComponent(command: (component: Component) => readonly [string, ...string[]]): Components {
  return {
    etcd: command('etcd'),
    'kube-apiserver': command('kube-apiserver'),
    'kube-controller-manager': command('kube-controller-manager'),
    'kube-scheduler': command('kube-scheduler'),
  };
}
