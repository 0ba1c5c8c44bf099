import { execFile } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Image } from './kubelet/images.ts';

const execute = promisify(execFile);
const project = join(import.meta.dirname, '../..');

/**
 * The sources of the release before this one, as `git archive` made them: docs/release.md says how. There has been no release
 * yet: what stands for one is this project as it was when its chart was new, under a version below the first.
 */
const archive = join(import.meta.dirname, 'previous-release/courier.tar.gz');

/** A release as a user installs it. */
export type PreviousRelease = {
  readonly version: string;
  /** The directory of its chart. */
  readonly chart: string;
  /** Its CustomResourceDefinition. */
  readonly crd: string;
  readonly image: Image;
};

/** Unpacks the previous release into a directory. Its programs run from their sources, with the packages of this one. */
export async function unpackPreviousRelease(directory: string): Promise<PreviousRelease> {
  const source = join(directory, 'previous-release');
  await mkdir(source);
  await execute('tar', ['-xzf', archive, '-C', source]);
  await symlink(join(project, 'node_modules'), join(source, 'node_modules'));
  const chart = join(source, 'charts/courier');
  return {
    version: '0.0.9',
    chart,
    crd: join(chart, 'files/crds/courier.dev_couriers.yaml'),
    image: { entrypoint: [process.execPath, join(source, 'cli/main.ts')] },
  };
}
