import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { KUBECTL, KUBECTLS, kubectlsByVersion } from '../drivers/kubectl.ts';
import type { TargetFile } from '../target/types.ts';
import { KUBECTL_VERSIONS, type Equipment } from './check.ts';

/** What this machine offers, and what it lacks with the reason, for the report. */
export interface EquipmentFound {
  present: ReadonlySet<Equipment>;
  missing: { part: string; reason: string }[];
}

/** Looks which programs and keys a run could use are there. */
export async function findEquipment(file: TargetFile): Promise<EquipmentFound> {
  const present = new Set<Equipment>();
  const missing: EquipmentFound['missing'] = [];
  // Only a kubectl that was asked for: driving one takes minutes, and its version matters.
  if (KUBECTL !== undefined && (await runs(KUBECTL, ['version', '--client']))) present.add('kubectl');
  else
    missing.push({
      part: 'kubectl',
      reason: `${KUBECTL === undefined ? 'KUBECTL names none' : `${KUBECTL} cannot be run`}: the checks that drive it were left out`,
    });
  const byVersion = await kubectlsByVersion();
  for (const version of KUBECTL_VERSIONS) {
    if (byVersion.has(version)) present.add(`kubectl ${version}`);
    else if (KUBECTLS.length > 0)
      missing.push({ part: `kubectl ${version}`, reason: 'KUBECTLS lists no binary of it' });
  }
  const usesContainers = [file.gateway, file.master, file.worker].some(
    (part) => typeof part === 'object' && part.start?.container !== undefined,
  );
  if (usesContainers && !(await runs('docker', ['info']))) {
    missing.push({ part: 'docker', reason: 'the target starts containers and no Docker engine answers' });
  }
  if (file.chain.provider === 'url' && !file.wallets?.operator) {
    missing.push({
      part: 'operator wallet',
      reason: 'wallets.operator is not given: nothing can be staked, slashed or registered',
    });
  }
  return { present, missing };
}

/** Whether a program is there and ends well with these arguments. */
export async function runs(command: string, args: string[]): Promise<boolean> {
  try {
    await promisify(execFile)(command, args, { timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}
