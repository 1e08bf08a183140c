import { readdir } from 'node:fs/promises';
import type { Mutant } from './types.ts';

export type { CredentialSeams, Mutant, MutantHooks } from './types.ts';

/** Name of the variable that switches a mutant on. */
export const MUTANT_VARIABLE = 'K3S_DAAS_MUTANT';

/** Folder with what several mutants share. */
const SUPPORT = 'support';

const NAME = /^[a-z][a-z0-9-]{0,63}$/;

/**
 * The mutant that the environment asks for; undefined when it asks for none, and then no mutant's
 * code is even loaded. Rejects for an unknown name: a test of a mutant must not pass by a typo.
 */
export async function activeMutant(
  env: Readonly<Record<string, string | undefined>>,
): Promise<Mutant | undefined> {
  const id = env[MUTANT_VARIABLE];
  if (id === undefined || id === '') return undefined;
  const contract = (await ofContracts()).find((mutant) => mutant.id === id);
  if (contract !== undefined) return contract;
  const known = NAME.test(id) ? (await files()).find((file) => file.id === id) : undefined;
  if (known === undefined) throw new Error(`${MUTANT_VARIABLE} names no mutant: ${JSON.stringify(id)}`);
  return load(known.folder, id);
}

/** Every mutant, by id. */
export async function listMutants(): Promise<Mutant[]> {
  const found = await Promise.all((await files()).map(({ folder, id }) => load(folder, id)));
  return [...found, ...(await ofContracts())].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** Applies one hook of the active mutant, if there is one and it has that hook. */
export function mutate<S>(seams: S, hook: ((seams: S) => S) | undefined): S {
  return hook === undefined ? seams : hook(seams);
}

/** Those of the Move package: they change what is published and leave every part as it is. */
async function ofContracts(): Promise<Mutant[]> {
  const { CONTRACT_MUTANTS } = await import('../../contracts/mutants.ts');
  return CONTRACT_MUTANTS.map(({ id, defects, title }) => ({ id, defects, title, part: 'contracts' }));
}

async function files(): Promise<{ folder: string; id: string }[]> {
  const folders = await readdir(import.meta.dirname, { withFileTypes: true });
  const lists = await Promise.all(
    folders
      .filter((entry) => entry.isDirectory() && entry.name !== SUPPORT)
      .map(async ({ name: folder }) => {
        const names = await readdir(`${import.meta.dirname}/${folder}`);
        return names
          .map((name) => /^([a-z0-9-]+)\.(?:ts|js)$/.exec(name)?.[1])
          .filter((id) => id !== undefined)
          .map((id) => ({ folder, id }));
      }),
  );
  return lists.flat();
}

async function load(folder: string, id: string): Promise<Mutant> {
  // Compiled code has another ending; this file's own one tells which.
  const ending = import.meta.filename.endsWith('.ts') ? 'ts' : 'js';
  const module = (await import(`./${folder}/${id}.${ending}`)) as { mutant?: Mutant };
  if (module.mutant?.id !== id) throw new Error(`mutants/${folder}/${id} does not export that mutant`);
  return module.mutant;
}
