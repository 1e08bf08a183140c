import { loadBundled } from '../../conformance/target/bundled.ts';
import type { LoadedTarget } from '../../conformance/target/load.ts';
import type { PartName, TargetFile } from '../../conformance/target/types.ts';

/** The target file with the bundled parts written out, so that a provider can change how they start. */
export async function writtenOut(target: LoadedTarget): Promise<LoadedTarget> {
  const { file } = target;
  const bundled = (await loadBundled()).file;
  const whole = (['gateway', 'master', 'worker'] as const).filter((part) => file[part] === 'bundled');
  if (whole.length === 0) return target;
  const parts = Object.fromEntries(whole.map((part) => [part, bundled[part]]));
  return {
    ...target,
    file: {
      ...file,
      ...parts,
      timings: { ...bundled.timings, ...file.timings },
      ...(whole.includes('master') && { attestation: { ...bundled.attestation, ...file.attestation } }),
    } as TargetFile,
  };
}

/** Whether a part is the reference's, started as the bundled target file says. */
export async function isBundled({ file }: LoadedTarget, part: PartName): Promise<boolean> {
  const bundled = (await loadBundled()).file;
  return file[part] === 'bundled' || JSON.stringify(file[part]) === JSON.stringify(bundled[part]);
}
