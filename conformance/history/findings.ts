/** Something that no correct implementation does. */
export interface Finding {
  rule: Rule;
  /** What was seen and what should have been, in a sentence. */
  message: string;
  /** Ids of the operations that show it. */
  operations: number[];
}

/** What the verdict looks at, and what each rule asks. */
export const RULES = {
  linearizable: 'the operations on each object can be put in one order that explains every answer',
  versions: 'one value has one resourceVersion: nothing takes effect twice',
  events: 'an answered write has one request event and one result event with its status, a refused one none',
  effects: 'of each request the effect is there once, of a refused one never',
  watch: 'a watch tells of every write, in order, and of nothing else',
  recovery: 'after each fault reads and writes are answered again in time',
  availability: 'without a fault operations are answered',
  nodes: 'all workers are Ready at the end',
} as const;
export type Rule = keyof typeof RULES;
