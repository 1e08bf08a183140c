import { isAnswered } from '../../../conformance/history/availability.ts';
import type { FaultsResult } from '../run.ts';
import { renderSummary } from './summary.ts';

const [LEFT, WIDTH, BAR, ROW] = [170, 1000, 60, 18];
const STYLE = `body{font:14px system-ui;margin:2em;max-width:1240px}pre{background:#f4f4f4;padding:1em;overflow:auto}
text{font-size:11px;fill:#333}.up{fill:#6a9}.down{fill:#c44}.fault{fill:#d80}.recovery{fill:#fc9}.grid{stroke:#ddd}`;

/** One page without scripts: answered and unanswered operations of each second above the faults of each place. */
export function renderTimeline(result: FaultsResult): string {
  const { faults, judgement, durationMs } = result;
  const x = (ms: number): number => LEFT + (Math.min(ms, durationMs) / durationMs) * WIDTH;
  const places = [...new Set(faults.map(({ kind, on }) => `${kind} ${on}`))].toSorted();
  const height = BAR + 30 + places.length * ROW;
  const seconds = Map.groupBy(judgement.operations, (one) => Math.floor(one.invokedMs / 1000));
  const most = Math.max(1, ...[...seconds.values()].map((list) => list.length));
  const bars = [...seconds].flatMap(([second, list]) => {
    const answered = list.filter(isAnswered).length;
    const [up, all] = [(answered / most) * BAR, (list.length / most) * BAR];
    const place = `x="${x(second * 1000).toFixed(1)}" width="${Math.max(0.5, (WIDTH * 1000) / durationMs - 0.3).toFixed(1)}"`;
    return [
      `<rect class="up" ${place} y="${(BAR - up).toFixed(1)}" height="${up.toFixed(1)}"/>`,
      `<rect class="down" ${place} y="${(BAR - all).toFixed(1)}" height="${(all - up).toFixed(1)}"/>`,
    ];
  });
  const rows = places.map(
    (name, index) => `<text x="0" y="${BAR + 30 + index * ROW + 12}">${escape(name)}</text>`,
  );
  const spans = faults.flatMap((fault) => {
    const y = BAR + 30 + places.indexOf(`${fault.kind} ${fault.on}`) * ROW;
    const span = (from: number, to: number, kind: string): string =>
      `<rect class="${kind}" x="${x(from).toFixed(1)}" y="${y}" width="${Math.max(1.5, x(to) - x(from)).toFixed(1)}" height="${ROW - 5}"><title>${escape(`${fault.name}: ${(fault.startMs / 1000).toFixed(1)} s, for ${((fault.healedMs - fault.startMs) / 1000).toFixed(1)} s`)}</title></rect>`;
    const end = fault.recoveredMs ?? durationMs;
    return [span(fault.healedMs, end, 'recovery'), span(fault.startMs, fault.healedMs, 'fault')];
  });
  const ticks = Array.from({ length: 11 }, (_, index) => {
    const at = (durationMs * index) / 10;
    return `<line class="grid" x1="${x(at)}" x2="${x(at)}" y1="0" y2="${height}"/><text x="${x(at)}" y="${BAR + 15}">${(at / 1000).toFixed(0)} s</text>`;
  });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Faults, seed ${result.seed}</title><style>${STYLE}</style>
<h1>${escape(result.target)} under faults</h1>
<p>Operations begun in each second: answered green, not answered red. Faults: dark while they last, light until reads and writes are served again.</p>
<svg viewBox="0 0 ${LEFT + WIDTH + 30} ${height}">${[...ticks, ...bars, ...rows, ...spans].join('')}</svg>
<pre>${escape(renderSummary(result))}</pre></html>
`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
