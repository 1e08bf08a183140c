import { GitHubMovePackageFetcher, getPinnedSuiVersion } from '@zktx.io/sui-move-builder/full';
import type { MovePackageFetcher } from '@zktx.io/sui-move-builder/full';
import { MoveBuildError, buildContracts } from './build.ts';

/** Whether `contracts/framework` is as good as Sui's own for compiling the contracts. Digests are hex. */
export type FrameworkComparison =
  | { readonly verdict: 'same'; readonly own: string; readonly suiVersion: string }
  | { readonly verdict: 'different'; readonly own: string; readonly sui: string; readonly suiVersion: string }
  | { readonly verdict: 'not compared'; readonly own: string; readonly reason: string };

/** Fetches Sui's framework from GitHub; a token in GITHUB_TOKEN raises its rate limit. */
export const suiFetcher = (token = process.env['GITHUB_TOKEN']): MovePackageFetcher =>
  new GitHubMovePackageFetcher(token);

/**
 * Compiles the contracts against our subset of the framework and against the whole of it, as the compiler pins it, and
 * compares the package digests: they cover every byte of every module. Without a network there is nothing to compare with.
 * Throws MoveBuildError when the contracts do not compile against one of them.
 */
export async function compareFrameworks(fetcher = suiFetcher()): Promise<FrameworkComparison> {
  const own = hex((await buildContracts()).digest);
  try {
    const sui = hex((await buildContracts({ fetcher })).digest);
    const suiVersion = await getPinnedSuiVersion();
    return sui === own
      ? { verdict: 'same', own, suiVersion }
      : { verdict: 'different', own, sui, suiVersion };
  } catch (error) {
    if (!(error instanceof MoveBuildError) || error.category !== 'dependency_resolution') throw error;
    return { verdict: 'not compared', own, reason: error.message };
  }
}

function hex(digest: Uint8Array): string {
  return Buffer.from(digest).toString('hex');
}
