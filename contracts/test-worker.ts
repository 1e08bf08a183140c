import { parentPort, workerData } from 'node:worker_threads';
import { initMovePackageBuilder, testMovePackage } from '@zktx.io/sui-move-builder/full';
import { offlineFetcher } from './build.ts';
import type { SourceFiles, WorkerAnswer } from './build.ts';

// The body of the thread in which `testMove` runs Move unit tests.
await initMovePackageBuilder();
const result = await testMovePackage({
  files: workerData as SourceFiles,
  fetcher: offlineFetcher(),
  silenceWarnings: true,
});
const answer: WorkerAnswer =
  'error' in result
    ? { error: result.error, category: result.category ?? 'unknown' }
    : { output: result.output };
// The rule means windows; a thread's port has no origin.
// oxlint-disable-next-line unicorn/require-post-message-target-origin
parentPort?.postMessage(answer);
