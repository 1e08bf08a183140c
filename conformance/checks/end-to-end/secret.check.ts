import { check, defineChecks } from '../../runner/check.ts';
import { at, equal, eventually, ok, refused } from '../../runner/expectations.ts';
import { createSecret, encodingsOf, holdsNone, SECRETS, storedBy } from '../security/secrets.ts';

export default defineChecks([
  check(
    'E2E-REQ-002',
    'a Secret is readable by its rightful reader, and its value stands nowhere else',
    { mutants: ['body-on-chain', 'store-plaintext', 'gateway-logs-body', 'master-logs-body'] },
    async (t) => {
      const admin = await t.actors.fresh('admin');
      const user = await t.actors.shared('user');
      const { name, value } = await createSecret(t, admin);
      const read = await t.gateway.as(admin, 'GET', `${SECRETS}/${name}`);
      equal('the value read', at(read.json, 'data', 'value'), Buffer.from(value).toString('base64'));
      refused(await t.gateway.as(user, 'GET', `${SECRETS}/${name}`), { status: 403 });
      const spellings = encodingsOf(value);

      const requests = await eventually(
        'the request on chain',
        async () => {
          const seen = await t.chain.events('K8sAPIRequest', { token: admin.token });
          return seen.length > 0 ? seen : undefined;
        },
        { withinMs: 5_000 },
      );
      const { events } = await t.control.events({});
      for (const { digest } of requests) {
        for (const event of events.filter((one) => one.digest === digest))
          holdsNone(`the event ${event.name}`, Buffer.from(event.bcs, 'base64'), spellings);
        const found = await t.chain.client.core.getTransaction({ digest, include: { bcs: true } });
        const transaction = found.$kind === 'Transaction' ? found.Transaction : found.FailedTransaction;
        ok('the transaction can be read', (transaction.bcs?.length ?? 0) > 100);
        holdsNone('the transaction', Buffer.from(transaction.bcs ?? []), spellings);
      }
      for (const part of ['gateway', 'master'] as const) {
        if (!t.world[part]?.startable) continue;
        const { text } = await t.control.logs({ part });
        ok(`the ${part} has a log`, text !== '');
        holdsNone(`the log of the ${part}`, text, spellings);
        const files = await storedBy(t, part);
        ok(`the ${part} keeps files`, files.length > 0);
        for (const { path, content } of files) holdsNone(path, content, spellings);
      }
    },
  ),
]);
