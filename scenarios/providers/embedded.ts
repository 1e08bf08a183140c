import { CuttableLink } from '../../conformance/drivers/cuttable-link.ts';
import { capabilitiesOf } from './capabilities.ts';
import type { Provided, Provider } from './provider.ts';

/** Everything as processes of this machine; the line from the workers to the master goes through the suite. */
export const embedded: Provider = {
  name: 'embedded',
  start: ({ target }): Promise<Provided> => {
    const links: CuttableLink[] = [];
    const capabilities = capabilitiesOf(target);
    // The contract tells workers where their master is, so it must be ours to publish.
    const publishes = target.file.chain.provider !== 'url' && capabilities.has('worker');
    if (publishes) capabilities.add('partition');
    return Promise.resolve({
      target,
      capabilities,
      lacking: {
        realPods: 'its nodes are simulated',
        rbac: 'permissions come from the stake alone',
      },
      worldOptions: publishes
        ? {
            workersReachMasterAt: async (url) => {
              const link = await CuttableLink.start(url);
              links.push(link);
              return link.url;
            },
          }
        : {},
      faults: () => ({
        cut: async () => {
          for (const link of links) link.cut();
          await Promise.resolve();
        },
        heal: async () => {
          for (const link of links) link.heal();
          await Promise.resolve();
        },
      }),
      [Symbol.asyncDispose]: async () => {
        await Promise.all(links.map((link) => link[Symbol.asyncDispose]()));
      },
    });
  },
};
