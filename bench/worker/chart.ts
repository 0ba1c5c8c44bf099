import type { Comparison } from './comparison.ts';

const width = 760;
const rowHeight = 26;
const labelWidth = 190;
const colours = ['#4477aa', '#66ccee', '#ccbb44'];

/** A part of a bar, in microseconds. */
type Part = { readonly name: string; readonly cpu: number };
type Bar = { readonly label: string; readonly parts: readonly Part[] };

/**
 * An SVG of the CPU for each message: a group of bars for each comparison, the floors stacked at the top. Colours of Paul
 * Tol's bright scheme, which the colour-blind can tell apart.
 */
export function cpuChart(comparisons: readonly Comparison[]): string {
  const groups = comparisons.map((comparison) => ({ title: comparison.work, bars: barsOf(comparison) }));
  let y = 40;
  const body = groups.map(({ title, bars }) => {
    const longest = Math.max(...bars.map(({ parts }) => sum(parts)));
    const heading = text(10, y, title, 'font-weight="bold"');
    const drawn = bars.map((bar, index) => drawBar(bar, y + 10 + index * rowHeight, longest));
    y += 10 + bars.length * rowHeight + 30;
    return heading + drawn.join('');
  });
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" font-family="sans-serif" font-size="13">`;
  const title = 'CPU for each message in microseconds (less is better)';
  const ground = `<title>${title}</title><rect width="100%" height="100%" fill="#ffffff"/>`;
  return `${head}${ground}${text(10, 18, title, 'font-size="15"')}${body.join('')}</svg>\n`;
}

function barsOf({ work, floors, contenders }: Comparison): Bar[] {
  const audit = work.startsWith('firehose')
    ? { name: 'Firehose', cpu: floors.firehose }
    : { name: 'audit', cpu: floors.audit };
  const floor = [{ name: 'POST', cpu: floors.post }, { name: 'SQS', cpu: floors.sqs }, audit];
  const others = Object.entries(contenders).map(([label, { cpuPerMessage }]) => ({
    label,
    parts: [{ name: '', cpu: cpuPerMessage }],
  }));
  return [{ label: 'floor', parts: floor }, ...others];
}

function drawBar({ label, parts }: Bar, y: number, longest: number): string {
  const scale = (width - labelWidth - 70) / longest;
  let x = labelWidth;
  const drawn = parts.map(({ name, cpu }, index) => {
    const rect = `<rect x="${round(x)}" y="${y}" width="${round(cpu * scale)}" height="${rowHeight - 8}" fill="${colours[index]}"><title>${name} ${round(cpu)}</title></rect>`;
    x += cpu * scale;
    return rect;
  });
  const names = parts.map(({ name }) => name).filter((name) => name !== '');
  const described = names.length === 0 ? label : `${label} (${names.join(' + ')})`;
  return text(10, y + 14, described) + drawn.join('') + text(x + 6, y + 14, String(round(sum(parts))));
}

function text(x: number, y: number, words: string, attributes = ''): string {
  return `<text x="${round(x)}" y="${y}" fill="#222222" ${attributes}>${words}</text>`;
}

function sum(parts: readonly Part[]): number {
  return parts.reduce((total, { cpu }) => total + cpu, 0);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
