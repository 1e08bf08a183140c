import { html, type Content, type Markup } from '../../conformance/report/html/markup.ts';
import type { Evidence, WorkerEffect } from '../model.ts';

/** Each accepted request at every hop, joined by its id. */
export function evidenceTable(evidence: readonly Evidence[]): Content {
  if (evidence.length === 0) return undefined;
  return html`<details open>
    <summary>Evidence, joined by request id <span class="soft">${evidence.length}</span></summary>
    <div class="wide">
      <table class="evidence">
        <tr>
          <th>request id</th>
          <th>gateway</th>
          <th>chain, request and result</th>
          <th>enclave</th>
          <th>worker</th>
        </tr>
        ${evidence.map(row)}
      </table>
    </div>
  </details>`;
}

function row({ request_id: id, method, path, gateway, chain, enclave, workers }: Evidence): Markup {
  return html`<tr>
    <td class="mono">${id}<br /><span class="soft">${method} ${path}</span></td>
    <td>
      ${gateway.status}<br /><span class="mono soft" title="SHA-256 of the body"
        >${short(gateway.body_digest)}</span
      >
    </td>
    <td class="mono">
      ${short(chain.request.transaction)} <span class="soft">checkpoint ${chain.request.checkpoint}</span
      ><br />
      ${short(chain.result.transaction)} <span class="soft">checkpoint ${chain.result.checkpoint}</span>
    </td>
    <td>
      ${
        enclave
          ? html`key ${enclave.key_version}<br /><span class="mono soft" title="${enclave.signature}"
                >signature ${short(enclave.signature)}</span
              >`
          : html`<span class="soft">not readable</span>`
      }
    </td>
    <td>${workers?.map(effect) ?? html`<span class="soft">none to be seen</span>`}</td>
  </tr>`;
}

function effect({ node, pod, pod_ip: address }: WorkerEffect): Markup {
  return html`<div><span class="mono">${pod}</span> on <span class="mono">${node}</span> as ${address}</div>`;
}

const short = (text: string): string => `${text.slice(0, 10)}…`;
