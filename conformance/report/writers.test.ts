import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aReport } from './fixtures.ts';
import { renderHtml } from './html.ts';
import { renderJson } from './json.ts';
import { renderJunit } from './junit.ts';
import { createRedactor } from './redact.ts';
import type { Redactor } from './redact.ts';
import { renderStepSummary } from './step-summary.ts';
import { renderSummary } from './summary.ts';
import type { Report } from './model.ts';

const WRITERS: Readonly<Record<string, (report: Report, redactor: Redactor) => string>> = {
  json: renderJson,
  junit: renderJunit,
  html: (report, redactor) => renderHtml(report, { redactor }),
  summary: (report, redactor) => renderSummary(report, { redactor, colour: true }),
  'step summary': renderStepSummary,
};

/** A report with the text in every field that a target can influence. */
function reportAbout(text: string): Report {
  const headers = { 'x-echo': text, authorization: `Bearer ${text}` };
  return aReport(
    'fail',
    {
      title: `title ${text}`,
      message: `message ${text}`,
      hint: text,
      sent: { [text]: text },
      wanted: [text],
      got: text,
      curl: `curl -H 'x: ${text}'`,
      mutants: [text],
      exchanges: [
        {
          request: { method: 'POST', url: `https://127.0.0.1/?q=${text}`, headers, body: text },
          response: { status: 200, headers, body: JSON.stringify({ text }) },
          at_ms: 1,
          duration_ms: 2,
        },
        {
          request: { method: 'GET', url: 'https://127.0.0.1/', headers },
          error: text,
          at_ms: 3,
          duration_ms: 4,
        },
      ],
    },
    { target: { name: text, description: text, version: text, features: [text], chain: text } },
  );
}

describe.each(Object.entries(WRITERS))('the %s writer', (_, write) => {
  test('lets no registered secret and no credential through, from any field', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9_-]{24,60}$/);
    fc.assert(
      fc.property(secret, (hidden) => {
        const credential = `seal1.${hidden}.${hidden}`;
        const text = write(reportAbout(`${hidden} ${credential}`), createRedactor([hidden]));
        expect(text).not.toContain(hidden);
        expect(text).not.toContain(hidden.slice(0, 12));
      }),
      { numRuns: 30 },
    );
  });

  test('redacts the usual shapes without being told', () => {
    const key = `suiprivkey1${'q'.repeat(58)}`;
    expect(write(reportAbout(key), createRedactor())).not.toContain('qqqqqqqq');
  });

  test('is pure: the same report gives the same text', () => {
    const report = reportAbout('text');
    expect(write(report, createRedactor())).toBe(write(structuredClone(report), createRedactor()));
  });
});
