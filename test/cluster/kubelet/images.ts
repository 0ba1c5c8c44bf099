import type { Container } from './objects.ts';

/** What stands for a container image: a program of this machine. */
export type Image = {
  readonly entrypoint: readonly string[];
  /** Arguments that a container's `args` replace. */
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  /** Directories that the program needs and that a volume mounted above them, such as one at /tmp, must not hide. */
  readonly directories?: readonly string[];
};

/** By the exact reference that a container's `image` gives. Read at each start: an image may be added later. */
export type Images = ReadonlyMap<string, Image>;

/** What a container runs: what its image says and what the pod says, apart, since only the pod's may name mounted paths. */
export type Program = { readonly fromImage: readonly string[]; readonly fromPod: readonly string[] };

/** As a container runtime composes entry point and arguments. */
export function programOf(container: Container, image: Image): Program {
  const { command, args } = container;
  if (command !== undefined && command.length > 0) return { fromImage: [], fromPod: [...command, ...(args ?? [])] };
  if (args !== undefined && args.length > 0) return { fromImage: image.entrypoint, fromPod: args };
  return { fromImage: [...image.entrypoint, ...(image.command ?? [])], fromPod: [] };
}
