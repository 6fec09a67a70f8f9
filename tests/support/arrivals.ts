/** What has come in, oldest first, and a way to await what has not. */
export interface Arrivals<Item> {
  readonly all: readonly Item[];
  add(item: Item): void;
  /** The first item that matches, now or when it comes. */
  next(matches?: (item: Item) => boolean): Promise<Item>;
  clear(): void;
}

export function createArrivals<Item>(): Arrivals<Item> {
  const all: Item[] = [];
  const waiting = new Set<(item: Item) => void>();
  return {
    all,
    add(item) {
      all.push(item);
      for (const tell of waiting) tell(item);
    },
    next(matches = () => true) {
      const here = all.find(matches);
      if (here !== undefined) return Promise.resolve(here);
      return new Promise((resolve) => {
        const tell = (item: Item): void => {
          if (!matches(item)) return;
          waiting.delete(tell);
          resolve(item);
        };
        waiting.add(tell);
      });
    },
    clear() {
      all.length = 0;
    },
  };
}
