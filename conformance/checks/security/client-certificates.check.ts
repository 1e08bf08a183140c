import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { HttpDriver, type HttpAnswer } from '../../drivers/http.ts';
import { TcpProxy } from '../../drivers/tcp-proxy.ts';
import { TargetError } from '../../errors.ts';
import { check, defineChecks } from '../../runner/check.ts';
import { CheckFailure } from '../../runner/outcome.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, eventually, refused, status } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import { ClientAuthority, type ClientCertificate } from '../../world/client-certificates.ts';
import type { ServerInfo } from '../../target/world-info.ts';
import { GatewayApi } from '../../world/gateway-api.ts';
import { OwnMaster } from '../../world/own-master.ts';
import { headersOf, type Prepared } from '../../world/replay-attack.ts';
import { HEARTBEAT, prepareHeartbeat, PODS, REGISTER, unixNow } from '../credentials/asking.ts';

const options = { timeoutMs: 60_000 };

/** A master that asks its clients for certificates of a CA of the suite's. */
async function guarded(
  t: CheckContext,
  masterUrl?: string,
): Promise<{ own: OwnMaster; clients: ClientAuthority }> {
  const clients = await ClientAuthority.start();
  t.defer(() => clients[Symbol.asyncDispose]());
  const own = await OwnMaster.start(t, {
    clients: { ca: clients.caFile, certify: (wallet) => clients.certify(wallet) },
    ...(masterUrl !== undefined && { masterUrl }),
  });
  return { own, clients };
}

/** Connections to that master under a certificate, or none. */
function under(t: CheckContext, own: OwnMaster, client?: ClientCertificate): HttpDriver {
  const { url, ca } = own.t.world.master!;
  const http = new HttpDriver({ baseUrl: url, ca, timeoutMs: 4_000, ...(client && { client }) });
  t.defer(() => http[Symbol.asyncDispose]());
  return http;
}

const usesCertificate = (server: ServerInfo | undefined): boolean =>
  server?.placeholders.includes('gateway.client_cert') === true;

const sent = (http: HttpDriver, target: string, prepared: Prepared): Promise<HttpAnswer> =>
  http.send('POST', target, { headers: headersOf(prepared), body: prepared.body });

export default defineChecks([
  check(
    'SEC-TLS-006',
    'a client without a certificate of the CA is refused in the handshake',
    { ...options, mutants: ['client-certificates-unchecked'] },
    async (t) => {
      const { own, clients } = await guarded(t);
      const wallet = own.gateway.api.gateway.signer.toSuiAddress();
      await using others = await ClientAuthority.start();
      await eachRow(
        [
          ['no certificate', undefined],
          ['one of another CA', await others.certify(wallet)],
          ['one that has expired', await clients.certify(wallet, { endedMs: 60_000 })],
        ],
        async (client) => {
          const http = under(t, own, client);
          for (const path of ['/health', PODS]) {
            const answer = await http.send('GET', path).catch((error: unknown) => {
              // No answer at all is what is wanted; anything else that goes wrong is not.
              if (error instanceof TargetError) return undefined;
              throw error;
            });
            if (answer) throw new CheckFailure(`it was answered ${answer.status}`, { wanted: 'no answer' });
          }
        },
      );
      status(await under(t, own, await clients.certify(wallet)).send('GET', '/health'), 200);
    },
  ),

  check(
    'SEC-TLS-008',
    'gateway and worker present the certificates that they were given',
    { ...options, mutants: ['client-certificate-kept-back', 'worker-certificate-kept-back'] },
    async (t: CheckContext) => {
      t.needs('a gateway that the suite can start', t.world.gateway?.startable === true);
      t.needs('a worker that the suite can start', t.world.worker);
      t.needs('a gateway whose files use {{gateway.client_cert}}', usesCertificate(t.world.gateway));
      // The chain must say where the master is before it is there.
      await using line = await TcpProxy.start({ target: 'https://127.0.0.1:1' });
      const { own, clients } = await guarded(t, line.url);
      line.leadTo(own.t.world.master!.url);
      const { url, ca } = own.t.world.master!;
      const master = {
        ...own.values,
        'master.url': url,
        'master.ca': await clients.keep('master.crt', ca ?? ''),
      };
      const { secretKey, cap } = own.t.world.suiteGateway!;
      const gatewayWallet = Ed25519Keypair.fromSecretKey(secretKey).toSuiAddress();
      const node = await own.t.actors.fresh('node');
      const [mine, theirs] = await Promise.all([clients.files(gatewayWallet), clients.files(node.address)]);
      const [gateway, worker] = await Promise.all([
        t.control.startGateway({
          values: {
            ...master,
            'chain.gateway_cap': cap,
            'wallet.gateway.secret_key': secretKey,
            'wallet.gateway.address': gatewayWallet,
            'gateway.client_cert': mine.cert,
            'gateway.client_key': mine.key,
          },
        }),
        t.control.startWorker({
          secretKey: (node.signer as Ed25519Keypair).getSecretKey(),
          nodeId: node.nodeId,
          // A worker compares what it is told with the chain.
          values: {
            ...master,
            'master.url': line.url,
            'worker.client_cert': theirs.cert,
            'worker.client_key': theirs.key,
          },
        }),
      ]);
      for (const { id } of [gateway, worker]) t.defer(() => t.control.kill({ part: id }));
      const api = new GatewayApi(
        t.http(gateway.url, gateway.ca).recording((exchange) => void t.exchanges.push(exchange)),
        own.t.actors,
      );
      await eventually(
        'a ready node of that worker, read through that gateway',
        async () => {
          const answer = await api.as(own.admin, 'GET', `/api/v1/nodes/${node.nodeId}`);
          const conditions = at(answer.json, 'status', 'conditions');
          const ready =
            Array.isArray(conditions) &&
            conditions.some((one) => at(one, 'type') === 'Ready' && at(one, 'status') === 'True');
          return ready ? true : undefined;
        },
        { withinMs: 20_000, intervalMs: 150, signal: t.signal },
      );
    },
  ),

  check(
    'SEC-TLS-007',
    "a credential over the connection of another wallet's certificate is refused",
    { ...options, mutants: ['connections-unbound'] },
    async (t) => {
      const { own, clients } = await guarded(t);
      const [worker, other] = await Promise.all([own.t.actors.fresh('node'), own.t.actors.fresh('node')]);
      const [mine, theirs] = await Promise.all(
        [worker, other].map(async ({ address }) => under(t, own, await clients.certify(address))),
      );
      const body = JSON.stringify({ node_id: worker.nodeId, seal_token: worker.token, timestamp: unixNow() });
      const registration = async (): Promise<Prepared> => ({
        credential: await own.t.actors.oneShot(worker, { method: 'POST', target: REGISTER, body }),
        body,
      });
      const stolen = { status: 401, reason: 'BindingMismatch' } as const;
      refused(await sent(theirs!, REGISTER, await registration()), stolen);
      status(await sent(mine!, REGISTER, await registration()), 200);
      refused(await sent(theirs!, HEARTBEAT, await prepareHeartbeat(own.t, worker)), stolen);
      status(await sent(mine!, HEARTBEAT, await prepareHeartbeat(own.t, worker)), 200);

      // A gateway's session, too: it reads over its own connection alone.
      const headers = {
        authorization: `Bearer ${await own.t.master.gatewaySession()}`,
        'x-remote-user': own.admin.address,
        'x-remote-group': 'daas:admins',
      };
      refused(await mine!.send('GET', PODS, { headers }), stolen);
      const gateway = own.gateway.api.gateway.signer.toSuiAddress();
      status(await under(t, own, await clients.certify(gateway)).send('GET', PODS, { headers }), 200);
    },
  ),
]);
