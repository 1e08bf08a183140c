interface Slot<T> {
  order: number;
  item: T;
}

/** Binary heap that gives the item of lowest order first. */
export class MinHeap<T> {
  readonly #slots: Slot<T>[] = [];

  get size(): number {
    return this.#slots.length;
  }

  /** The first slot, which stays. */
  peek(): Readonly<Slot<T>> | undefined {
    return this.#slots[0];
  }

  push(order: number, item: T): void {
    const slots = this.#slots;
    const slot = { order, item };
    let at = slots.push(slot) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = slots[parent];
      if (above === undefined || above.order <= order) break;
      slots[at] = above;
      at = parent;
    }
    slots[at] = slot;
  }

  /** Removes and returns the first slot. */
  pop(): Slot<T> | undefined {
    const slots = this.#slots;
    const first = slots[0];
    const last = slots.pop();
    if (first === undefined || last === undefined || slots.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const left = slots[child];
      if (left === undefined) break;
      const right = slots[child + 1];
      let smaller = left;
      if (right !== undefined && right.order < left.order) {
        child += 1;
        smaller = right;
      }
      if (smaller.order >= last.order) break;
      slots[at] = smaller;
      at = child;
    }
    slots[at] = last;
    return first;
  }
}
