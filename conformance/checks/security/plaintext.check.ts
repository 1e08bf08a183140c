import { stat } from 'node:fs/promises';
import { check, defineChecks } from '../../runner/check.ts';
import { at, equal, eventually, ok, status } from '../../runner/expectations.ts';
import { createSecret, encodingsOf, holdsNone, SECRETS, storedBy } from './secrets.ts';

export default defineChecks([
  ...(['master', 'gateway'] as const).map((part) =>
    check(
      `SEC-LEAK-003/${part}`,
      `no file of the ${part} holds the plaintext of a Secret`,
      { mutants: part === 'master' ? ['store-plaintext'] : [] },
      async (t) => {
        const admin = await t.actors.shared('admin');
        const { name, value } = await createSecret(t, admin);
        const read = await t.gateway.as(admin, 'GET', `${SECRETS}/${name}`);
        equal('the value read', at(read.json, 'data', 'value'), Buffer.from(value).toString('base64'));
        const files = await storedBy(t, part);
        ok(`the ${part} keeps files`, files.length > 0);
        for (const { path, content } of files) holdsNone(path, content, encodingsOf(value));
      },
    ),
  ),

  check(
    'SEC-LEAK-004',
    'nothing on chain holds the plaintext of a body',
    { mutants: ['body-on-chain'] },
    async (t) => {
      const admin = await t.actors.fresh('admin');
      const { value } = await createSecret(t, admin);
      const events = await eventually(
        'the request on chain',
        async () => {
          const seen = await t.chain.events('K8sAPIRequest', { token: admin.token });
          return seen.length > 0 ? seen : undefined;
        },
        { withinMs: 5_000 },
      );
      const all = (await t.control.events({})).events;
      for (const { digest } of events) {
        const { data } = { data: all.filter((event) => event.digest === digest) };
        for (const { bcs } of data) holdsNone('an event', Buffer.from(bcs, 'base64'), encodingsOf(value));
        const found = await t.chain.client.core.getTransaction({
          digest,
          include: { bcs: true, effects: true },
        });
        const transaction = found.$kind === 'Transaction' ? found.Transaction : found.FailedTransaction;
        ok('the transaction can be read', (transaction.bcs?.length ?? 0) > 100);
        holdsNone('the transaction', Buffer.from(transaction.bcs ?? []), encodingsOf(value));
      }
    },
  ),

  ...(['gateway', 'master'] as const).map((part) =>
    check(
      `SEC-LEAK-005/${part}`,
      `the log of the ${part} holds no plaintext of a Secret`,
      { mutants: [`${part}-logs-body`] },
      async (t) => {
        const admin = await t.actors.shared('admin');
        const { name, value } = await createSecret(t, admin);
        const patch = {
          headers: { 'content-type': 'application/merge-patch+json' },
          body: JSON.stringify({ data: { value: 'no base64!' }, stringData: { value } }),
        };
        await t.gateway.as(admin, 'PATCH', `${SECRETS}/${name}`, patch);
        status(await t.gateway.as(admin, 'GET', `${SECRETS}/${name}`), 200);
        const { text } = await t.control.logs({ part });
        ok('there is a log', text !== '');
        holdsNone('the log', text, encodingsOf(value));
      },
    ),
  ),

  ...(['gateway', 'master'] as const).map((part) =>
    check(
      `SEC-LEAK-007/${part}`,
      `private keys of the ${part} are for their owner alone`,
      { mutants: ['keys-readable'] },
      async (t) => {
        const keys = (await storedBy(t, part)).filter(({ content }) => content.includes('PRIVATE KEY-----'));
        ok(`the ${part} keeps a private key in a file`, keys.length > 0);
        for (const { path } of keys) {
          const { mode } = await stat(path);
          ok(`${path} is readable by its owner alone`, (mode & 0o077) === 0, {
            wanted: '0600',
            got: (mode & 0o777).toString(8),
          });
        }
      },
    ),
  ),
]);
