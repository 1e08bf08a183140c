import { createHash } from 'node:crypto';
import type { Defect } from '../../requirements/catalogue.ts';
import type { Report, RequirementResult } from '../model.ts';
import { VERDICTS } from '../model.ts';
import { createRedactor } from '../redact.ts';
import type { Redactor } from '../redact.ts';
import { verdictLine } from '../words.ts';
import { loadSection } from './load.ts';
import { html, trusted } from './markup.ts';
import type { Content, Markup } from './markup.ts';
import { attention, figures, header, profileCards, toolbar } from './overview.ts';
import { requirementRow } from './requirement.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

// Kept out of the template: the policy's hash is over every byte between the tags, which a formatter may change.
const SCRIPT_TAG = trusted(`<script>${SCRIPT}</script>`);
const STYLE_TAG = trusted(`<style>${STYLE}</style>`);

export interface HtmlOptions {
  readonly redactor?: Redactor;
  /** Titles of the defects, shown where a requirement guards against one. */
  readonly defects?: readonly Defect[];
}

/**
 * The report as one HTML file without any other file or host. A content security policy allows no script but the one
 * within, whatever a target has sent.
 */
export function renderHtml(report: Report, options: HtmlOptions = {}): string {
  const { redactor = createRedactor(), defects = [] } = options;
  const clean = redactor.value(report);
  const titles = new Map<string, string>(defects.map(({ id, title }) => [id, title]));
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src '${hashOf(SCRIPT)}'; base-uri 'none'; form-action 'none'"
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="generator" content="${clean.suite.name} ${clean.suite.version}" />
        <title>${verdictLine(clean)} (${clean.target.name})</title>
        ${STYLE_TAG}
      </head>
      <body>
        <div class="page">
          <a class="skip-link" href="#requirements">Skip to the requirements</a>
          ${header(clean)}
          <main>
            ${figures(clean)} ${attention(clean)} ${profileCards(clean)} ${toolbar(clean)}
            <div id="requirements" tabindex="-1">
              ${clean.profiles.map(({ name }) =>
                group(
                  name,
                  clean.requirements.filter((one) => one.profile === name),
                  titles,
                ),
              )}
              <div class="card empty" id="nothing" hidden>
                Nothing matches. <button type="button" class="plainbutton" id="clear">Show all</button>
              </div>
            </div>
            ${loadSection(clean)} ${notCovered(clean)} ${environment(clean)}
          </main>
          <footer>
            <p class="keys">
              <kbd>/</kbd> search, <kbd>j</kbd> <kbd>k</kbd> next and previous requirement,
              <kbd>Enter</kbd> open, <kbd>Esc</kbd> clear the search
            </p>
          </footer>
        </div>
        ${SCRIPT_TAG}
      </body>
    </html> `;
  return page.text;
}

/** A profile's requirements, the worst first. */
function group(
  name: string,
  results: readonly RequirementResult[],
  titles: ReadonlyMap<string, string>,
): Content {
  if (results.length === 0) return undefined;
  const sorted = results.toSorted((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict));
  return html`<section class="group">
    <h2>${name} <span class="small soft">${results.length}</span></h2>
    <div class="card rows">${sorted.map((result) => requirementRow(result, titles))}</div>
  </section>`;
}

function notCovered({ not_covered: list }: Report): Content {
  if (list.length === 0) return undefined;
  return html`<details class="card fold">
    <summary>Requirements without a check <span class="soft">${list.length}</span></summary>
    <p class="small soft">No check of this run observes these. They count neither as passed nor as failed.</p>
    <table>
      ${list.map(
        ({ id, level, text, excluded }) =>
          html`<tr>
            <th scope="row"><code>${id}</code></th>
            <td class="level">${level}</td>
            <td>${text}${excluded && html` <span class="soft">Not observable: ${excluded}</span>`}</td>
          </tr>`,
      )}
    </table>
  </details>`;
}

function row(name: string, value: string): Markup {
  return html`<tr>
    <th scope="row">${name}</th>
    <td>${value}</td>
  </tr>`;
}

function environment({ environment: machine, suite, schema_version: version }: Report): Markup {
  return html`<details class="card fold">
    <summary>Environment</summary>
    <table>
      ${row('Node', machine.node)}${row('Platform', machine.platform)}${row('Cores', String(machine.cores))}${row('Suite', `${suite.name} ${suite.version}`)}${row('Report schema', version)}
      ${machine.missing.map(({ part, reason }) => row(`Missing: ${part}`, reason))}
    </table>
  </details>`;
}

function hashOf(script: string): string {
  return `sha256-${createHash('sha256').update(script).digest('base64')}`;
}
