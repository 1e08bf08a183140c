/** What the report of scenarios adds to the style of the report of checks. */
export const SCENARIO_STYLE = `
.harness_error .seal,.verdict.harness_error{--v:var(--harness_error)}
.sign{display:inline-block;width:20px;color:var(--v)}
.scenario{padding:18px 20px;margin:16px 0;scroll-margin-top:12px}
.scenario h2{font-size:19px}
.scenario details{margin-top:14px}
.scenario summary{cursor:pointer;font-weight:600}
.scenario pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--code);border:1px solid var(--line);border-radius:8px;padding:10px;max-height:420px;overflow:auto;margin:6px 0}
.why{color:var(--fail);overflow-wrap:anywhere}
.steps{list-style:none;margin:16px 0 0;padding:0}
.steps li{display:grid;grid-template-columns:26px 1fr;padding:3px 0}
.steps li.not_run{opacity:.55}
.steps .told{overflow-wrap:anywhere}
.timeline{margin:16px 0 0;padding:12px 14px 8px;background:var(--code);border-radius:8px;position:relative}
.timeline .lane{position:relative;height:16px;font-size:11px;line-height:14px}
.timeline .lane i{position:absolute;top:3px;height:9px;border-radius:3px;background:var(--v,var(--accent))}
.timeline .lane.pass i{--v:var(--accent)}
.timeline .lane span{position:absolute;padding:0 6px;color:var(--soft);white-space:nowrap}
.timeline .lane span.within{color:var(--card);line-height:15px}
.timeline .lane.chain{margin-top:6px;border-top:1px solid var(--line);height:18px}
.timeline .lane.chain i{width:2px;top:5px;height:11px;border-radius:1px}
.timeline .K8sAPIRequest{background:var(--warn)!important}
.timeline .K8sAPIResult{background:var(--pass)!important}
.timeline .axis{position:relative;height:16px;border-top:1px solid var(--line);font-size:11px;color:var(--soft)}
.timeline .axis span{position:absolute;transform:translateX(-50%);white-space:nowrap}
.timeline .axis span:first-child{transform:none}.timeline .axis span:last-child{transform:translateX(-100%)}
.timeline figcaption{margin-top:6px}
.timeline .key{display:inline-block;width:9px;height:9px;border-radius:2px}
.wide{overflow-x:auto}
.evidence{border-collapse:collapse;width:100%;font-size:13px;margin-top:8px}
.evidence th,.evidence td{text-align:left;vertical-align:top;padding:6px 12px 6px 0;border-top:1px solid var(--line)}
`;
