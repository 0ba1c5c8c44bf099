import { moreWouldHelp } from '../order-log.ts';
import { roundUp, timeMarks } from './scale.ts';
import { means, peaks, type Series } from './series.ts';
import { formatTime, perSecond, type Timeline, type Track } from './timeline.ts';

const width = 960;
const panelHeight = 150;
const panelGap = 44;
const left = 64;
const right = 30;
const top = 66;
const buckets = 480;
const plotWidth = width - left - right;
/** Distinct also for eyes that do not tell red from green: Okabe and Ito. */
const colours = ['#0072b2', '#e69f00', '#009e73', '#999999'];
const limitColour = '#d55e00';

type Line = { readonly values: Series; readonly colour: string; readonly isArea?: boolean };

/** Draws a timeline as an SVG document: arrivals, messages that wait, replicas; what limits the first track is shaded. */
export function drawSvg(timeline: Timeline): string {
  const { title, durationSeconds, sent, tracks } = timeline;
  const [first] = tracks;
  const panels: (readonly [string, readonly Line[]])[] = [];
  if (sent !== null) {
    const values = perSecond(means(sent, buckets));
    panels.push(['messages per second', [{ values, colour: '#56b4e9', isArea: true }]]);
  }
  panels.push(['messages that wait', linesOf(sent === null ? tracks.slice(0, 1) : tracks, ({ visible }) => visible)]);
  panels.push(['replicas', linesOf(tracks, ({ living }) => living)]);
  const height = top + panels.length * (panelHeight + panelGap);
  const body = panels.map(([name, lines], index) => {
    const y = top + index * (panelHeight + panelGap);
    return panel(name, lines, durationSeconds, y);
  });
  const shades = first === undefined ? '' : limits(first, durationSeconds, height - panelGap);
  const marks = first === undefined ? '' : changes(first, durationSeconds, height - panelGap);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="${left}" y="20" font-size="15" font-weight="bold">${escapeXml(title)}</text>`,
    legend(tracks),
    shades,
    ...body,
    marks,
    '</svg>',
    '',
  ].join('\n');
}

function linesOf(tracks: readonly Track[], values: (track: Track) => ArrayLike<number>): readonly Line[] {
  return tracks.map((track, index) => ({ values: peaks(values(track), buckets), colour: colourOf(index) }));
}

function colourOf(index: number): string {
  return colours[index % colours.length] ?? '#000000';
}

function panel(name: string, lines: readonly Line[], durationSeconds: number, y: number): string {
  const most = roundUp(Math.max(...lines.flatMap(({ values }) => values)));
  const bottom = y + panelHeight;
  const marks = timeMarks(durationSeconds).map((seconds) => {
    const x = xOf(seconds, durationSeconds);
    const line = `<line x1="${x}" y1="${y}" x2="${x}" y2="${bottom}" stroke="#eeeeee"/>`;
    return `${line}<text x="${x}" y="${bottom + 16}" text-anchor="middle" fill="#666666">${formatTime(seconds)}</text>`;
  });
  const labels = [0, most / 2, most].map((value) => {
    const at = bottom - (value / most) * panelHeight;
    const line = `<line x1="${left}" y1="${at}" x2="${width - right}" y2="${at}" stroke="#dddddd"/>`;
    return `${line}<text x="${left - 6}" y="${at + 4}" text-anchor="end" fill="#666666">${value}</text>`;
  });
  // The last line is the lowest, so that the first is never hidden.
  const drawn = lines.map((line) => path(line, most, bottom)).reverse();
  return [
    '<g>',
    ...marks,
    ...labels,
    ...drawn,
    `<text x="${left}" y="${y - 6}" fill="#333333">${name}</text>`,
    '</g>',
  ].join('\n');
}

function path({ values, colour, isArea = false }: Line, most: number, bottom: number): string {
  const step = plotWidth / values.length;
  const points = values.flatMap((value, index) => {
    // In the middle of a level stretch a point says nothing.
    if (value === values[index - 1] && value === values[index + 1]) return [];
    return [`${round(left + index * step)},${round(bottom - (value / most) * panelHeight)}`];
  });
  const lines = points.join(' ');
  if (!isArea) return `<polyline points="${lines}" fill="none" stroke="${colour}" stroke-width="1.5"/>`;
  const end = round(left + (values.length - 1) * step);
  return `<polygon points="${left},${bottom} ${lines} ${end},${bottom}" fill="${colour}" fill-opacity="0.5"/>`;
}

/** What keeps throughput from growing although there is work, and for how long. */
function limits({ orders }: Track, durationSeconds: number, bottom: number): string {
  const bands = orders.map(({ seconds, limitedBy }, index) => {
    if (moreWouldHelp(limitedBy)) return '';
    const from = xOf(seconds, durationSeconds);
    const to = xOf(orders[index + 1]?.seconds ?? durationSeconds, durationSeconds);
    const hint = `<title>limited by ${escapeXml(limitedBy)}</title>`;
    const place = `x="${from}" y="${top}" width="${round(to - from)}" height="${bottom - top}"`;
    return `<rect ${place} fill="${limitColour}" fill-opacity="0.12">${hint}</rect>`;
  });
  return bands.filter((band) => band !== '').join('\n');
}

/** A tick for each change of the first track; its sentence shows under the pointer. */
function changes({ orders }: Track, durationSeconds: number, bottom: number): string {
  const marks = orders.map(({ seconds, why }) => {
    const x = xOf(seconds, durationSeconds);
    const hint = `<title>${formatTime(seconds)} ${escapeXml(why)}</title>`;
    return `<path d="M${x} ${bottom} l-4 8 h8 z" fill="${colourOf(0)}">${hint}</path>`;
  });
  return marks.join('\n');
}

function legend(tracks: readonly Track[]): string {
  const items = tracks.map(({ title }, index) => {
    const x = left + index * 180;
    const swatch = `<rect x="${x}" y="28" width="14" height="4" fill="${colourOf(index)}"/>`;
    return `${swatch}<text x="${x + 20}" y="34" fill="#333333">${escapeXml(title)}</text>`;
  });
  const x = left + tracks.length * 180;
  const swatch = `<rect x="${x}" y="24" width="14" height="12" fill="${limitColour}" fill-opacity="0.25"/>`;
  return `${items.join('')}${swatch}<text x="${x + 20}" y="34" fill="#333333">more would not help</text>`;
}

function xOf(seconds: number, durationSeconds: number): number {
  return round(left + (seconds / durationSeconds) * plotWidth);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
