import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRedactor } from '../../../conformance/report/redact.ts';
import type { FaultsResult } from '../run.ts';
import { renderTimeline } from './timeline.ts';

/** Writes faults.json, history.jsonl (one operation a line) and timeline.html; answers their paths. */
export async function writeReports(result: FaultsResult, dir: string): Promise<string[]> {
  const { judgement, secrets, ...rest } = result;
  const { operations, ...verdict } = judgement;
  const redactor = createRedactor(secrets);
  const files: readonly (readonly [string, string])[] = [
    ['faults.json', `${JSON.stringify({ schema_version: 1, ...rest, ...verdict }, null, 2)}\n`],
    ['history.jsonl', operations.map((one) => `${JSON.stringify(one)}\n`).join('')],
    ['timeline.html', renderTimeline(result)],
  ];
  await mkdir(dir, { recursive: true });
  return Promise.all(
    files.map(async ([name, text]) => {
      const path = join(dir, name);
      await writeFile(path, redactor.text(text));
      return path;
    }),
  );
}
