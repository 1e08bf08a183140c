import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, eventually, ok, status } from '../../runner/expectations.ts';
import { CONFIG_MAPS, MADE_BY } from './config-map.ts';
import { gatewayStory, type GatewayStory } from './gateway-story.ts';

const exclusive = true;
const timeoutMs = 90_000;
const LEAST_SHARE = 0.999;
const RECORDED_MS = 10_000;

/** The labels of the writes that took effect, once for each object. */
async function flown(t: CheckContext, { pilot, run }: GatewayStory): Promise<string[]> {
  const list = await t.gateway.as(pilot, 'GET', `${CONFIG_MAPS}?labelSelector=run%3D${run}`);
  status(list, 200);
  return (at(list.json, 'items') as unknown[]).map((item) => String(at(item, 'metadata', 'labels', MADE_BY)));
}

export default defineChecks([
  check(
    'E2E-AVA-002',
    'requests that are tried again come through a kill of the gateway',
    { exclusive, timeoutMs, mutants: ['writes-answered-early'] },
    async (t: CheckContext) => {
      const { requests, failed } = (await gatewayStory(t)).crowd;
      const share = (requests - failed.length) / requests;
      ok('at least 99.9 % of the requests succeeded', requests >= 20 && share >= LEAST_SHARE, {
        wanted: LEAST_SHARE,
        got: { requests, failed: failed.slice(0, 5) },
      });
    },
  ),

  check(
    'GW-FLT-005',
    'after a kill the gateway has the same authority and takes the sessions of before',
    { exclusive, timeoutMs, mutants: ['fresh-ca'] },
    async (t: CheckContext) => {
      const { session } = await gatewayStory(t);
      // A connection of its own, which trusts the authority of before and no other.
      const http = t.http(t.world.gateway!.url, t.world.gateway!.ca);
      const headers = { authorization: `Bearer ${session}` };
      status(await http.send('GET', `${CONFIG_MAPS}?limit=1`, { headers }), 200);
    },
  ),

  check(
    'GW-FLT-006',
    'writes in flight at a kill of the gateway take effect at most once, acknowledged ones exactly once',
    { exclusive, timeoutMs, mutants: ['writes-answered-early'] },
    async (t: CheckContext) => {
      const story = await gatewayStory(t);
      const made = await flown(t, story);
      equal(
        'requests that took effect twice',
        made.filter((one, index) => made.indexOf(one) !== index),
        [],
      );
      equal(
        'acknowledged ones without effect',
        story.acknowledged.filter((one) => !made.includes(one)),
        [],
      );
      ok('some were acknowledged', story.acknowledged.length >= 3, { got: story.acknowledged.length });
    },
  ),

  check(
    'GW-FLT-014',
    'what took effect around a kill of the gateway is on the chain, with one request and one result each',
    { exclusive, timeoutMs, mutants: ['payload-run-unannounced'] },
    async (t: CheckContext) => {
      const story = await gatewayStory(t);
      const requests = await t.chain.events('K8sAPIRequest', { token: story.pilot.token });
      const ids = requests.map(({ data }) => String(data['request_id']));
      const recorded = async (): Promise<string[][] | undefined> => {
        const results = await Promise.all(
          ids.map(async (id) => {
            const all = await t.chain.events('K8sAPIResult', { request_id: id });
            return all.map(({ data }) => String(data['status_code']));
          }),
        );
        return results.every((codes) => codes.length > 0) ? results : undefined;
      };
      const results = await eventually('a result of each request', recorded, {
        withinMs: RECORDED_MS,
        intervalMs: 100,
      });
      equal('requests of one id', ids.length - new Set(ids).size, 0);
      equal('requests with several results', results.filter((codes) => codes.length > 1).length, 0);
      equal(
        'objects made, and results that say so',
        (await flown(t, story)).length,
        results.filter(([code]) => code === '201').length,
      );
    },
  ),

  check(
    'E2E-AVA-018',
    'another gateway answers each request while one is dead',
    { exclusive, timeoutMs, mutants: ['gateways-elect'] },
    async (t: CheckContext) => {
      const { elsewhere } = await gatewayStory(t);
      t.needs('a gateway that the suite can start beside the other, with a wallet of its own', !!elsewhere);
      const bad = elsewhere.filter(({ status: got }) => got !== 200 && got !== 201);
      equal('requests that did not succeed at once', bad, []);
    },
  ),
]);
