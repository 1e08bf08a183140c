import type { LoadScenario, LoadSecond } from '../model.ts';
import { html } from './markup.ts';
import type { Content, Markup } from './markup.ts';

const WIDTH = 520;
const HEIGHT = 130;
const LEFT = 46;
const BOTTOM = 20;
const TOP = 8;

export interface Line {
  readonly name: string;
  /** Class of its colour. */
  readonly style: 'one' | 'two' | 'three';
  /** Seconds and values; a null interrupts the line. */
  readonly points: readonly (readonly [number, number | null])[];
}

/** Lines over seconds as an inline SVG with a legend; nothing when there is nothing to draw. */
export function lineChart(title: string, unit: string, lines: readonly Line[]): Content {
  const all = lines.flatMap(({ points }) => points);
  const values = all.flatMap(([, value]) => value ?? []);
  if (values.length < 2) return undefined;
  const last = Math.max(1, ...all.map(([second]) => second));
  const highest = niceTop(Math.max(...values));
  const x = (second: number): number => LEFT + (second / last) * (WIDTH - LEFT - 8);
  const y = (value: number): number => HEIGHT - BOTTOM - (value / highest) * (HEIGHT - BOTTOM - TOP);
  const grid = [0, highest / 2, highest];
  return html`<figure class="chart">
    <figcaption>
      ${title}${lines.map(({ name, style }) => html` <span class="key ${style}">${name}</span>`)}
    </figcaption>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">
      ${grid.map(
        (value) =>
          html`<line class="grid" x1="${LEFT}" x2="${WIDTH - 8}" y1="${y(value)}" y2="${y(value)}" /><text
              x="${LEFT - 5}"
              y="${y(value) + 4}"
              text-anchor="end"
              >${short(value)}</text
            >`,
      )}
      <text x="${LEFT}" y="${HEIGHT - 5}">0 s</text>
      <text x="${WIDTH - 8}" y="${HEIGHT - 5}" text-anchor="end">${short(last)} s, ${unit}</text>
      ${lines.map(({ style, points }) => html`<path class="${style}" d="${path(points, x, y)}" />`)}
    </svg>
  </figure>`;
}

function path(points: Line['points'], x: (second: number) => number, y: (value: number) => number): string {
  let pen = 'M';
  const steps: string[] = [];
  for (const [second, value] of points) {
    if (value === null) {
      pen = 'M';
      continue;
    }
    steps.push(`${pen}${x(second).toFixed(1)} ${y(value).toFixed(1)}`);
    pen = 'L';
  }
  return steps.join('');
}

/** The next of 1, 2, 5, 10 … that is not below the value. */
export function niceTop(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power;
}

const short = (value: number): string =>
  value >= 1000 ? `${Math.round(value / 100) / 10}k` : String(Math.round(value * 100) / 100);

/** Charts of one scenario: answers and latency of each traffic, memory of each server. */
export function scenarioCharts({ traffics, memory }: LoadScenario): Markup {
  const parts = [...new Set(memory.map(({ part }) => part))];
  return html`<div class="charts">
    ${traffics.map(({ title, series }) => trafficCharts(title, series))}
    ${lineChart(
      'Resident memory',
      'MB',
      parts.map((part, index) => ({
        name: part,
        style: index === 0 ? 'one' : 'two',
        points: memory.filter((one) => one.part === part).map(({ second, mb }) => [second, mb] as const),
      })),
    )}
  </div>`;
}

function trafficCharts(title: string, series: readonly LoadSecond[]): Content {
  const points = (of: (second: LoadSecond) => number | null): Line['points'] =>
    series.map((second) => [second.second, of(second)] as const);
  return [
    lineChart(`${title}: latency`, 'ms', [
      { name: 'p50', style: 'one', points: points(({ p50_ms }) => p50_ms) },
      { name: 'p99', style: 'two', points: points(({ p99_ms }) => p99_ms) },
    ]),
    lineChart(`${title}: each second`, 'requests', [
      { name: 'served', style: 'one', points: points(({ answered }) => answered) },
      { name: 'failed', style: 'three', points: points(({ failed }) => failed) },
    ]),
  ];
}
