import { duration } from '../words.ts';
import { html, type Markup } from './markup.ts';

/** A name and what it is, for a list of facts. */
export function fact(name: string, value: string | number): Markup {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

/** When a run began and how long it took. */
export function startAndLength(run: { readonly started_at: string; readonly duration_ms: number }): Markup {
  const started = run.started_at.replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
  return html`${fact('Started', started)}${fact('Took', duration(run.duration_ms))}`;
}
