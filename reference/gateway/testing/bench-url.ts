import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'undici';
import { parse } from 'yaml';
import { openWallet } from '../../chain/index.ts';
import { systemClock } from '../../protocol/clock.ts';
import { mint } from '../../protocol/credential.ts';
import { configMap } from './gateway-world.ts';

/**
 * Load on a running gateway, as `daas up --dir DIR` starts one: node bench-url.ts DIR [total] [at once].
 * Stays below the rate limit's burst by waiting when it is told to.
 */
const [dir = '.daas', totalText = '300', atOnceText = '16'] = process.argv.slice(2);
const total = Number(totalText);
const config = parse(await readFile(`${dir}/kubeconfig`, 'utf8')) as {
  clusters: { cluster: { server: string; 'certificate-authority-data': string } }[];
};
const wallet = JSON.parse(await readFile(`${dir}/admin.json`, 'utf8')) as Record<
  'secret_key' | 'token' | 'cluster',
  string
>;
const cluster = config.clusters[0]?.cluster;
if (cluster === undefined) throw new Error('no cluster in the kubeconfig');
const ca = Buffer.from(cluster['certificate-authority-data'], 'base64').toString();
const dispatcher = new Agent({ connect: { ca }, connections: Number(atOnceText) });
const signer = await openWallet({ secret_key: wallet.secret_key });
const { credential } = await mint(signer, {
  token: wallet.token,
  audience: wallet.cluster,
  clock: systemClock,
  randomBytes,
});
const authorization = `Bearer ${credential.reveal()}`;
const run = randomBytes(4).toString('hex');

async function once(name: string, i: number): Promise<number> {
  const write = name === 'write';
  const { statusCode, headers, body } = await request(
    `${cluster?.server}/api/v1/namespaces/default/${write ? 'configmaps' : 'pods'}`,
    {
      dispatcher,
      method: write ? 'POST' : 'GET',
      headers: { authorization, 'content-type': 'application/json' },
      body: write ? JSON.stringify(configMap(`b${run}-${i}`)) : null,
    },
  );
  await body.dump();
  if (statusCode !== 429) return statusCode;
  await new Promise((resolve) => setTimeout(resolve, Number(headers['retry-after']) * 1000));
  return once(name, i);
}

for (const name of ['read', 'write']) {
  const times: number[] = [];
  const codes = new Map<number, number>();
  let next = 0;
  const started = performance.now();
  const work = async (): Promise<void> => {
    for (let i = next++; i < total; i = next++) {
      const begun = performance.now();
      const code = await once(name, i);
      codes.set(code, (codes.get(code) ?? 0) + 1);
      times.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: Number(atOnceText) }, work));
  const seconds = (performance.now() - started) / 1000;
  times.sort((a, b) => a - b);
  const at = (q: number): string => (times[Math.floor(times.length * q)] ?? 0).toFixed(1);
  console.log(
    `${name}: ${(total / seconds).toFixed(0)}/s p50 ${at(0.5)} p99 ${at(0.99)} ms`,
    Object.fromEntries(codes),
  );
}
await dispatcher.destroy();
