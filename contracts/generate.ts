import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { parse } from 'yaml';
import { z } from 'zod';
import type { ContractAbort } from './bindings/aborts.ts';

const Table = z.record(
  z.string(),
  z.array(
    z.strictObject({
      code: z.int().positive(),
      name: z.string().regex(/^E[A-Za-z]+$/u),
      reason: z.string().regex(/^[A-Z][A-Za-z]+$/u),
      http: z.int().min(400).max(599),
      message: z.string().min(1),
    }),
  ),
);

/** The table of aborts.yaml, checked. Throws when it has an unknown field or names a code twice. */
export async function readAborts(): Promise<ContractAbort[]> {
  const table = Table.parse(parse(await readFile(join(import.meta.dirname, 'aborts.yaml'), 'utf8')));
  const rows = Object.entries(table).flatMap(([module, aborts]) =>
    aborts.map((abort) => ({ module, ...abort })),
  );
  const keys = rows.map(({ module, code }) => `${module} ${code}`);
  const twice = keys.find((key, at) => keys.indexOf(key) !== at);
  if (twice !== undefined) throw new Error(`aborts.yaml has ${twice} twice`);
  return rows;
}

/** Where the generated file lies. */
export const generatedPath = join(import.meta.dirname, 'bindings', 'aborts.ts');

/** The text of bindings/aborts.ts. */
export async function generateAborts(): Promise<string> {
  const rows = await readAborts();
  const source = `// Generated from contracts/aborts.yaml by contracts/generate.ts; do not edit.

/** What one abort code of one module means. \`http\` is the status a server answers with. */
export interface ContractAbort {
  readonly module: string;
  readonly code: number;
  /** Constant in the Move source. */
  readonly name: string;
  /** For machines. */
  readonly reason: string;
  readonly http: number;
  /** For people. */
  readonly message: string;
}

/** Every abort code of the package. */
export const ABORTS = [
${rows.map((row) => `  ${JSON.stringify(row)},`).join('\n')}
] as const satisfies readonly ContractAbort[];

/** A reason that a contract may refuse for. */
export type AbortReason = (typeof ABORTS)[number]['reason'];

/** The entry of an abort code, undefined for one that the package does not have. */
export function abortFor(module: string, code: number | bigint): (typeof ABORTS)[number] | undefined {
  return ABORTS.find((abort) => abort.module === module && BigInt(abort.code) === BigInt(code));
}

/** The reason of an abort code, undefined for one that the package does not have. */
export function reasonOf(module: string, code: number | bigint): AbortReason | undefined {
  return abortFor(module, code)?.reason;
}
`;
  return format(source, { ...(await resolveConfig(generatedPath)), filepath: generatedPath });
}

if (import.meta.main) await writeFile(generatedPath, await generateAborts());
