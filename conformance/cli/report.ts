import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { readJson } from '../paths.ts';
import type { Report } from '../report/model.ts';
import { createRedactor } from '../report/redact.ts';
import { loadCatalogue } from '../requirements/catalogue.ts';
import { FORMATS, parseFormat, print } from './output.ts';

export function reportCommand(): Command {
  return new Command('report')
    .description('print a report.json in another form')
    .argument('[file]', 'report.json of a run', 'reports/report.json')
    .option('-f, --format <name>', FORMATS.join(', '), 'summary')
    .addHelpText(
      'after',
      '\nExamples:\n  $ daas report\n  $ daas report reports/report.json --format html > report.html\n  $ daas report --format markdown >> "$GITHUB_STEP_SUMMARY"\n',
    )
    .action(report);
}

async function report(file: string, options: { format: string }): Promise<void> {
  const format = parseFormat(options.format);
  const { defects } = await loadCatalogue();
  print(await readReport(file), { redactor: createRedactor(), defects }, format);
}

async function readReport(file: string): Promise<Report> {
  const hint = '`daas run` writes it, into the folder named by --report-dir';
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`cannot read ${file}`, { cause, hint });
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${file} is not JSON`, { cause, hint });
  }
  const validate = new Ajv2020({ strict: false }).compile<Report>(
    await readJson('conformance/schemas/report.schema.json'),
  );
  if (validate(value)) return value;
  const fault = validate.errors?.[0];
  throw new UsageError(`${file} is no report: ${fault?.instancePath ?? ''} ${fault?.message ?? ''}`, {
    hint,
  });
}
