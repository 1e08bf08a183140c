import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../errors.ts';
import { renderHtml } from '../report/html.ts';
import { renderJson } from '../report/json.ts';
import { renderJunit } from '../report/junit.ts';
import type { Report } from '../report/model.ts';
import type { Redactor } from '../report/redact.ts';
import { renderStepSummary } from '../report/step-summary.ts';
import type { Defect } from '../requirements/catalogue.ts';
import { renderSummary } from '../report/summary.ts';

/** What can be printed on standard output. */
export const FORMATS = ['summary', 'json', 'junit', 'html', 'markdown', 'none'] as const;
export type Format = (typeof FORMATS)[number];

/** What writers need besides the report: secrets to hide, and titles of defects. */
export interface Wording {
  redactor: Redactor;
  defects: readonly Defect[];
}

export function parseFormat(name: string): Format {
  const format = FORMATS.find((one) => one === name);
  if (!format)
    throw new UsageError(`--format ${name} is not known`, { hint: `formats are ${FORMATS.join(', ')}` });
  return format;
}

export function render(report: Report, { redactor, defects }: Wording, format: Format): string {
  switch (format) {
    case 'summary':
      return renderSummary(report, { redactor, colour: process.stdout.isTTY && !process.env['NO_COLOR'] });
    case 'json':
      return renderJson(report, redactor);
    case 'junit':
      return renderJunit(report, redactor);
    case 'html':
      return renderHtml(report, { redactor, defects });
    case 'markdown':
      return renderStepSummary(report, redactor);
    case 'none':
      return '';
  }
}

export function print(report: Report, wording: Wording, format: Format): void {
  const text = render(report, wording, format);
  process.stdout.write(text === '' || text.endsWith('\n') ? text : `${text}\n`);
}

/** Writes the three report files and says where they are. */
export async function writeReports(report: Report, wording: Wording, dir: string): Promise<string[]> {
  await mkdir(dir, { recursive: true }).catch((cause: unknown) => {
    throw new UsageError(`cannot make the report folder ${dir}`, {
      cause,
      hint: 'name another one with --report-dir',
    });
  });
  const files: [string, Format][] = [
    ['report.json', 'json'],
    ['report.html', 'html'],
    ['junit.xml', 'junit'],
  ];
  return Promise.all(
    files.map(async ([name, format]) => {
      const path = join(dir, name);
      await writeFile(path, render(report, wording, format));
      return path;
    }),
  );
}
