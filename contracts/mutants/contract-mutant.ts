import { MoveBuildError } from '../build-errors.ts';

/** A change of one source file: each text must be there exactly once. */
export interface SourceEdit {
  readonly file: `sources/${string}.move`;
  readonly replace: string;
  readonly with: string;
}

/** One known defect of the Move package: what to change in the sources before compiling them. */
export interface ContractMutant {
  /** Value of K3S_DAAS_MUTANT. */
  readonly id: string;
  /** Ids of the defects of the protocol's table it shows. */
  readonly defects: readonly string[];
  readonly title: string;
  readonly edits: readonly SourceEdit[];
}

/** Makes edits of one file; without `instead` the text is taken out. */
export const editOf =
  (file: SourceEdit['file']) =>
  (replace: string, instead = ''): SourceEdit => ({ file, replace, with: instead });

/** The sources as the mutant has them. Throws MoveBuildError when an edit does not fit exactly one place. */
export function mutated(
  sources: Readonly<Record<string, string>>,
  mutant: ContractMutant,
): Record<string, string> {
  const changed = { ...sources };
  for (const edit of mutant.edits) {
    const parts = (changed[edit.file] ?? '').split(edit.replace);
    if (parts.length !== 2) {
      const places = `${parts.length - 1} places in ${edit.file} for ${JSON.stringify(edit.replace)}`;
      throw new MoveBuildError(`mutant ${mutant.id}: ${places}, not one`, 'input_validation');
    }
    changed[edit.file] = parts.join(edit.with);
  }
  return changed;
}
