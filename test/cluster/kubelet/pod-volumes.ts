import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { AtomicDirectory } from './atomic-directory.ts';
import type { ObjectReader } from './object-reader.ts';
import type { Container, Pod, Volume, VolumeMount } from './objects.ts';
import type { PodAddresses } from './pod-fields.ts';
import type { Mount } from './sandbox.ts';
import type { TokenSource } from './token-source.ts';
import { volumeFiles } from './volume-files.ts';

/** The volumes of one pod, as directories of this machine. */
export class PodVolumes {
  readonly #directory: string;
  readonly #addresses: PodAddresses;
  readonly #tokens: TokenSource;
  readonly #made = new Map<string, AtomicDirectory>();

  constructor(directory: string, addresses: PodAddresses, tokens: TokenSource) {
    this.#directory = directory;
    this.#addresses = addresses;
    this.#tokens = tokens;
  }

  /**
   * Brings every volume up to date with the objects that it is made of.
   * @throws Error when something is missing; what was made before stays.
   */
  async update(pod: Pod, objects: ObjectReader): Promise<void> {
    for (const volume of pod.spec.volumes ?? []) {
      const files = await volumeFiles(volume, { pod, addresses: this.#addresses, objects, tokens: this.#tokens });
      if (files !== undefined) await this.#atomicDirectory(volume.name).write(files);
      else if (volume.emptyDir !== undefined) await mkdir(this.#path(volume), { recursive: true });
      else if (volume.hostPath === undefined) throw new Error(unknownVolume(volume));
    }
  }

  /** Where a container finds its volumes. Call it after {@link update}. */
  mounts(pod: Pod, container: Container): Promise<readonly Mount[]> {
    const volumes = new Map((pod.spec.volumes ?? []).map((volume) => [volume.name, volume]));
    return Promise.all((container.volumeMounts ?? []).map((mount) => this.#mount(volumes.get(mount.name), mount)));
  }

  /** A `subPath` of a volume made of objects is the file as it is now: like the real one, it does not follow changes. */
  async #mount(volume: Volume | undefined, { name, mountPath, subPath = '', readOnly = false }: VolumeMount) {
    if (volume === undefined) throw new Error(`${mountPath} mounts volume ${name}, which the pod does not have`);
    const source = join(this.#path(volume), subPath);
    if (volume.emptyDir !== undefined) await mkdir(source, { recursive: true });
    return { source: await realpath(source), target: mountPath, readOnly: readOnly || this.#made.has(name) };
  }

  #path(volume: Volume): string {
    return volume.hostPath?.path ?? join(this.#directory, volume.name);
  }

  #atomicDirectory(name: string): AtomicDirectory {
    const known = this.#made.get(name);
    if (known !== undefined) return known;
    const made = new AtomicDirectory(join(this.#directory, name));
    this.#made.set(name, made);
    return made;
  }
}

function unknownVolume(volume: Volume): string {
  const kind = Object.keys(volume).filter((key) => key !== 'name');
  return `volume ${volume.name} is of the kind ${kind.join()}, which this kubelet does not know`;
}
