import { kubectlsByVersion } from '../../drivers/kubectl.ts';
import { check, defineChecks, KUBECTL_VERSIONS } from '../../runner/check.ts';
import { APPLY_ROWS } from './kubectl/apply-rows.ts';
import { Bench } from './kubectl/bench.ts';
import { CLIENT_ROWS } from './kubectl/client-rows.ts';
import { NODE_ROWS } from './kubectl/node-rows.ts';
import { READ_ROWS } from './kubectl/read-rows.ts';
import { WORKLOAD_ROWS } from './kubectl/workload-rows.ts';
import { WRITE_ROWS } from './kubectl/write-rows.ts';

const ROWS = [...READ_ROWS, ...WRITE_ROWS, ...APPLY_ROWS, ...WORKLOAD_ROWS, ...NODE_ROWS, ...CLIENT_ROWS];
const timeoutMs = 90_000;

/** Each row with the usual kubectl, and with each version that KUBECTLS lists. */
export default defineChecks([
  ...ROWS.map(({ requirement, name, title, mutants = [], run }) =>
    check(`${requirement}/${name}`, title, { requires: ['kubectl'], timeoutMs, mutants }, async (t) =>
      run(await Bench.open(t)),
    ),
  ),
  ...KUBECTL_VERSIONS.flatMap((version) =>
    ROWS.map(({ name, title, mutants = [], run }) =>
      check(
        `GW-KCT-004/${version}/${name}`,
        `${version}: ${title}`,
        { requires: [`kubectl ${version}`], timeoutMs, mutants },
        async (t) => run(await Bench.open(t, (await kubectlsByVersion()).get(version))),
      ),
    ),
  ),
]);
