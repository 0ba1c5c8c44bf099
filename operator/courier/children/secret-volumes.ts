import { secretNamesOf } from '../../../api/secret-keys.ts';
import { secretsDirectory } from '../names.ts';
import type { LiveCourier, PodTemplate } from '../objects.ts';
import type { Container } from './container.ts';

type Volume = (NonNullable<PodTemplate['spec']>['volumes'] & object)[number];
type VolumeMount = (Container['volumeMounts'] & object)[number];

/** What only the owner and the group of a file may read: the group is the pod's fsGroup. */
const groupReadable = 0o440;

/**
 * The Secrets that a Courier names, as volumes and where each is mounted. A pod waits for one that does not exist; a change of
 * its content reaches the files by itself, and restarts nothing.
 */
export function secretVolumes({
  spec,
}: LiveCourier): readonly { readonly volume: Volume; readonly mount: VolumeMount }[] {
  return secretNamesOf(spec).map((secretName, index) => {
    const name = `secret-${index}`;
    return {
      volume: { name, secret: { secretName, defaultMode: groupReadable } },
      mount: { name, mountPath: `${secretsDirectory}/${secretName}`, readOnly: true },
    };
  });
}
