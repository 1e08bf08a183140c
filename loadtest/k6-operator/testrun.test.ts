import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import schema from './testrun.schema.json' with { type: 'json' };
import { scriptOf } from '../k6-engine/play.ts';

interface TestRun {
  spec: {
    script: { configMap: { file: string } };
    parallelism: number;
    runner: {
      env: { name: string; value: string }[];
      volumes: { name: string }[];
      volumeMounts: { name: string; mountPath: string }[];
    };
  };
}

const read = async (): Promise<TestRun> =>
  parse(await readFile(new URL('testrun.yaml', import.meta.url), 'utf8')) as TestRun;
const validate = new Ajv2020({ allErrors: true }).compile(schema);

describe('the TestRun', () => {
  it('fits the schema of the resource', async () => {
    expect(validate(await read()), JSON.stringify(validate.errors)).toBe(true);
  });

  it('is refused with a field that the operator does not know, and without what it needs', async () => {
    const { spec, ...rest } = await read();
    expect(validate({ ...rest, spec: { ...spec, paralelism: 2 } })).toBe(false);
    expect(validate({ ...rest, spec: { ...spec, script: {} } })).toBe(false);
    expect(validate({ ...rest, spec: { ...spec, parallelism: 0 } })).toBe(false);
    expect(validate({ ...rest, kind: 'K6', spec })).toBe(false);
  });

  it('plays a script that is there, with an input that is mounted where it looks', async () => {
    const { spec } = await read();
    expect(existsSync(scriptOf(spec.script.configMap.file.replace(/\.tar$/, '')))).toBe(true);
    const [mount] = spec.runner.volumeMounts;
    expect(spec.runner.volumes.map(({ name }) => name)).toContain(mount?.name);
    for (const { value } of spec.runner.env) expect(value.startsWith(`${mount?.mountPath}/`)).toBe(true);
  });
});
