import type { CheckResult, Exchange, RequirementResult, Verdict } from '../model.ts';
import { isFlaky } from '../verdict.ts';
import { duration, show, VERDICT_WORDS } from '../words.ts';
import { html } from './markup.ts';
import type { Content, Markup } from './markup.ts';

const GLYPHS: Readonly<Record<Verdict, string>> = {
  pass: '✓',
  fail: '✕',
  warn: '!',
  skip: '–',
  untestable: '?',
  harness_error: '⚡',
};

/** A passed check's traffic is there to be looked up, not to be read: less of it is kept. */
const LIMITS = { passed: { exchanges: 5, body: 1_000 }, other: { exchanges: 20, body: 8_000 } };

/** The sign of a verdict, with its word for those who cannot see it. */
export function glyph(verdict: Verdict): Markup {
  const word = VERDICT_WORDS[verdict];
  return html`<span class="glyph ${verdict}" role="img" aria-label="${word}" title="${word}"
    >${GLYPHS[verdict]}</span
  >`;
}

/** One row of the list: the sentence, and behind it the checks with their evidence. */
export function requirementRow(result: RequirementResult, defects: ReadonlyMap<string, string>): Markup {
  const { id, verdict, level, profile, feature, text, checks } = result;
  const known = result.expected_failure;
  const told = result.reason === undefined || checks.some(({ message }) => message === result.reason);
  const words = [profile, feature ?? '', VERDICT_WORDS[verdict], ...(result.defects ?? [])].join(' ');
  return html`<details
    class="req"
    id="${id}"
    data-verdict="${verdict}"
    data-level="${level}"
    data-profile="${profile}"
    data-words="${words}"
  >
    <summary>
      ${glyph(verdict)}<code class="id searchable">${id}</code><span class="level">${level}</span
      ><span class="text searchable">${text}</span
      ><span class="tags"
        >${
          known && html`<span class="tag v warn">expected</span> `
        }${checks.some(isFlaky) && html`<span class="tag v warn">flaky</span> `}${feature && html`<span class="tag">${feature}</span>`}</span
      >
    </summary>
    <div class="inner">
      <div class="about">
        ${result.source && html`<span>Protocol ${result.source}</span>`}${(result.defects ?? []).map(
          (defect) => html`<span class="searchable"><b>${defect}</b> ${defects.get(defect) ?? ''}</span>`,
        )}
      </div>
      ${known && html`<p class="note warn">Expected until ${known.expires}, owned by ${known.owner}: ${known.reason}</p>`}
      ${!told && html`<p class="note ${verdict}">${result.reason}</p>`} ${checks.map(checkBlock)}
    </div>
  </details> `;
}

function checkBlock(check: CheckResult): Markup {
  const { id, title, verdict, mutants, message, hint, sent, wanted, got, curl } = check;
  const limits = verdict === 'pass' ? LIMITS.passed : LIMITS.other;
  const seed = check.seed === undefined ? '' : ` · seed ${check.seed}`;
  return html`<section class="check ${verdict}">
    <div class="head">
      ${glyph(verdict)}<code class="searchable">${id}</code><span class="searchable">${title}</span
      ><span class="small soft">${duration(check.duration_ms)}${seed}</span>
    </div>
    ${message && html`<p class="message searchable">${message}</p>`}
    ${hint && html`<p class="small soft">${hint}</p>`} ${attempts(check)}
    <div class="panes">${pane('Sent', sent)}${pane('Wanted', wanted, got)}${pane('Got', got, wanted)}</div>
    ${
      curl &&
      html`<div class="curl">
        <h4 class="label">Try it</h4>
        <div class="line">
          <pre>${curl}</pre>
          <button type="button" class="copy" aria-label="Copy the command">Copy</button>
        </div>
      </div>`
    }
    ${faultPlans(check)}${traffic(check.exchanges, limits)}
    ${mutants.length > 0 && html`<p class="small soft">Catches the mutants <span class="mono searchable">${mutants.join(', ')}</span></p>`}
  </section>`;
}

function attempts({ attempts: all }: CheckResult): Content {
  if (all === undefined) return undefined;
  return html`<p class="small">
    ${all.length} attempts ${all.map(({ verdict }) => html` ${glyph(verdict)}`)}
  </p>`;
}

/** What the fake master was told to do wrong. */
function faultPlans({ fault_plans: plans = [] }: CheckResult): Content {
  if (plans.length === 0) return undefined;
  return html`<details class="traffic">
    <summary>Fault plans: ${String(plans.length)}</summary>
    ${plans.map((plan) => html`<pre>${JSON.stringify(plan)}</pre>`)}
  </details>`;
}

/** A value in its pane; lines that the other side does not have are marked. */
function pane(name: string, value: unknown, other?: unknown): Content {
  if (value === undefined) return undefined;
  const theirs = other === undefined ? undefined : new Set(show(other).split('\n').map(bare));
  const lines = show(value).split('\n');
  const body = lines.map((line, index) => {
    const end = index === lines.length - 1 ? '' : '\n';
    return theirs === undefined || theirs.has(bare(line))
      ? html`${line}${end}`
      : html`<mark>${line}</mark>${end}`;
  });
  return html`<div class="pane ${name.toLowerCase()}">
    <h4>${name}</h4>
    <pre>${body}</pre>
  </div>`;
}

const bare = (line: string): string => line.trim().replace(/,$/, '');

function traffic(exchanges: readonly Exchange[], limits: { exchanges: number; body: number }): Content {
  if (exchanges.length === 0) return undefined;
  const shown = exchanges.slice(-limits.exchanges);
  const left = exchanges.length - shown.length;
  const count = exchanges.length === 1 ? '1 exchange' : `${exchanges.length} exchanges`;
  return html`<details class="traffic">
    <summary>Traffic: ${count}</summary>
    ${left > 0 && html`<p class="soft">The first ${left} are in the JSON report.</p>`}
    ${shown.map((exchange) => exchangeBlock(exchange, limits.body))}
  </details>`;
}

function exchangeBlock({ request, response, error, at_ms, duration_ms }: Exchange, limit: number): Markup {
  const outcome = response === undefined ? (error ?? 'no answer') : String(response.status);
  return html`<details class="exchange">
    <summary>
      <code>${request.method} ${request.url} → ${outcome}</code>
      <span class="soft">at ${duration(at_ms)}, took ${duration(duration_ms)}</span>
    </summary>
    <div class="panes">
      ${httpMessage('Request', request, limit)}${response && httpMessage('Response', response, limit)}
    </div>
  </details>`;
}

function httpMessage(
  name: string,
  { headers, body }: { headers: Readonly<Record<string, string>>; body?: string },
  limit: number,
): Markup {
  const lines = Object.entries(headers).map(([header, value]) => `${header}: ${value}`);
  const text = body === undefined || body === '' ? '' : `\n\n${shorten(pretty(body), limit)}`;
  return html`<div class="pane">
    <h4>${name}</h4>
    <pre>${lines.join('\n')}${text}</pre>
  </div>`;
}

function pretty(body: string): string {
  if (!/^\s*[{[]/.test(body)) return body;
  try {
    return JSON.stringify(JSON.parse(body), undefined, 2);
  } catch {
    return body;
  }
}

function shorten(text: string, limit: number): string {
  return text.length > limit
    ? `${text.slice(0, limit)}\n… ${text.length - limit} more characters in the JSON report`
    : text;
}
