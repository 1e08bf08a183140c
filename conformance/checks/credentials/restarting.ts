import { HttpDriver } from '../../drivers/http.ts';
import type { CheckContext } from '../../runner/context.ts';
import { eventually } from '../../runner/expectations.ts';
import type { Actor } from '../../world/actors.ts';
import { GatewayApi } from '../../world/gateway-api.ts';

/**
 * Restarts a server of the target with other values for these placeholders of its files; with the usual ones again when
 * the check ends. For exclusive checks only.
 */
export async function restarted(
  t: CheckContext,
  part: 'gateway' | 'master',
  values: Record<string, string>,
): Promise<void> {
  needsPlaceholders(t, part, values);
  t.defer(async () => {
    await t.control.stop({ part });
    await t.control.start({ part });
  });
  await t.control.stop({ part });
  await t.control.start({ part, values });
}

/**
 * A gateway of the target beside the shared one, with other values for these placeholders of its files. It uses the
 * wallet of the shared one, so checks that run beside others must send it nothing that writes.
 */
export async function anotherGateway(
  t: CheckContext,
  values: Record<string, string>,
): Promise<{ gateway: GatewayApi; id: string }> {
  needsPlaceholders(t, 'gateway', values);
  const { id, url, ca } = await t.control.startGateway({ values });
  t.defer(() => t.control.kill({ part: id }));
  const http = new HttpDriver({ baseUrl: url, ca });
  t.defer(() => http[Symbol.asyncDispose]());
  const record = (exchange: (typeof t.exchanges)[number]): void => void t.exchanges.push(exchange);
  return { gateway: new GatewayApi(http.recording(record), t.actors), id };
}

/** Waits until a gateway that has just started reads for this actor: it attests the master first. */
export async function serving(t: CheckContext, gateway: GatewayApi, actor: Actor): Promise<void> {
  const read = async (): Promise<true | undefined> =>
    (await gateway.as(actor, 'GET', '/version')).status === 200 ? true : undefined;
  await eventually('the first read through a new gateway', read, { withinMs: 15_000, signal: t.signal });
}

function needsPlaceholders(
  t: CheckContext,
  part: 'gateway' | 'master',
  values: Record<string, string>,
): void {
  const server = t.world[part];
  t.needs(`a ${part} that the suite can start`, server?.startable === true);
  for (const name of Object.keys(values)) {
    t.needs(`a ${part} whose files or command use {{${name}}}`, server.placeholders.includes(name));
  }
}
