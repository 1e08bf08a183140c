import type { LoadedTarget } from '../../conformance/target/load.ts';
import type { PartConfig, ServerConfig } from '../../conformance/target/types.ts';
import type { Capability } from '../step.ts';

/** What a target file alone allows, wherever its parts run. */
export function capabilitiesOf({ file }: LoadedTarget): Set<Capability> {
  const found = new Set<Capability>();
  if (starts(file.worker)) found.add('worker');
  if (starts(file.gateway) && starts(file.master)) found.add('restart');
  const brings = file.chain.provider !== 'url';
  if (file.chain.provider === 'embedded') found.add('chainControl');
  if (brings || file.wallets?.operator !== undefined) found.add('slash').add('admin');
  if (file.master !== undefined && varies(file.master)) found.add('enclaveImage');
  if (file.master === 'bundled' || (file.master?.start && !file.master.start.container)) found.add('signals');
  return found;
}

const starts = (part: PartConfig | 'bundled' | undefined): boolean =>
  part === 'bundled' || part?.start !== undefined;

/** Whether measurements and data folder of a master are the suite's to choose. */
function varies(master: ServerConfig | 'bundled'): boolean {
  if (master === 'bundled') return true;
  const text = JSON.stringify([master.start, master.files]);
  return text.includes('{{attestation.pcr0}}') && text.includes('{{master.dir}}');
}
