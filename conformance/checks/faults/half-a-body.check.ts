import { once } from 'node:events';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, status } from '../../runner/expectations.ts';
import { openRaw } from '../../drivers/raw-tls.ts';
import { CONFIG_MAPS } from './config-map.ts';

/** A ConfigMap as YAML, which is a ConfigMap without its last lines, too. */
const yaml = (name: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: default\ndata:\n  a: '1'\n  b: '2'\n`;

export default defineChecks(
  ['length', 'chunks'].map((how) =>
    check(
      `GW-FLT-010/${how}`,
      `a write whose connection breaks in the midst of its body, which came by ${how}, is not run`,
      { mutants: ['half-a-body-taken'] },
      async (t: CheckContext) => {
        const server = t.world.gateway;
        t.needs('a gateway', server !== undefined);
        const admin = await t.actors.fresh('admin');
        const headers = { 'content-type': 'application/yaml' };
        const whole = t.name('whole');
        status(await t.gateway.as(admin, 'POST', CONFIG_MAPS, { headers, body: yaml(whole) }), 201);

        const name = t.name('half');
        const body = yaml(name);
        const half = body.slice(0, body.indexOf("  b: '2'"));
        const head = [
          `POST ${CONFIG_MAPS} HTTP/1.1`,
          `host: ${new URL(server.url).host}`,
          `authorization: Bearer ${await t.actors.session(admin)}`,
          'content-type: application/yaml',
          how === 'length' ? `content-length: ${Buffer.byteLength(body)}` : 'transfer-encoding: chunked',
        ].join('\r\n');
        const socket = openRaw(server);
        socket.on('error', () => undefined);
        await once(socket, 'secureConnect');
        const piece = how === 'length' ? half : `${half.length.toString(16)}\r\n${half}\r\n`;
        const closed = once(socket, 'close');
        socket.end(`${head}\r\n\r\n${piece}`);
        // What may come back is a refusal; nobody reads it.
        socket.resume();
        await closed;

        // What is on its way is soon through: the next write is.
        status(await t.gateway.as(admin, 'POST', CONFIG_MAPS, { headers, body: yaml(t.name('next')) }), 201);
        status(await t.gateway.as(admin, 'GET', `${CONFIG_MAPS}/${name}`), 404);
        const requests = await t.chain.events('K8sAPIRequest', { token: admin.token });
        equal('its requests on the chain, of which two were whole', requests.length, 2);
      },
    ),
  ),
);
