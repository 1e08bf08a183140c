import { fact, startAndLength } from '../../conformance/report/html/facts.ts';
import { html, trusted, type Content, type Markup } from '../../conformance/report/html/markup.ts';
import { STYLE } from '../../conformance/report/html/style.ts';
import { duration, show } from '../../conformance/report/words.ts';
import type { ScenarioReport, ScenarioResult, StepResult } from '../model.ts';
import { evidenceTable } from './evidence.ts';
import { timeline } from './timeline.ts';
import { SCENARIO_STYLE } from './style.ts';

const SIGNS = { pass: '✓', fail: '✕', untestable: '?', harness_error: '⚡', not_run: '·' } as const;
const HEADLINES = {
  pass: 'All scenarios passed',
  fail: 'Not all scenarios passed',
  harness_error: 'The suite itself failed',
} as const;
const STYLE_TAG = trusted(`<style>${STYLE}${SCENARIO_STYLE}</style>`);

/** The report of scenarios as one HTML file without any other file, host or script. */
export function renderScenarios(report: ScenarioReport): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${HEADLINES[report.outcome]} (${report.target})</title>
        ${STYLE_TAG}
      </head>
      <body>
        <div class="page">
          ${header(report)}
          <main>${overview(report)} ${report.scenarios.map(scenarioCard)}</main>
        </div>
      </body>
    </html> `;
  return page.text;
}

function header(report: ScenarioReport): Markup {
  return html`<header class="top">
    <div>
      <p class="eyebrow">Scenarios of ${report.target}, parts by provider ${report.provider}</p>
      <h1 class="verdict ${report.outcome}">
        <span class="seal" aria-hidden="true">${SIGNS[report.outcome]}</span>${HEADLINES[report.outcome]}
      </h1>
      <dl class="facts">
        ${startAndLength(report)}${fact('Seed', report.seed)}${fact('Suite', `${report.suite.name} ${report.suite.version}`)}
      </dl>
      ${report.lacking.length > 0 && html`<p class="small soft">This provider lacks: ${report.lacking.join('; ')}.</p>`}
    </div>
  </header>`;
}

function overview({ scenarios }: ScenarioReport): Markup {
  return html`<section class="card box">
    <ul>
      ${scenarios.map(
        (one) =>
          html`<li>
            <b class="sign ${one.verdict}">${SIGNS[one.verdict]}</b><a href="#${one.name}">${one.name}</a
            ><span class="one">${one.title}<span class="soft"> ${duration(one.duration_ms)}</span></span>
          </li>`,
      )}
    </ul>
  </section>`;
}

function scenarioCard(result: ScenarioResult): Markup {
  const { name, title, verdict, reason, requirements, cluster } = result;
  return html`<section class="card scenario ${verdict}" id="${name}">
    <h2><b class="sign ${verdict}">${SIGNS[verdict]}</b> ${name}</h2>
    <p class="soft">
      ${title}${requirements.length > 0 && html` <span class="mono">${requirements.join(' ')}</span>`}
      ${cluster !== undefined && html` <span class="soft">in front of ${cluster}</span>`}
    </p>
    ${reason && html`<p class="why">${reason}</p>`}
    ${result.steps.some((one) => one.verdict !== 'not_run') && timeline(result)}
    <ol class="steps">
      ${result.steps.map(stepRow)}
    </ol>
    ${evidenceTable(result.evidence)} ${aftermath(result)}
  </section>`;
}

function stepRow(step: StepResult): Markup {
  return html`<li class="${step.verdict}">
    <b class="sign ${step.verdict === 'not_run' ? 'skip' : step.verdict}">${SIGNS[step.verdict]}</b>
    <div>
      <span>${step.said}</span>
      ${step.verdict !== 'not_run' && html`<span class="soft small"> ${duration(step.duration_ms)}</span>`}
      ${step.notes.map((note) => html`<p class="small soft told">${note}</p>`)}
      ${step.message && html`<p class="why">${step.message}</p>`}
      ${
        step.wanted !== undefined &&
        html`<p class="small">wanted</p>
          <pre>${show(step.wanted)}</pre>`
      }
      ${
        step.got !== undefined &&
        html`<p class="small">got</p>
          <pre>${show(step.got)}</pre>`
      }
    </div>
  </li>`;
}

/** Logs and requests, of a scenario that failed. */
function aftermath({ logs, exchanges, kept }: ScenarioResult): Content {
  return [
    kept && html`<p class="small soft">Its folder was kept: <code>${kept}</code></p>`,
    ...Object.entries(logs ?? {}).map(
      ([part, text]) =>
        html`<details>
          <summary>Log of ${part}</summary>
          <pre>${text}</pre>
        </details>`,
    ),
    exchanges &&
      html`<details>
        <summary>Last requests of the suite</summary>
        <pre>
${exchanges.map(({ at_ms, request, response, error }) => `${(at_ms / 1000).toFixed(2)} s ${request.method} ${request.url} ${response?.status ?? error ?? 'no answer'}\n`).join('')}</pre>
      </details>`,
  ];
}
