import { MemoryStore } from 'express-session';
import type { SessionData, Store } from 'express-session';

type Done = ((error?: unknown) => void) | undefined;

interface SlowStoreOptions {
  /** Longer than a whole round trip of the visitor. */
  readonly latencyMs?: number;
}

/** A session store that is slower than its visitor. `refuse` makes every later write fail. */
export function createSlowStore(options: SlowStoreOptions = {}): Store & { refuse(): void } {
  const { latencyMs = 60 } = options;
  const store = new MemoryStore();
  const [set, destroy, touch] = [store.set.bind(store), store.destroy.bind(store), store.touch.bind(store)];
  let refuses = false;

  const later = (write: (done: Done) => void, done: Done): void => {
    setTimeout(() => (refuses ? done?.(new Error('The disk is full.')) : write(done)), latencyMs);
  };

  return Object.assign(store, {
    set(id: string, data: SessionData, done?: (error?: unknown) => void) {
      // As it is now: whoever changes it afterwards has to save it again.
      const snapshot = JSON.parse(JSON.stringify(data)) as SessionData;
      later((called) => set(id, snapshot, called), done);
    },
    destroy(id: string, done?: (error?: unknown) => void) {
      later((called) => destroy(id, called), done);
    },
    touch(id: string, data: SessionData, done?: () => void) {
      later((called) => touch(id, data, called), done);
    },
    refuse() {
      refuses = true;
    },
  });
}
