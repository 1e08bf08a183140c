import { UsageError } from '../errors.ts';
import { PROFILES, type Profile } from '../requirements/catalogue.ts';
import type { ClusterTargetFile, TargetFile } from '../target/types.ts';

/** Profiles a run takes when none is asked for: those of the parts that the target itself brings. */
export function defaultProfiles(file: TargetFile | ClusterTargetFile): Profile[] {
  if ('kubernetes' in file) return ['kubernetes-api'];
  const own = (part: 'gateway' | 'master' | 'worker') => file[part] !== undefined && file[part] !== 'bundled';
  const all = own('gateway') && own('master') && own('worker');
  const bound: Record<Profile, boolean> = {
    contracts: all || file.chain.provider === 'url',
    gateway: own('gateway'),
    master: own('master'),
    worker: own('worker'),
    security: own('gateway') || own('master'),
    'end-to-end': all,
    // On a target with parts the gateway and the master are asked the same.
    'kubernetes-api': false,
    // Load needs a quiet machine and minutes of time: only when asked for.
    load: false,
  };
  return PROFILES.filter((profile) => bound[profile]);
}

/** Parses `--profile gateway,master`. Throws UsageError for a word that is no profile. */
export function parseProfiles(words: readonly string[]): Profile[] {
  const names = words
    .flatMap((word) => word.split(','))
    .map((word) => word.trim())
    .filter(Boolean);
  return names.map((name) => {
    const profile = PROFILES.find((one) => one === name);
    if (!profile)
      throw new UsageError(`there is no profile "${name}"`, { hint: `profiles are ${PROFILES.join(', ')}` });
    return profile;
  });
}
