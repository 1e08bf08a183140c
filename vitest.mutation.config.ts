import { defineConfig } from 'vitest/config';

/** The unit tests that `npm run test:mutation` judges: those of verdicts, expectations, credentials and attestation. */
export default defineConfig({
  test: {
    include: [
      'conformance/report/verdict.test.ts',
      'conformance/runner/{expectations,signed-rank}.test.ts',
      'conformance/drivers/attestation/{chain,verify,weak-key}.test.ts',
      'reference/protocol/{verifier,memory-nonce-store}.test.ts',
    ],
    testTimeout: 30_000,
  },
});
