import type { LoadScenario, LoadTraffic, Report } from '../model.ts';
import { scenarioCharts } from './charts.ts';
import { html } from './markup.ts';
import type { Content, Markup } from './markup.ts';

/** What a load test measured, scenario by scenario; nothing in other reports. */
export function loadSection({ load }: Report): Content {
  if (load === undefined) return undefined;
  return html`<section class="group load">
    <h2>
      Under load <span class="small soft">${load.full ? 'full size' : 'short run'}, ${load.machine}</span>
    </h2>
    ${load.scenarios.map(scenario)}
  </section>`;
}

function scenario(one: LoadScenario): Markup {
  const { name, title, engine, traffics, cpu_ms_per_request: cpu, generator_lag_ms: lag, notes } = one;
  const used = Object.entries(cpu).map(([part, ms]) => `${part} ${ms} ms of processor time a request`);
  const facts = [
    `engine ${engine}`,
    ...used,
    ...(lag === undefined ? [] : [`generator late by ${lag} ms at p99`]),
  ];
  return html`<details class="card fold" id="load-${name}" open>
    <summary>${title} <span class="soft small">${name}</span></summary>
    <p class="small soft">${facts.join(', ')}</p>
    ${traffics.length > 0 && table(traffics)} ${notes.map((note) => html`<p class="small">${note}</p>`)}
    ${scenarioCharts(one)}
  </details>`;
}

const HEAD = [
  'traffic',
  'offered',
  'served',
  'sent',
  'failed',
  'p50',
  'p90',
  'p99',
  'p99.9',
  'max',
  'answers',
];

function table(traffics: readonly LoadTraffic[]): Markup {
  return html`<table class="figures">
    <tr>
      ${HEAD.map((head) => html`<th scope="col">${head}</th>`)}
    </tr>
    ${traffics.map(
      (one) =>
        html`<tr>
          <th scope="row">${one.title}</th>
          <td>${one.rate}/s</td>
          <td>${one.per_second}/s</td>
          <td>${one.intended}</td>
          <td>${one.failed}</td>
          ${[one.p50_ms, one.p90_ms, one.p99_ms, one.p999_ms, one.max_ms].map(
            (value) => html`<td>${value === null ? '–' : `${value} ms`}</td>`,
          )}
          <td class="soft">${statuses(one)}</td>
        </tr>`,
    )}
  </table>`;
}

function statuses({ statuses: counts }: LoadTraffic): string {
  return Object.entries(counts)
    .map(([status, count]) => `${count} × ${status === '0' ? 'none' : status}`)
    .join(', ');
}
