import { isFlaky } from '../verdict.ts';
import type { Counts, Report, Verdict } from '../model.ts';
import { notable, VERDICT_WORDS } from '../words.ts';
import { fact, startAndLength } from './facts.ts';
import { html } from './markup.ts';
import type { Content, Markup } from './markup.ts';
import { glyph } from './requirement.ts';

/** Order of bars, figures and buttons: good news first, as one reads a bar. */
export const SHOWN: readonly Verdict[] = ['pass', 'fail', 'untestable', 'harness_error', 'warn', 'skip'];

const HEADLINES: Readonly<Record<Report['outcome'], { words: string; verdict: Verdict; sign: string }>> = {
  conformant: { words: 'Conformant', verdict: 'pass', sign: '✓' },
  only_expected_failures: { words: 'Only expected failures', verdict: 'warn', sign: '!' },
  not_conformant: { words: 'Not conformant', verdict: 'fail', sign: '✕' },
  harness_error: { words: 'The suite itself failed', verdict: 'harness_error', sign: '⚡' },
};

const LISTED = 12;

/** Verdict, facts of the run and the figures. */
export function header(report: Report): Markup {
  const { words, verdict, sign } = HEADLINES[report.outcome];
  const { target, suite, selection } = report;
  const partial = (selection?.omitted ?? 0) > 0;
  return html`<header class="top">
    <div>
      <p class="eyebrow">K3s-DaaS conformance of ${target.name}${target.version && ` ${target.version}`}</p>
      <h1 class="verdict ${verdict}"><span class="seal" aria-hidden="true">${sign}</span>${words}</h1>
      ${target.description && html`<p class="soft">${target.description}</p>`}
      <dl class="facts">
        ${startAndLength(report)}${fact('Chain', target.chain)}${fact('Seed', report.seed)}${report.repeat > 1 && fact('Repeated', `${report.repeat} times`)}${report.strict && fact('Strict', 'SHOULD counts as MUST')}${fact('Features', target.features.join(', ') || 'none claimed')}${fact('Suite', `${suite.name} ${suite.version}`)}
      </dl>
      ${partial && html`<p class="small soft">A part of the profiles only: ${selection?.omitted} requirements were left out${selection && selection.only.length > 0 && `, only ${selection.only.join(', ')}`}${selection && selection.exclude.length > 0 && `, without ${selection.exclude.join(', ')}`}.</p>`}
    </div>
    <button type="button" class="theme" id="theme">Dark theme</button>
  </header>`;
}

/** Requirements by verdict, and checks expected and run. */
export function figures(report: Report): Markup {
  const { counts } = report;
  const checks =
    counts.expected === counts.emitted
      ? `${counts.emitted} checks ran`
      : `${counts.emitted} of ${counts.expected} checks reported`;
  return html`<section class="card counts" aria-label="Counts">
    ${bar(counts)}
    <ul class="legend">
      ${SHOWN.map(
        (verdict) =>
          html`<li class="${verdict}${counts[verdict] === 0 && ' zero'}">
            <b>${counts[verdict]}</b>${VERDICT_WORDS[verdict]}
          </li>`,
      )}
      <li class="end small soft">
        ${checks}${report.not_covered.length > 0 && `, ${report.not_covered.length} requirements without a check`}
      </li>
    </ul>
  </section>`;
}

function bar(counts: Counts): Markup {
  return html`<div class="bar" aria-hidden="true">
    ${SHOWN.filter((verdict) => counts[verdict] > 0).map(
      (verdict) => html`<i class="${verdict}" style="flex:${counts[verdict]} 1 0"></i>`,
    )}
  </div>`;
}

/** What a reader should look at first; nothing when all is well. */
export function attention(report: Report): Content {
  const found = notable(report).filter(({ verdict }) => verdict !== 'warn');
  const flaky = report.requirements.filter(({ checks }) => checks.some(isFlaky));
  const { missing } = report.environment;
  return [
    report.problems.length > 0 &&
      html`<section class="card box fail">
        <h2>Problems of the run</h2>
        <ul>
          ${report.problems.map((problem) => html`<li class="plain">${problem}</li>`)}
        </ul>
      </section>`,
    found.length > 0 &&
      html`<section class="card box ${found[0]?.verdict}">
        <h2>Look at these first</h2>
        <ul>
          ${found
            .slice(0, LISTED)
            .map(
              ({ id, verdict, text }) =>
                html`<li>
                  ${glyph(verdict)}<a class="mono" href="#${id}">${id}</a><span class="one">${text}</span>
                </li>`,
            )}
        </ul>
        ${found.length > LISTED && html`<p class="small soft">and ${found.length - LISTED} more below</p>`}
      </section>`,
    flaky.length > 0 &&
      html`<section class="card box warn">
        <h2>Not stable over its repetitions</h2>
        <ul>
          ${flaky.map(
            ({ id, verdict, text }) =>
              html`<li>
                ${glyph(verdict)}<a class="mono" href="#${id}">${id}</a><span class="one">${text}</span>
              </li>`,
          )}
        </ul>
      </section>`,
    missing.length > 0 &&
      html`<section class="card box warn">
        <h2>Missing on this machine</h2>
        <ul>
          ${missing.map(({ part, reason }) => html`<li class="plain"><b>${part}</b> ${reason}</li>`)}
        </ul>
      </section>`,
  ];
}

/** One card a profile; with script, a button that filters by it. */
export function profileCards(report: Report): Markup {
  return html`<section class="profiles" aria-label="Profiles">
    ${report.profiles.map(({ name, verdict, counts }) => {
      const total = SHOWN.reduce((sum, one) => sum + counts[one], 0);
      const words = total === 0 ? 'no checks' : `${counts.pass} of ${total} passed`;
      return html`<button
        type="button"
        class="card profile"
        data-filter="profile"
        data-value="${name}"
        aria-pressed="false"
      >
        <span class="name">${glyph(verdict)}${name}</span>${bar(counts)}<span class="small soft"
          >${words}</span
        >
      </button>`;
    })}
  </section>`;
}

function chip(key: string, value: string, words: string, count: number): Markup {
  return html`<button
    type="button"
    class="chip ${key === 'verdict' && value}"
    data-filter="${key}"
    data-value="${value}"
    aria-pressed="false"
  >
    ${words}<span class="n">${count}</span>
  </button>`;
}

/** Search and filters. */
export function toolbar(report: Report): Markup {
  const levels = (['MUST', 'SHOULD', 'MAY'] as const).map((level) => ({
    level,
    count: report.requirements.filter((result) => result.level === level).length,
  }));
  return html`<div class="tools" role="search">
    <div class="row">
      <input
        class="search"
        id="search"
        type="search"
        placeholder="Search ids, sentences, checks, defects, mutants"
        aria-label="Search requirements"
        autocomplete="off"
        spellcheck="false"
      />
      <span class="small soft" id="shown" role="status">${report.requirements.length} requirements</span>
      <button type="button" class="plainbutton" id="reset" hidden>Show all</button>
      <button type="button" class="plainbutton" id="expand">Expand or collapse</button>
    </div>
    <div class="row">
      ${SHOWN.filter((verdict) => report.counts[verdict] > 0).map((verdict) => chip('verdict', verdict, VERDICT_WORDS[verdict], report.counts[verdict]))}<span
        class="gap"
      ></span
      >${levels
        .filter(({ count }) => count > 0)
        .map(({ level, count }) => chip('level', level, level, count))}
    </div>
  </div>`;
}
