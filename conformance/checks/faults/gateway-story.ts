import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { pause } from '../../drivers/wait.ts';
import type { CheckContext } from '../../runner/context.ts';
import { eventually, ok, status } from '../../runner/expectations.ts';
import type { Actor } from '../../world/actors.ts';
import { GatewayApi } from '../../world/gateway-api.ts';
import { startAgain } from '../../world/start-again.ts';
import { CONFIG_MAPS, MADE_BY, configMap } from './config-map.ts';
import { crowd, type CrowdResult } from './crowd.ts';
import { timed, type Timed } from './timed.ts';
import { told } from './told.ts';

const FLIGHTS = 8;
const STAGGER_MS = 12;
const SERVING_MS = 15_000;
const ELSEWHERE_MS = 600;
const OWN = ['wallet.gateway.secret_key', 'chain.gateway_cap'];

/** What was seen around one kill of the gateway. */
export interface GatewayStory {
  /** A credential that was taken before the kill. */
  session: string;
  /** Who sent the writes that were on their way; nothing else. */
  pilot: Actor;
  /** Label of all those writes, and the labels of those that were acknowledged. */
  run: string;
  acknowledged: string[];
  /** Users at work all the time, who come again. */
  crowd: CrowdResult;
  /** Reads and writes through another gateway while the one was dead; undefined where the suite cannot start one. */
  elsewhere: Timed[] | undefined;
}

/** Kills the gateway once for all checks of a process. */
export function gatewayStory(t: CheckContext): Promise<GatewayStory> {
  t.needs('a gateway that the suite can restart', t.world.gateway?.startable === true);
  return told(t, 'a kill of the gateway', tell);
}

const flightLabel = (run: string, index: number): string => `${run}-${index}`;

async function tell(t: CheckContext, undo: AsyncDisposableStack): Promise<GatewayStory> {
  const admin = await t.actors.fresh('admin');
  const [pilot, other] = await Promise.all([t.actors.fresh('admin'), anotherGateway(t, undo, admin)]);
  const session = await t.actors.session(admin);
  status(await t.gateway.with(session, 'GET', `${CONFIG_MAPS}?limit=1`), 200);
  const run = t.name('flight');
  const acknowledged: string[] = [];
  undo.defer(() => startAgain(t, 'gateway'));
  let elsewhere: Timed[] | undefined;
  const result = await crowd(t, admin, async () => {
    const { promise: some, resolve } = Promise.withResolvers<void>();
    const fly = async (index: number): Promise<void> => {
      const label = flightLabel(run, index);
      const body = configMap('', { generateName: 'flight-', labels: { [MADE_BY]: label, run } });
      const answer = await t.gateway.as(pilot, 'POST', CONFIG_MAPS, { body }).catch(() => undefined);
      if (answer?.status !== 201) return;
      acknowledged.push(label);
      if (acknowledged.length === 3) resolve();
    };
    const flights = Array.from({ length: FLIGHTS }, (_, index) => fly(index));
    await Promise.race([some, Promise.all(flights)]);
    // The last ones one after the other, so that each has come another part of its way.
    for (let index = FLIGHTS; index < 2 * FLIGHTS; index += 1) {
      flights.push(fly(index));
      await pause(STAGGER_MS);
    }
    await t.control.kill({ part: 'gateway' });
    elsewhere = other && (await askedElsewhere(t, other, admin));
    await Promise.all(flights);
    await t.control.start({ part: 'gateway' });
  });
  await startAgain(t, 'gateway');
  return { session, pilot, run, acknowledged, crowd: result, elsewhere };
}

/** A gateway with a wallet of its own beside the shared one, which has served this actor. */
async function anotherGateway(
  t: CheckContext,
  undo: AsyncDisposableStack,
  admin: Actor,
): Promise<GatewayApi | undefined> {
  const { admin: mayRegister } = await t.control.caps({});
  if (!mayRegister || !OWN.every((name) => t.world.gateway?.placeholders.includes(name))) return undefined;
  const wallet = new Ed25519Keypair();
  const address = wallet.toSuiAddress();
  await t.control.fund({ address, mist: '50000000000' });
  const { cap } = await t.control.registerGateway({ address });
  const { id, url, ca } = await t.control.startGateway({
    values: {
      'wallet.gateway.secret_key': wallet.getSecretKey(),
      'wallet.gateway.address': address,
      'chain.gateway_cap': cap,
    },
  });
  undo.defer(() => t.control.kill({ part: id }));
  const gateway = new GatewayApi(
    t.http(url, ca).recording((exchange) => void t.exchanges.push(exchange)),
    t.actors,
  );
  const served = async (): Promise<true | undefined> =>
    (await gateway.as(admin, 'GET', `${CONFIG_MAPS}?limit=1`)).status === 200 ? true : undefined;
  await eventually('a read through another gateway', served, { withinMs: SERVING_MS, intervalMs: 50 });
  return gateway;
}

async function askedElsewhere(t: CheckContext, gateway: GatewayApi, admin: Actor): Promise<Timed[]> {
  ok('the other one is dead', !(await t.control.state({ part: 'gateway' })).running);
  const answers: Timed[] = [];
  for (const until = performance.now() + ELSEWHERE_MS; performance.now() < until; await pause(100)) {
    answers.push(
      ...(await Promise.all([
        timed(() => gateway.as(admin, 'GET', `${CONFIG_MAPS}?limit=1`)),
        timed(() => gateway.as(admin, 'POST', CONFIG_MAPS, { body: configMap(t.name('elsewhere')) })),
      ])),
    );
  }
  return answers;
}
