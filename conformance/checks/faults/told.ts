import type { CheckContext } from '../../runner/context.ts';

/**
 * A story that is played once for all checks of a process, and once more in each repetition. `undo` is done as soon as it
 * is told, not when the run ends: the next check finds every part at work.
 */
export function told<T>(
  t: CheckContext,
  name: string,
  tell: (t: CheckContext, undo: AsyncDisposableStack) => Promise<T>,
): Promise<T> {
  return t.shared(`${name} ${t.attempt}`, async (own) => {
    const undo = new AsyncDisposableStack();
    const story = await tell(own, undo).catch(async (error: unknown) => {
      // What went wrong first is what counts, whatever cannot be undone then.
      await undo.disposeAsync().catch(() => undefined);
      throw error;
    });
    await undo.disposeAsync();
    return story;
  });
}
