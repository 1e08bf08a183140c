/** Behaviour of the report. The page is complete without it: the script only filters, copies and moves the focus. */
export const SCRIPT = `
'use strict';
(() => {
  const root = document.documentElement;
  root.classList.add('js');
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);
  const rows = all('.req').map((row) => ({ row, text: '' }));
  const search = one('#search');
  const chosen = { verdict: new Set(), level: new Set(), profile: new Set() };

  const textOf = (entry) => {
    if (entry.text === '') {
      const parts = all('.searchable', entry.row).map((node) => node.textContent);
      entry.text = (parts.join(' ') + ' ' + entry.row.dataset.words).toLowerCase();
    }
    return entry.text;
  };

  const filter = () => {
    const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let shown = 0;
    for (const entry of rows) {
      const data = entry.row.dataset;
      const fits = Object.keys(chosen).every((key) => chosen[key].size === 0 || chosen[key].has(data[key]));
      const found = fits && words.every((word) => textOf(entry).includes(word));
      entry.row.hidden = !found;
      if (found) shown += 1;
    }
    for (const group of all('.group')) {
      const visible = all('.req', group).filter((row) => !row.hidden);
      group.hidden = visible.length === 0;
      all('.req.first', group).forEach((row) => row.classList.remove('first'));
      if (visible[0]) visible[0].classList.add('first');
    }
    one('#shown').textContent = shown === rows.length ? rows.length + ' requirements' : shown + ' of ' + rows.length + ' shown';
    one('#nothing').hidden = shown > 0;
    one('#reset').hidden = shown === rows.length;
  };

  const press = (button, on) => button.setAttribute('aria-pressed', String(on));
  for (const button of all('[data-filter]')) {
    button.addEventListener('click', () => {
      const { filter: key, value } = button.dataset;
      const on = !chosen[key].has(value);
      if (on) chosen[key].add(value); else chosen[key].delete(value);
      press(button, on);
      filter();
    });
  }
  const reset = () => {
    search.value = '';
    for (const set of Object.values(chosen)) set.clear();
    for (const button of all('[data-filter]')) press(button, false);
    filter();
  };
  search.addEventListener('input', filter);
  one('#reset').addEventListener('click', reset);
  one('#clear').addEventListener('click', reset);

  const visible = () => rows.filter(({ row }) => !row.hidden).map(({ row }) => row);
  one('#expand').addEventListener('click', () => {
    const list = visible();
    const open = list.some((row) => !row.open);
    for (const row of list) row.open = open;
  });

  document.addEventListener('click', async (event) => {
    const button = event.target.closest('.copy');
    if (!button) return;
    const source = button.parentElement.querySelector('pre');
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch {
      const range = document.createRange();
      range.selectNodeContents(source);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      document.execCommand('copy');
    }
    button.textContent = 'Copied';
    setTimeout(() => { button.textContent = 'Copy'; }, 1500);
  });

  const move = (step) => {
    const list = visible();
    const at = list.findIndex((row) => row.contains(document.activeElement));
    const near = list.find((row) => row.getBoundingClientRect().bottom > 140);
    const next = at < 0 ? near : list[Math.min(list.length - 1, Math.max(0, at + step))];
    if (next) {
      const summary = next.querySelector('summary');
      summary.focus({ preventScroll: true });
      summary.scrollIntoView({ block: 'nearest' });
    }
  };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target === search;
    if (event.key === 'Escape' && typing) { reset(); search.blur(); }
    else if (typing) return;
    else if (event.key === '/') { event.preventDefault(); search.focus(); search.select(); }
    else if (event.key === 'j') move(1);
    else if (event.key === 'k') move(-1);
  });

  const follow = () => {
    const target = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
    if (!target || !target.classList.contains('req')) return;
    if (target.hidden) reset();
    target.open = true;
    target.scrollIntoView({ block: 'start' });
    target.querySelector('summary').focus({ preventScroll: true });
  };
  addEventListener('hashchange', follow);
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link && link.getAttribute('href') === location.hash) follow();
  });
  follow();

  const theme = one('#theme');
  const stored = () => { try { return localStorage.getItem('daas-report-theme'); } catch { return null; } };
  const dark = () => root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  const name = () => { theme.textContent = dark() ? 'Light theme' : 'Dark theme'; };
  if (stored()) root.dataset.theme = stored();
  name();
  theme.addEventListener('click', () => {
    root.dataset.theme = dark() ? 'light' : 'dark';
    try { localStorage.setItem('daas-report-theme', root.dataset.theme); } catch { /* a private window keeps nothing */ }
    name();
  });

  let opened = [];
  addEventListener('beforeprint', () => {
    opened = all('.req[data-verdict=fail],.req[data-verdict=untestable],.req[data-verdict=harness_error]').filter((row) => !row.open);
    for (const row of opened) row.open = true;
  });
  addEventListener('afterprint', () => { for (const row of opened) row.open = false; });
})();
`;
