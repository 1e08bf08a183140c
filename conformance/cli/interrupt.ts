/** Resolves, and aborts `signal`, at the first Ctrl-C or SIGTERM; a second one ends the process at once. */
export function untilInterrupted(): { promise: Promise<void>; signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  // A pending promise alone does not keep Node running.
  const alive = setInterval(() => undefined, 1 << 30);
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
    clearInterval(alive);
    resolve();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const release = (): void => {
    clearInterval(alive);
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
  return { promise, signal: controller.signal, release };
}
