import { type AutoscalerName, autoscalerTitles } from '../../simulator/autoscalers/autoscalers.ts';
import { ofHealth, rowOf, type Sample } from './judge.ts';

/** The page that says what was measured last. Other pages quote it. */
export const resultsPage = new URL('../../docs/simulate.md', import.meta.url);

const begin = '<!-- Written by: npm run bench:scaling -- --record -->';
const end = '<!-- So far. -->';

const compared = ['courier', 'aws', 'static'] as const satisfies readonly AutoscalerName[];

/**
 * The page with what was measured now.
 * @throws Error when the page has no place for it.
 */
export function record(page: string, samples: readonly Sample[]): string {
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`the page has nothing between ${begin} and ${end}`);
  return `${before}${begin}\n${measured(samples)}\n${end}${after}`;
}

function measured(samples: readonly Sample[]): string {
  const groups = [ofHealth(samples, 'healthy'), ofHealth(samples, 'sick'), samples];
  const rows = compared.map((name) => {
    const cells = groups.map((group) => {
      const { cost, wait } = rowOf(group, name);
      return `${cost.toFixed(2)} / ${wait.toFixed(2)}`;
    });
    return `| ${[autoscalerTitles[name], ...cells].join(' | ')} |`;
  });
  const { refused, refusedByKeda } = rowOf(ofHealth(samples, 'sick'), 'courier');
  return [
    '| cost / p99 wait | healthy | sick or limited | all |',
    '|---|---|---|---|',
    ...rows,
    '',
    `Recipients that are sick refuse Courier ${(refused / Math.max(1, refusedByKeda)).toFixed(2)} x as many requests as KEDA.`,
  ].join('\n');
}
