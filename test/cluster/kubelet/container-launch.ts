import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { type Environment, resolveEnvironment } from './environment.ts';
import { expandVariables } from './expansion.ts';
import { type Images, programOf } from './images.ts';
import type { ObjectReader } from './object-reader.ts';
import type { Container, Pod } from './objects.ts';
import type { PodAddresses } from './pod-fields.ts';
import type { PodVolumes } from './pod-volumes.ts';
import type { Launch, Sandbox } from './sandbox.ts';

/** What the start of a container takes from its pod and its kubelet. */
export type LaunchContext = {
  readonly pod: Pod;
  readonly addresses: PodAddresses;
  readonly volumes: PodVolumes;
  readonly images: Images;
  readonly objects: ObjectReader;
  readonly sandbox: Sandbox;
  /** Variables that every container gets. */
  readonly environment: Environment;
  /** An existing directory for sandboxes. */
  readonly scratch: string;
};

/** Why a container does not run: the reason and message of its status. */
export type Waiting = { readonly reason: string; readonly message: string };

/** Resolves all that a container starts with, as it is now. @returns what to run, or why it cannot run. */
export async function prepareLaunch(container: Container, context: LaunchContext): Promise<Launch | Waiting> {
  const image = context.images.get(container.image);
  if (image === undefined) {
    const message = `Back-off pulling image "${container.image}": no local program stands for it`;
    return { reason: 'ImagePullBackOff', message };
  }
  try {
    const base = { ...context.environment, HOSTNAME: context.pod.metadata.name };
    const environment = await resolveEnvironment(container, base, context);
    const { fromImage, fromPod } = programOf(container, image);
    return await context.sandbox({
      program: { fromImage, fromPod: fromPod.map((text) => expandVariables(text, environment)) },
      imageEnvironment: image.environment ?? {},
      podEnvironment: environment,
      workingDirectory: container.workingDir ?? image.workingDirectory ?? '/',
      mounts: await context.volumes.mounts(context.pod, container),
      directories: image.directories ?? [],
      scratch: await mkdtemp(join(context.scratch, `${container.name}-`)),
    });
  } catch (error) {
    return { reason: 'CreateContainerConfigError', message: error instanceof Error ? error.message : String(error) };
  }
}
