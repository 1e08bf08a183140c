import type { z } from 'zod';
import type { Stage } from './stage.ts';

/** What a scenario may need of a target and of where it runs. */
export const CAPABILITIES = {
  worker: 'a worker that the suite can start',
  restart: 'a gateway and a master that the suite can stop and start',
  partition: 'a line between workers and the master that can be cut',
  chainControl: 'the embedded chain, which can be cut off',
  slash: 'an operator wallet that holds the SlashCap',
  admin: 'an operator wallet that holds the AdminCap',
  enclaveImage: 'a master whose measurements and data folder are placeholders of the target file',
  signals: 'a master that runs as a process of the suite, to be told by a signal',
  realPods: 'a cluster whose nodes run containers',
  rbac: 'a cluster with role-based access control of its own',
} as const;
export type Capability = keyof typeof CAPABILITIES;

/** The things that steps make and that later steps name. */
export const KINDS = ['actor', 'worker', 'writer', 'watch'] as const;
export type Kind = (typeof KINDS)[number];

/** One kind of step: its parameters, what it needs, and what it does. */
export interface Step {
  readonly name: string;
  /** One line for `daas scenario list --steps`. */
  readonly about: string;
  readonly params: z.ZodObject;
  readonly needs: readonly Capability[];
  /** Parameters that name something an earlier step made. */
  readonly refers: Readonly<Record<string, Kind>>;
  /** Parameter whose value becomes the name of a new thing. */
  readonly makes: { readonly param: string; readonly kind: Kind } | undefined;
  /** The step in words, for a person who watches. */
  readonly say: (params: Record<string, unknown>) => string;
  readonly run: (stage: Stage, params: Record<string, unknown>) => Promise<void>;
}

export interface StepOptions<Params extends z.ZodObject> {
  about: string;
  params: Params;
  needs?: readonly Capability[];
  refers?: Partial<Record<keyof z.infer<Params> & string, Kind>>;
  makes?: { param: keyof z.infer<Params> & string; kind: Kind };
  say: (params: z.infer<Params>) => string;
  run: (stage: Stage, params: z.infer<Params>) => Promise<void>;
}

/** Defines a kind of step; its parameters are checked when a scenario is read. */
export function step<Params extends z.ZodObject>(name: string, options: StepOptions<Params>): Step {
  return {
    name,
    about: options.about,
    params: options.params,
    needs: options.needs ?? [],
    refers: (options.refers ?? {}) as Record<string, Kind>,
    makes: options.makes,
    say: (params) => options.say(params as z.infer<Params>),
    run: (stage, params) => options.run(stage, params as z.infer<Params>),
  };
}
