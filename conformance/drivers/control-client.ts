import { HarnessError, TargetError } from '../errors.ts';
import type { Control } from '../target/control-methods.ts';

/** Status of a method that failed by the implementation under test: what does not come up again is not the suite's fault. */
export const OF_THE_TARGET = 502;

/** Calls the run's owner. Each method of Control is there under its name. */
export function controlClient(options: { url: string; token: string }): Control {
  const call = async (method: string, params: unknown): Promise<unknown> => {
    const answer = await fetch(`${options.url}/${method}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${options.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(params ?? {}),
    });
    const body = (await answer.json()) as { error?: string } | null;
    if (answer.ok) return body;
    const Kind = answer.status === OF_THE_TARGET ? TargetError : HarnessError;
    throw new Kind(body?.error ?? `control ${method} failed with ${answer.status}`);
  };
  return new Proxy({} as Control, {
    get: (_, name) => (params: unknown) => call(String(name), params),
  });
}
