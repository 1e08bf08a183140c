import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadCatalogue } from '../requirements/catalogue.ts';
import { buildReport } from './build.ts';
import { aCheck, aReport, aRun } from './fixtures.ts';
import { renderHtml } from './html.ts';

const catalogue = await loadCatalogue();

describe('the HTML report', () => {
  test('needs no other file or host, and its policy allows its own script alone', () => {
    const page = renderHtml(aReport('fail'));
    expect(page).not.toMatch(/(?:src|href)="(?!#)/);
    expect(page).not.toMatch(/@import|url\(/);
    const scripts = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, text]) => text ?? '');
    expect(scripts).toHaveLength(1);
    const hash = createHash('sha256')
      .update(scripts[0] ?? '')
      .digest('base64');
    expect(page).toContain(`script-src 'sha256-${hash}'`);
  });

  test('has a script that parses', () => {
    const script = /<script>([\s\S]*?)<\/script>/.exec(renderHtml(aReport('pass')))?.[1] ?? 'missing(';
    // oxlint-disable-next-line no-new-func
    expect(() => new Function(script)).not.toThrow();
  });

  test('what a target sends is never markup', () => {
    fc.assert(
      fc.property(fc.string(), (noise) => {
        const text = `<img src=x onerror=alert(1)>"'><script>x</script>${noise}`;
        const page = renderHtml(
          aReport(
            'fail',
            {
              id: text,
              title: text,
              message: text,
              got: text,
              wanted: { a: text },
              curl: text,
              mutants: [text],
            },
            { target: { name: text, features: [text], chain: text } },
          ),
        );
        expect(page).not.toContain('<img');
        expect(page.match(/<script/g)).toHaveLength(1);
      }),
      { numRuns: 50 },
    );
  });

  test('control characters and changes of direction become visible', () => {
    expect(renderHtml(aReport('fail', { message: 'a\u001b[31m\u202eb' }))).toContain('a\ufffd[31m\ufffdb');
  });

  test('marks the lines in which wanted and got differ', () => {
    const page = renderHtml(
      aReport('fail', { wanted: { status: 401, same: 1 }, got: { status: 200, same: 1 } }),
    );
    expect(page).toContain('<mark>  &quot;status&quot;: 401,</mark>');
    expect(page).toContain('<mark>  &quot;status&quot;: 200,</mark>');
    expect(page).not.toContain('<mark>  &quot;same&quot;');
  });

  test('holds the whole catalogue, the worst of each profile first, and what has no check', () => {
    const checks = catalogue
      .select()
      .map((one, index) => [one, [aCheck(one.id, index % 50 === 3 ? 'fail' : 'pass')]] as const);
    const open = checks.at(-1)?.[0];
    const report = buildReport(aRun(checks.slice(0, -1), { catalogue, selected: catalogue.select() }));
    const page = renderHtml(report, { defects: catalogue.defects });
    expect(page.match(/<details\s+class="req"/g)).toHaveLength(report.requirements.length);
    const contracts = page.slice(page.indexOf('<section class="group"'));
    expect(contracts.indexOf('data-verdict="fail"')).toBeLessThan(contracts.indexOf('data-verdict="pass"'));
    expect(page).toContain('Requirements without a check');
    expect(page).toContain(`<code>${open?.id}</code>`);
    expect(page.length).toBeLessThan(2_000_000);
  });

  test('long bodies are cut, and say so', () => {
    const request = { method: 'GET', url: 'https://127.0.0.1/', headers: {}, body: 'x'.repeat(100_000) };
    const page = renderHtml(aReport('fail', { exchanges: [{ request, at_ms: 0, duration_ms: 1 }] }));
    expect(page).toContain('more characters in the JSON report');
    expect(page.length).toBeLessThan(60_000);
  });
});
