import { fieldInvalid, invalid } from '../errors.ts';
import type { KubeObject } from '../meta/objects.ts';
import type { Service } from '../resources/services.ts';
import { services } from '../resources/services.ts';
import type { Machinery } from './context.ts';

/** The service network is 10.43.0.0/16; its first address belongs to the API itself. */
const ATTEMPTS = 64;
const NODE_PORTS = { first: 30_000, count: 2768 };

/** Gives a new service its cluster address and node ports, none of them in use elsewhere. */
export async function allocateAddress({ objects, random }: Machinery, object: KubeObject): Promise<void> {
  const service = object as Service;
  const { spec } = service;
  if (spec.type === 'ExternalName') return;
  const others = (await objects.list(services, '')).items.map((stored) => stored.object as Service);
  const taken = new Set(others.map(({ spec: { clusterIP } }) => clusterIP));
  if (spec.clusterIP === undefined || spec.clusterIP === '') {
    spec.clusterIP = pick(taken, () => {
      const [third = 0, fourth = 0] = random(2);
      return `10.43.${third}.${(fourth % 253) + 2}`;
    });
  } else if (spec.clusterIP !== 'None' && taken.has(spec.clusterIP)) {
    throw invalid('', 'Service', service.metadata.name, [
      fieldInvalid(
        'spec.clusterIPs',
        [spec.clusterIP],
        'failed to allocate IP: provided IP is already allocated',
      ),
    ]);
  }
  spec.clusterIPs = [spec.clusterIP];
  // Zero is how clients that write every field say that they choose none.
  for (const port of spec.ports ?? []) if (port.nodePort === 0) delete port.nodePort;
  if (spec.type !== 'NodePort' && spec.type !== 'LoadBalancer') return;
  const ports = new Set(others.flatMap((other) => (other.spec.ports ?? []).map(({ nodePort }) => nodePort)));
  for (const port of spec.ports ?? []) {
    port.nodePort ??= pick(ports, () => {
      const [high = 0, low = 0] = random(2);
      return NODE_PORTS.first + ((high * 256 + low) % NODE_PORTS.count);
    });
    ports.add(port.nodePort);
  }
}

function pick<T>(taken: ReadonlySet<T | undefined>, propose: () => T): T {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const value = propose();
    if (!taken.has(value)) return value;
  }
  throw invalid('', 'Service', '', [
    fieldInvalid('spec.clusterIPs', [], 'failed to allocate: the range is full'),
  ]);
}
