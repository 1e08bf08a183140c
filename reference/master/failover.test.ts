import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Holder } from '../chain/testing/chain-world.ts';
import { hasEtcd } from '../store/testing/etcd.ts';
import { MasterPair } from './testing/master-pair.ts';

const PATH = '/api/v1/namespaces/default/configmaps';
const TAKEOVER_MS = 10_000;

describe.skipIf(!hasEtcd)('two masters on one etcd (needs the program etcd)', () => {
  let pair: MasterPair;
  let admin: Holder;
  let writes = 0;
  beforeAll(async () => {
    pair = await MasterPair.start();
    admin = await pair.chain.holder('admin');
  }, 90_000);
  afterAll(() => pair?.[Symbol.asyncDispose]());

  /** Creates an object whose name the server chooses; answers its label when it was acknowledged. */
  async function append(): Promise<string | undefined> {
    const label = `w${(writes += 1)}`;
    const metadata = { generateName: 'pair-', labels: { write: label } };
    const answer = await pair.call(admin, PATH, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata,
      data: { secret: 'SECRET-VALUE' },
    });
    return answer.status === 201 ? label : undefined;
  }

  async function labels(): Promise<string[]> {
    const { status, json } = await pair.call(admin, `${PATH}?limit=500`);
    expect(status).toBe(200);
    const items = json['items'] as { metadata: { labels?: { write?: string } } }[];
    return items.flatMap(({ metadata }) => metadata.labels?.write ?? []);
  }

  const serves = async (): Promise<boolean> => (await append().catch(() => undefined)) !== undefined;

  it('has a leader that serves and a standby that says so and refuses', async () => {
    expect(await append()).toBeDefined();
    expect([await pair.health(0), await pair.health(1)]).toEqual(['healthy', 'standby']);
    const refused = await pair.bare(1, PATH);
    expect([refused?.status, refused?.json['kind'], refused?.json['reason']]).toEqual([
      503,
      'Status',
      'ServiceUnavailable',
    ]);
    expect((await pair.bare(1, '/api/v1/attestation?nonce=AAAAAAAAAAAAAAAAAAAAAA'))?.json).toMatchObject({
      error: { reason: 'NotLeading', code: 503 },
    });
  });

  it('loses nothing and does nothing twice when the leader is killed in the midst of requests', async () => {
    const acknowledged = new Set<string>();
    const work = Array.from({ length: 6 }, async () => {
      for (let times = 0; times < 4; times += 1) {
        const label = await append().catch(() => undefined);
        if (label !== undefined) acknowledged.add(label);
      }
    });
    await pair.until('some acknowledged writes', () => Promise.resolve(acknowledged.size >= 5), 20_000);
    await pair.kill(0);
    const tookMs = await pair.until('a write at the new leader', serves, TAKEOVER_MS);
    await Promise.all(work);
    const found = await labels();
    expect([...acknowledged].filter((label) => !found.includes(label))).toEqual([]);
    expect(found.filter((label, index) => found.indexOf(label) !== index)).toEqual([]);
    expect(tookMs).toBeLessThan(TAKEOVER_MS);
    expect(await pair.health(1)).toBe('healthy');
  }, 90_000);

  it('a killed master comes back as the standby', async () => {
    await pair.startMaster(0, 'standby');
    expect(await pair.health(1)).toBe('healthy');
  }, 60_000);

  it('a leader that stood still ends itself, and the other has taken over meanwhile', async () => {
    const leader = pair.masters[1]!.process!;
    const before = await append();
    leader.kill('SIGSTOP');
    await pair.until('a write at the new leader', serves, TAKEOVER_MS);
    const ended = new Promise((resolve) => {
      leader.once('exit', resolve);
    });
    leader.kill('SIGCONT');
    expect(await ended).toBe(1);
    expect(await labels()).toContain(before);
  }, 60_000);

  it('a leader asked to stop hands over without waiting for its lease', async () => {
    await pair.startMaster(1, 'standby');
    expect(await pair.kill(0, 'SIGTERM')).toBe(0);
    await pair.until('a write at the new leader', serves, TAKEOVER_MS);
    await pair.startMaster(0, 'standby');
    expect(await pair.kill(0, 'SIGTERM')).toBe(0);
  }, 60_000);

  it('leaves no plaintext in etcd', async () => {
    const files = await readdir(pair.etcd.directory, { recursive: true, withFileTypes: true });
    const texts = await Promise.all(
      files
        .filter((file) => file.isFile())
        .map((file) => readFile(join(file.parentPath, file.name), 'latin1')),
    );
    for (const form of ['SECRET-VALUE', Buffer.from('SECRET-VALUE').toString('base64'), 'configmaps']) {
      expect(texts.some((text) => text.includes(form))).toBe(false);
    }
  });
});
