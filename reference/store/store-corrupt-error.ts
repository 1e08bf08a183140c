/** What is on disk is damaged in a way that no crash explains. The store does not open: a person must look. */
export class StoreCorruptError extends Error {
  override readonly name = 'StoreCorruptError';
  readonly file: string;
  /** Byte at which the damage begins. */
  readonly offset: number;

  constructor(file: string, offset: number, what: string, options?: ErrorOptions) {
    super(`${file} is damaged at byte ${offset}: ${what}; restore it from a copy or another master`, options);
    this.file = file;
    this.offset = offset;
  }
}
