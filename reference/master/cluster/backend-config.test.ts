import { describe, expect, test } from 'vitest';
import { parseMasterConfig } from '../config.ts';

const id = `0x${'1'.repeat(64)}`;
const config = (backend: object): unknown => ({
  listen: { host: '127.0.0.1', port: 0 },
  public_url: 'https://127.0.0.1:1',
  data_dir: '/data',
  chain: { url: 'http://127.0.0.1:1', package: id, pool: id, registry: id, cluster: id, endpoint: id },
  master_cap: id,
  wallet: { secret_key: 'unused' },
  tee: { mode: 'simulated' },
  ...backend,
});

describe('k8s_backend of master.json', () => {
  test('is its own unless told, and takes a kubeconfig', () => {
    expect(parseMasterConfig(config({})).k8s_backend).toBe('embedded');
    expect(parseMasterConfig(config({ k8s_backend: { kubeconfig: '/k' } })).k8s_backend).toEqual({
      kubeconfig: '/k',
      impersonate: false,
    });
  });

  test.each(['kubeconfig', {}, { kubeconfig: '' }, { kubeconfig: '/k', user: 'root' }])(
    'refuses %j',
    (backend) => {
      expect(() => parseMasterConfig(config({ k8s_backend: backend }))).toThrow(/k8s_backend/);
    },
  );
});
