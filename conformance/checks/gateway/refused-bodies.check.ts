import { check, defineChecks } from '../../runner/check.ts';
import { isStatus, refused } from '../../runner/expectations.ts';
import { leavesNoEvent } from './chain-trace.ts';
import { kube } from './kube.ts';

/** Bodies that no write may get through with, at `POST …/configmaps`. */
const REFUSED_BODIES: Record<string, { contentType: string; body: string; status: number; reason: string }> =
  {
    'not-json': { contentType: 'application/json', body: '{"kind":', status: 400, reason: 'BadRequest' },
    'no-object': { contentType: 'application/json', body: 'null', status: 400, reason: 'BadRequest' },
    'plain-text': {
      contentType: 'text/plain',
      body: 'kind: ConfigMap',
      status: 415,
      reason: 'UnsupportedMediaType',
    },
    'too-large': {
      contentType: 'application/json',
      body: ' '.repeat(3 * 1024 * 1024 + 1),
      status: 413,
      reason: 'PayloadTooLarge',
    },
  };

export default defineChecks(
  Object.entries(REFUSED_BODIES).map(([name, wanted]) =>
    check(
      `GW-CTR-002/${name}`,
      `a write refused with ${wanted.status} (${name}) leaves no event on chain`,
      { mutants: name === 'too-large' ? ['limits-ignored'] : ['body-unchecked'] },
      async (t) => {
        const admin = await kube(t);
        const path = `/api/v1/namespaces/${t.name('nowhere')}/configmaps`;
        const answer = await admin.send('POST', path, {
          headers: { 'content-type': wanted.contentType },
          body: wanted.body,
        });
        refused(answer, { status: wanted.status, reason: wanted.reason });
        isStatus(answer);
        await leavesNoEvent(t, path);
      },
    ),
  ),
);
