import { untilInterrupted } from '../cli/interrupt.ts';
import { describeError } from '../errors.ts';
import { ControlPlane } from './control-plane.ts';

const USAGE = `usage: npm run kubernetes

Starts Kubernetes' own control plane on this machine, prints where its kubeconfig is, and stops it on Ctrl-C.
There are no nodes: workers of the system under test become some.

  $ npm run kubernetes &
  $ npx daas scenario run pod-creation --provider kubeconfig --kubeconfig PATH
  $ npx daas bench --kubeconfig PATH
`;

const programs = process.env['KUBERNETES'] ?? '';
if (programs === '' || process.argv.length > 2) {
  process.stderr.write(
    programs === '' ? `KUBERNETES names no folder of programs: .ci/kubernetes makes one\n${USAGE}` : USAGE,
  );
  process.exitCode = 2;
} else {
  const interrupted = untilInterrupted();
  try {
    process.stderr.write('starting etcd, kube-apiserver, kube-controller-manager and kube-scheduler\n');
    await using plane = await ControlPlane.start(programs);
    process.stdout.write(`export KUBECONFIG=${plane.kubeconfig}\n`);
    await interrupted.promise;
  } catch (error) {
    process.stderr.write(`error: ${describeError(error)}\n`);
    process.exitCode = 3;
  } finally {
    interrupted.release();
  }
}
