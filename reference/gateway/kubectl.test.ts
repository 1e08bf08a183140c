import { execFile, execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Holder } from '../chain/testing/chain-world.ts';
import { GatewayWorld } from './testing/gateway-world.ts';

function hasKubectl(): boolean {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const MANIFEST = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: nginx}]}
`;

describe.skipIf(!hasKubectl())('a stock kubectl', () => {
  let world: GatewayWorld;
  let admin: Holder;
  let user: Holder;
  beforeAll(async () => {
    world = await GatewayWorld.start();
    admin = await world.chain.holder('admin');
    user = await world.chain.holder('user');
  });
  afterAll(() => world[Symbol.asyncDispose]());

  async function kubectl(
    holder: Holder,
    ...args: string[]
  ): Promise<{ code: number; out: string; err: string }> {
    const keystore = join(world.dir, `${holder.address}.key`);
    await writeFile(keystore, holder.keypair.getSecretKey(), { mode: 0o600 });
    const env = {
      ...process.env,
      HOME: world.dir,
      KUBECONFIG: join(world.dir, 'gateway', 'kubeconfig'),
      DAAS_KEYSTORE: keystore,
      DAAS_TOKEN: holder.token,
    };
    try {
      const { stdout, stderr } = await promisify(execFile)('kubectl', args, { env, timeout: 25_000 });
      return { code: 0, out: stdout, err: stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, out: stdout, err: stderr };
    }
  }

  test(
    'works with the kubeconfig of the first start: create, get, apply, scale, delete',
    { timeout: 90_000 },
    async () => {
      expect(await kubectl(admin, 'create', 'configmap', 'cm', '--from-literal=a=1')).toMatchObject({
        code: 0,
      });
      expect((await kubectl(admin, 'get', 'configmap', 'cm', '-o', 'jsonpath={.data.a}')).out).toBe('1');
      const file = join(world.dir, 'web.yaml');
      await writeFile(file, MANIFEST);
      expect(await kubectl(admin, 'apply', '-f', file)).toMatchObject({ code: 0 });
      expect(await kubectl(admin, 'scale', 'deployment/web', '--replicas=3')).toMatchObject({ code: 0 });
      expect((await kubectl(admin, 'get', 'deployments')).out).toMatch(/web/);
      expect(await kubectl(admin, 'delete', '-f', file)).toMatchObject({ code: 0 });
    },
  );

  test('tells people what they may not do', { timeout: 60_000 }, async () => {
    const refused = await kubectl(user, 'get', 'secrets');
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('(Forbidden)')]);
    expect((await kubectl(user, 'auth', 'can-i', 'list', 'pods')).out.trim()).toBe('yes');
    expect((await kubectl(user, 'auth', 'can-i', 'create', 'pods')).out.trim()).toBe('no');
    expect((await kubectl(admin, 'auth', 'whoami')).out).toContain(admin.address);
  });
});
