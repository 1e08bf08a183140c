import { html, type Markup } from '../../conformance/report/html/markup.ts';
import { duration } from '../../conformance/report/words.ts';
import type { ScenarioResult, StepResult } from '../model.ts';

const TICKS = 6;

/** When what happened: a bar for each step, and below them a mark for each event on chain. */
export function timeline({ steps, moments, duration_ms: total }: ScenarioResult): Markup {
  const played = steps.filter(({ verdict }) => verdict !== 'not_run');
  const from = played[0]?.at_ms ?? 0;
  const until = Math.max(
    from + 1,
    ...played.map((one) => one.at_ms + one.duration_ms),
    ...(played.length === 0 ? [total] : []),
  );
  const place = (ms: number): string => (((ms - from) / (until - from)) * 100).toFixed(2);
  const seen = moments.filter(({ at_ms: at }) => at >= from && at <= until);
  return html`<figure class="timeline" aria-label="Timeline">
    ${played.map((step) => bar(step, place))}
    ${
      seen.length > 0 &&
      html`<div class="lane chain" title="events on chain">
        ${seen.map(
          ({ at_ms: at, name, what }) =>
            html`<i
              class="${name}"
              style="left:${place(at)}%"
              title="${(at / 1000).toFixed(2)} s ${name} ${what}"
            ></i>`,
        )}
      </div>`
    }
    <div class="axis">
      ${Array.from({ length: TICKS + 1 }, (_, tick) => {
        const ms = from + ((until - from) * tick) / TICKS;
        return html`<span style="left:${place(ms)}%">${duration(ms)}</span>`;
      })}
    </div>
    ${
      seen.length > 0 &&
      html`<figcaption class="small soft">
        Steps, and ${seen.length} events on chain: <i class="key K8sAPIRequest"></i> request,
        <i class="key K8sAPIResult"></i> result.
      </figcaption>`
    }
  </figure>`;
}

function bar(step: StepResult, place: (ms: number) => string): Markup {
  const left = place(step.at_ms);
  const width = (Number(place(step.at_ms + step.duration_ms)) - Number(left)).toFixed(2);
  const end = Number(left) + Number(width);
  // Words stand where there is room: after a bar, before one that reaches far to the right, or in one that fills the row.
  const side = end < 85 ? 'after' : Number(left) > 15 ? 'before' : 'within';
  const label =
    side === 'after'
      ? `left:${end.toFixed(2)}%`
      : `${side === 'before' ? 'right' : 'left'}:${(side === 'before' ? 100 - Number(left) : Number(left)).toFixed(2)}%`;
  return html`<div class="lane ${step.verdict}">
    <i style="left:${left}%;width:max(${width}%,3px)" title="${step.said}"></i
    ><span class="${side}" style="${label}">${step.step}</span>
  </div>`;
}
