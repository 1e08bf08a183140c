/** Style of the report: system fonts, two themes, and rules for paper. */
export const STYLE = `
:root{color-scheme:light;--bg:#f5f6f8;--card:#fff;--line:#dfe3e9;--text:#1a212b;--soft:#5a6675;--accent:#3b5bdb;--code:#f3f5f8;
--pass:#18794e;--fail:#c5221f;--warn:#8f5b00;--skip:#66717f;--untestable:#a8327b;--harness_error:#6d3fc0;
--pass-bg:#e2f5ea;--fail-bg:#fde8e7;--warn-bg:#fdf1d8;--skip-bg:#eaedf1;--untestable-bg:#fbe6f3;--harness_error-bg:#ece4fb}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;--bg:#0f1318;--card:#171c23;--line:#2a323d;--text:#e4e8ee;--soft:#9aa6b5;--accent:#8ea6ff;--code:#10151b;
--pass:#4cc38a;--fail:#ff7a75;--warn:#f1b54a;--skip:#94a0af;--untestable:#f08cc8;--harness_error:#b79cff;
--pass-bg:#12301f;--fail-bg:#3b1717;--warn-bg:#35280d;--skip-bg:#232a33;--untestable-bg:#361a2c;--harness_error-bg:#281d42}}
:root[data-theme=dark]{color-scheme:dark;--bg:#0f1318;--card:#171c23;--line:#2a323d;--text:#e4e8ee;--soft:#9aa6b5;--accent:#8ea6ff;--code:#10151b;
--pass:#4cc38a;--fail:#ff7a75;--warn:#f1b54a;--skip:#94a0af;--untestable:#f08cc8;--harness_error:#b79cff;
--pass-bg:#12301f;--fail-bg:#3b1717;--warn-bg:#35280d;--skip-bg:#232a33;--untestable-bg:#361a2c;--harness_error-bg:#281d42}
*{box-sizing:border-box}
html{scroll-padding-top:8.5rem}
body{margin:0;background:var(--bg);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.page{max-width:1180px;margin:0 auto;padding:0 24px 64px}
h1,h2,h3,p{margin:0}
h2{font-size:17px;letter-spacing:-.01em}
code,pre,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:12.5px}
a{color:var(--accent)}
button{font:inherit;color:inherit;cursor:pointer}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:4px}
.skip-link{position:absolute;left:-999px}
.skip-link:focus{left:12px;top:12px;background:var(--card);padding:8px 12px;z-index:9}
.soft{color:var(--soft)}
.small{font-size:13px}
.pass{--v:var(--pass);--vb:var(--pass-bg)}.fail{--v:var(--fail);--vb:var(--fail-bg)}.warn{--v:var(--warn);--vb:var(--warn-bg)}
.skip{--v:var(--skip);--vb:var(--skip-bg)}.untestable{--v:var(--untestable);--vb:var(--untestable-bg)}.harness_error{--v:var(--harness_error);--vb:var(--harness_error-bg)}
.top{display:flex;gap:24px;align-items:flex-start;justify-content:space-between;padding:36px 0 20px}
.eyebrow{font-size:13px;color:var(--soft);margin-bottom:4px}
.verdict{display:flex;align-items:center;gap:14px;font-size:34px;line-height:1.15;font-weight:680;letter-spacing:-.025em;color:var(--v)}
.verdict .seal{flex:none;width:42px;height:42px;border-radius:50%;background:var(--v);color:var(--card);display:grid;place-items:center;font-size:22px;font-weight:700}
.top .soft{margin-top:6px}.top .eyebrow{margin-top:0}
.facts{display:flex;flex-wrap:wrap;gap:4px 22px;margin-top:14px;font-size:13.5px}
.facts div{display:flex;gap:6px}.facts dt{color:var(--soft)}.facts dd{margin:0}
dl{margin:0}
.theme{border:1px solid var(--line);background:var(--card);border-radius:8px;padding:6px 12px;font-size:13px;white-space:nowrap}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px}
.counts{padding:18px 20px;margin-bottom:16px}
.bar{display:flex;height:10px;border-radius:5px;overflow:hidden;background:var(--line);gap:2px}
.bar i{display:block;background:var(--v);min-width:4px}
.legend{display:flex;flex-wrap:wrap;gap:6px 26px;margin:14px 0 0;padding:0;list-style:none}
.legend b{font-size:20px;font-weight:640;letter-spacing:-.01em;color:var(--v);margin-right:6px;font-variant-numeric:tabular-nums}
.legend .zero b{color:var(--soft)}.legend .zero{color:var(--soft)}
.legend .end{margin-left:auto;align-self:center}
.box{padding:14px 20px;margin-bottom:16px;border-color:color-mix(in srgb,var(--v) 45%,var(--line))}
.box h2{color:var(--v)}
.box ul{margin:8px 0 0;padding:0;list-style:none}
.box li{padding:3px 0;display:grid;grid-template-columns:20px 8.5rem 1fr;gap:10px;align-items:baseline}
.box li.plain{display:block}
.box li span.one{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.profiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:12px;margin-bottom:8px}
.profile{padding:12px 14px;text-align:left;display:block;width:100%}
.profile .name{display:flex;align-items:center;gap:8px;font-weight:600;margin-bottom:8px}
.profile .bar{height:6px}
.profile .small{margin-top:6px;display:block}
.profile[aria-pressed=true]{border-color:var(--accent);box-shadow:0 0 0 1px var(--accent)}
.tools{position:sticky;top:0;z-index:5;background:var(--bg);padding:14px 0 12px;border-bottom:1px solid var(--line);margin-bottom:18px}
.tools .row{display:flex;flex-wrap:wrap;gap:8px;align-items:center}
.tools .row+.row{margin-top:10px}
.search{flex:1 1 260px;min-width:0;font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:8px 12px}
.chip{border:1px solid var(--line);background:var(--card);border-radius:999px;padding:3px 11px;font-size:13px;display:inline-flex;gap:6px;align-items:center;white-space:nowrap}
.chip .n{color:var(--soft);font-variant-numeric:tabular-nums}
.chip[aria-pressed=true]{background:var(--vb,var(--skip-bg));border-color:var(--v,var(--accent));color:var(--v,var(--text));font-weight:600}
.chip[aria-pressed=true] .n{color:inherit}
.gap{width:10px}
.plainbutton{border:0;background:none;padding:4px 6px;font-size:13px;color:var(--accent)}
.push{margin-left:auto}
html:not(.js) .tools,html:not(.js) .copy,html:not(.js) .theme{display:none}
.glyph{flex:none;display:inline-grid;place-items:center;width:20px;height:20px;border-radius:50%;background:var(--vb);color:var(--v);font-size:12px;font-weight:700;line-height:1}
.group{margin:0 0 26px}
.group>h2{margin:0 0 10px;display:flex;gap:10px;align-items:baseline}
.rows{overflow:hidden}
.req{border-top:1px solid var(--line);content-visibility:auto;contain-intrinsic-size:auto 46px}
.rows>.req:first-child,.req.first{border-top:0}
.req>summary{display:grid;grid-template-columns:20px 8.5rem 4.4rem 1fr auto;gap:12px;padding:10px 16px;align-items:baseline;cursor:pointer;list-style:none}
.req>summary::-webkit-details-marker{display:none}
.req>summary:hover{background:var(--code)}
.req>summary .glyph{align-self:start;margin-top:1px}
.req .id{font-weight:600;white-space:nowrap}
.level{font-size:11.5px;font-weight:600;letter-spacing:.03em;color:var(--soft)}
.tag{font-size:12px;border-radius:5px;padding:1px 7px;background:var(--skip-bg);color:var(--soft);white-space:nowrap}
.tag.v{background:var(--vb);color:var(--v)}
.inner{padding:2px 16px 16px 48px}
.about{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:13px;color:var(--soft);margin-bottom:10px}
.note{background:var(--vb);color:var(--v);border-radius:8px;padding:7px 12px;margin-bottom:10px;font-size:14px}
.check{border:1px solid var(--line);border-radius:8px;padding:10px 14px;margin-top:10px}
.check.fail,.check.untestable,.check.harness_error,.check.warn{border-color:color-mix(in srgb,var(--v) 45%,var(--line))}
.check .head{display:flex;flex-wrap:wrap;gap:4px 10px;align-items:baseline}
.check .head .small{margin-left:auto}
.message{margin-top:6px;color:var(--v);font-weight:550;overflow-wrap:anywhere}
.panes{display:grid;grid-template-columns:repeat(auto-fit,minmax(240px,1fr));gap:10px;margin-top:10px}
.pane{min-width:0}
.pane h4,.label{margin:0 0 4px;font-size:12px;font-weight:600;color:var(--soft)}
pre{margin:0;background:var(--code);border:1px solid var(--line);border-radius:8px;padding:8px 10px;overflow:auto;max-height:26rem;white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.5}
pre mark{background:none;color:inherit;display:inline-block;width:100%;border-radius:3px}
.wanted mark{background:var(--pass-bg);color:var(--pass)}
.got mark{background:var(--fail-bg);color:var(--fail)}
.curl{margin-top:10px}
.curl .line{display:flex;gap:8px;align-items:flex-start}
.curl pre{flex:1}
.copy{border:1px solid var(--line);background:var(--card);border-radius:8px;padding:6px 12px;font-size:13px;flex:none}
.traffic{margin-top:10px;font-size:13px}
.traffic summary{cursor:pointer;padding:2px 0}
.exchange{margin:6px 0 0;padding-left:12px;border-left:2px solid var(--line)}
.exchange .panes{margin:6px 0 10px}
table{border-collapse:collapse;width:100%;font-size:13.5px}
td,th{text-align:left;padding:6px 12px 6px 0;vertical-align:baseline;border-top:1px solid var(--line)}
tr:first-child td,tr:first-child th{border-top:0}
th{font-weight:600;white-space:nowrap}
.fold{padding:14px 20px;margin-bottom:16px}
.fold>summary{cursor:pointer;font-weight:600}
.fold table{margin-top:10px}
.figures td,.figures th{font-variant-numeric:tabular-nums;white-space:nowrap}
.figures td:last-child{white-space:normal}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(320px,1fr));gap:14px;margin-top:10px}
.chart{margin:0;min-width:0}
.chart figcaption{font-size:12.5px;color:var(--soft);margin-bottom:2px}
.chart svg{width:100%;height:auto;display:block}
.chart text{font-size:11px;fill:var(--soft)}
.chart .grid{stroke:var(--line);stroke-width:1}
.chart path{fill:none;stroke-width:1.8;stroke-linejoin:round}
.chart path.one{stroke:var(--accent)}
.chart path.two{stroke:var(--warn)}
.chart path.three{stroke:var(--fail)}
.chart .key{font-weight:600;margin-left:8px}
.chart .key.one{color:var(--accent)}
.chart .key.two{color:var(--warn)}
.chart .key.three{color:var(--fail)}
.empty{padding:28px;text-align:center;color:var(--soft)}
[hidden]{display:none!important}
footer{color:var(--soft);font-size:13px;margin-top:30px}
kbd{font:inherit;font-size:12px;border:1px solid var(--line);border-bottom-width:2px;border-radius:4px;padding:0 5px;background:var(--card)}
@media (max-width:760px){.page{padding:0 14px 40px}.verdict{font-size:26px}.req>summary{grid-template-columns:20px 1fr auto;gap:4px 10px}.req>summary .text{grid-column:2/-1}.req>summary .tags{display:none}.inner{padding-left:16px}.box li{grid-template-columns:20px 1fr}.box li span.one{grid-column:2;white-space:normal}.tools{position:static}}
@media print{:root{--bg:#fff}body{font-size:11px}.tools,.theme,.copy,.skip-link,footer .keys{display:none}.page{max-width:none;padding:0}.card,.check,.req{break-inside:avoid-page}.req{content-visibility:visible}pre{max-height:none}}
`;
