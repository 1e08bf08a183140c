/** A check observed something else than its requirement says. */
export class CheckFailure extends Error {
  override readonly name = 'CheckFailure';
  readonly evidence: Evidence;
  constructor(message: string, evidence: Evidence = {}) {
    super(message);
    this.evidence = evidence;
  }
}

/** The check needs something that this target or this machine does not offer. */
export class Untestable extends Error {
  override readonly name = 'Untestable';
}

export interface Evidence {
  sent?: unknown;
  wanted?: unknown;
  got?: unknown;
}
