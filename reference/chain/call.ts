import type { Transaction, TransactionObjectArgument } from '@mysten/sui/transactions';

/** One call of the package, described so that several can share a transaction. */
export interface Call {
  /** Calls of one kind cost about the same gas. */
  kind: string;
  objects: readonly { id: string; mutable: boolean }[];
  build(tx: Transaction, object: (id: string) => TransactionObjectArgument): void;
  /** May share a transaction with other such calls: small, no coin, no created object to be told apart. */
  shareable: boolean;
}

/** What calls have in common that stand and fall together, as far as objects decide it: a token that was revoked, for instance. */
export function objectsOf({ kind, objects }: Call): string {
  return [kind, ...objects.map(({ id }) => id)].join(' ');
}
