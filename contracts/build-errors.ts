/** The Move compiler refused the sources, or could not run. `category` is the compiler's name of the stage. */
export class MoveBuildError extends Error {
  readonly code = 'MoveBuildError';
  readonly category: string;
  constructor(message: string, category: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MoveBuildError';
    this.category = category;
  }
}

/** The Move unit tests did not end in time; one of them probably loops for ever. */
export class MoveTestTimeout extends Error {
  readonly code = 'MoveTestTimeout';
  constructor(deadlineMs: number) {
    super(`the Move unit tests did not end within ${deadlineMs} ms; does one loop for ever?`);
    this.name = 'MoveTestTimeout';
  }
}
