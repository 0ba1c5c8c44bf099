import { InvalidArgumentError } from 'commander';
import type { AutoscalerName } from '../../simulator/autoscalers/autoscalers.ts';

/** What Courier can be compared with. */
const others = ['keda', 'aws', 'static'] as const satisfies readonly AutoscalerName[];

/** `keda,static`. */
export function autoscalerNames(text: string): readonly AutoscalerName[] {
  return text.split(',').map((part) => {
    const name = others.find((other) => other === part.trim());
    if (name === undefined) throw new InvalidArgumentError(`It must be some of ${others.join(',')}.`);
    return name;
  });
}
