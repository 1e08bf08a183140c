import type { Report } from './model.ts';
import { createRedactor } from './redact.ts';
import type { Redactor } from './redact.ts';

/** The report document itself, see `schemas/report.schema.json`. */
export function renderJson(report: Report, redactor: Redactor = createRedactor()): string {
  return `${JSON.stringify(redactor.value(report), undefined, 2)}\n`;
}
