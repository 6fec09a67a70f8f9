/** How often a waiting request checks whether another process has finished. */
const TICK_MS = 250;
/** Longer than a slow callback takes, and shorter than a proxy waits. */
const MOST_TICKS = 120;
/** More waiting requests than this are a flood. */
const MOST_IN_LINE = 256;
const MOST_IN_ALL = 2048;

export type Sleep = (milliseconds: number) => Promise<void>;

export interface Busy {
  readonly outcome: 'busy';
  /** The same key for all requests that wait for the same attempts. */
  readonly on: string;
}

class Waiter {
  #isWoken = false;
  #wake: () => void = () => undefined;

  wake(): void {
    this.#isWoken = true;
    this.#wake();
  }

  /** Waits until it is woken (or was already), or for one tick. True if it was woken. */
  async pause(sleep: Sleep): Promise<boolean> {
    if (!this.#isWoken) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await Promise.race([woken, sleep(TICK_MS)]);
    }
    const wasWoken = this.#isWoken;
    this.#isWoken = false;
    return wasWoken;
  }
}

/**
 * Passwords that may be checked if those in progress turn out right. They wait in line. The first one asks again when this
 * process has checked a password, and a few times a second in case another process has.
 */
export class PasswordQueue {
  readonly #lines = new Map<string, Waiter[]>();
  #inAll = 0;
  readonly #sleep: Sleep;

  constructor(sleep: Sleep) {
    this.#sleep = sleep;
  }

  /** Null if that takes too long, too many are waiting, or the client has disconnected. */
  async wait<Answer extends { readonly outcome: string }>(
    busy: Busy,
    waiting: { readonly ask: () => Promise<Answer | Busy>; readonly isGone: () => boolean },
  ): Promise<Answer | null> {
    const waiter = new Waiter();
    let { on } = busy;
    if (!this.#join(on, waiter)) return null;
    try {
      for (let ticks = 0; ticks < MOST_TICKS;) {
        if (!(await waiter.pause(this.#sleep))) ticks += 1;
        if (waiting.isGone()) return null;
        if (this.#lines.get(on)?.[0] !== waiter) continue;
        const answer = await waiting.ask();
        if (!isBusy(answer)) return answer;
        if (answer.on === on) continue;
        this.#leave(on, waiter);
        ({ on } = answer);
        if (!this.#join(on, waiter)) return null;
      }
      return null;
    } finally {
      this.#leave(on, waiter);
    }
  }

  release(on: string): void {
    this.#lines.get(on)?.[0]?.wake();
  }

  #join(on: string, waiter: Waiter): boolean {
    const line = this.#lines.get(on) ?? [];
    if (line.length >= MOST_IN_LINE || this.#inAll >= MOST_IN_ALL) return false;
    line.push(waiter);
    this.#lines.set(on, line);
    this.#inAll += 1;
    // The attempt that it waits for may have finished before it joined the line.
    if (line.length === 1) waiter.wake();
    return true;
  }

  #leave(on: string, waiter: Waiter): void {
    const line = this.#lines.get(on);
    const place = line?.indexOf(waiter) ?? -1;
    if (line === undefined || place < 0) return;
    line.splice(place, 1);
    this.#inAll -= 1;
    if (line.length === 0) this.#lines.delete(on);
    else if (place === 0) line[0]?.wake();
  }
}

function isBusy(answer: { readonly outcome: string }): answer is Busy {
  return answer.outcome === 'busy';
}
