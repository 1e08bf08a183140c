import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, ok, refused, status } from '../../runner/expectations.ts';
import { kube, namesOf, ownKube, versionOf, type Kube } from './kube.ts';

/** An object near the size limit, and as many changes of it as fill the history that a small server keeps. */
const FILLER = 'x'.repeat(1_000_000);
const CHANGES = 40;
const AT_ONCE = 8;
/** Keeps the answers small: only what the server stores is to be large. */
const METADATA = { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' };

/** What was at hand before the history was filled. */
interface Old {
  namespace: string;
  /** resourceVersion of the list. */
  version: string;
  /** Continue token of its first page. */
  token: string;
  /** Writes of `late` since. */
  changes: number;
}

/** A resourceVersion and a continue token with many megabytes of changes after them; checks of a process share them. */
async function oldVersion(t: CheckContext): Promise<Old & { admin: Kube }> {
  const old = await t.shared('an old version', grownOld);
  return { ...old, admin: (await kube(t)).in(old.namespace) };
}

async function grownOld(t: CheckContext): Promise<Old> {
  const admin = await ownKube(t);
  for (const name of ['a', 'b', 'late']) await admin.made('configmaps', admin.configMap(name));
  const page = await admin.list('configmaps', '?limit=1');
  status(page, 200);
  await admin.made('configmaps', admin.configMap('filler', { filler: FILLER }));
  for (let changed = 0; changed < CHANGES; changed += AT_ONCE) {
    const numbers = Array.from({ length: AT_ONCE }, (_, index) => String(changed + index));
    const answers = await Promise.all(
      numbers.map((number) =>
        admin.send('PATCH', admin.path('configmaps', 'filler'), {
          headers: { ...METADATA, 'content-type': 'application/merge-patch+json' },
          body: { metadata: { labels: { number } } },
        }),
      ),
    );
    for (const answer of answers) status(answer, 200);
  }
  status(await admin.patch('configmaps', 'late', 'merge', { data: { n: '1' } }), 200);
  return {
    namespace: admin.namespace,
    version: versionOf(page.json),
    token: String(at(page.json, 'metadata', 'continue')),
    changes: 1,
  };
}

export default defineChecks([
  check(
    'GW-WAT-005/old',
    'a watch from an old resourceVersion gets 410 or every change since, never a part of them',
    { exclusive: true, timeoutMs: 90_000, mutants: ['too-old-from-now'] },
    async (t) => {
      const old = await oldVersion(t);
      const target = `${old.admin.path('configmaps')}?watch=true&timeoutSeconds=5&resourceVersion=${old.version}&fieldSelector=metadata.name%3Dlate`;
      const answer = await old.admin.send('GET', target, { timeoutMs: 15_000 });
      if (answer.status === 410) {
        refused(answer, { status: 410, reason: ['Expired', 'Gone'] });
        return;
      }
      status(answer, 200);
      const events = answer.text
        .split('\n')
        .filter((line) => line !== '')
        .map((line): unknown => JSON.parse(line));
      const [first] = events;
      if (at(first, 'type') === 'ERROR') {
        equal(
          'the Status in the ERROR',
          [at(first, 'object', 'kind'), at(first, 'object', 'code'), at(first, 'object', 'reason')],
          ['Status', 410, 'Expired'],
        );
        equal('events after it', events.slice(1), []);
        return;
      }
      equal(
        'the changes since',
        events.map((event) => at(event, 'type')),
        Array.from({ length: old.changes }, () => 'MODIFIED'),
      );
    },
  ),

  check(
    'GW-READ-004/old',
    'a continue token that is too old is 410 Expired, or still gives its own state',
    { exclusive: true, timeoutMs: 90_000, mutants: ['continue-not-consistent'] },
    async (t) => {
      const { admin, token, version } = await oldVersion(t);
      const answer = await admin.list('configmaps', `?limit=500&continue=${encodeURIComponent(token)}`);
      if (answer.status === 410) {
        refused(answer, { status: 410, reason: 'Expired' });
        const fresh = at(answer.json, 'metadata', 'continue');
        if (fresh !== undefined)
          status(
            await admin.list('configmaps', `?limit=1&continue=${encodeURIComponent(String(fresh))}`),
            200,
          );
        return;
      }
      status(answer, 200);
      equal('the resourceVersion', versionOf(answer.json), version);
      ok(
        'nothing that came later is listed',
        !namesOf(answer.json).some((name) => name.startsWith('filler')),
        { got: namesOf(answer.json) },
      );
    },
  ),

  check(
    'GW-WAT-005/future',
    'a watch from a resourceVersion that is yet to come is refused, or waits, and is never given what is older',
    { mutants: ['watch-from-the-beginning'] },
    async (t) => {
      const admin = await ownKube(t);
      await admin.made('secrets', admin.secret('older'));
      const future = String(Number(await admin.revision('secrets')) + 1_000_000);
      const target = `${admin.path('secrets')}?watch=true&timeoutSeconds=1&resourceVersion=${future}`;
      const answer = await admin.send('GET', target);
      ok('the status fits', [200, 400, 410, 504].includes(answer.status), { got: answer.status });
      ok('nothing older was sent', !answer.text.includes('"ADDED"'), { got: answer.text.slice(0, 300) });
    },
  ),
]);
