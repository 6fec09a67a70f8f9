/** Work with the same name never runs twice at once; if it is requested while it runs, it runs again afterwards. */
export class BackgroundWork {
  readonly #running = new Map<
    string,
    { readonly done: Promise<void>; again: (() => Promise<void>) | null }
  >();
  readonly #later = new Set<string>();
  readonly #onError: (error: unknown) => void;
  #stopping = false;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** True when the process is about to end. Work that runs in steps then leaves the rest to the next start. */
  get isStopping(): boolean {
    return this.#stopping;
  }

  /** Starts no more work. Resolves when running work has reached a point where it can stop. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.settled();
  }

  run(name: string, work: () => Promise<void>): void {
    if (this.#stopping) return;
    const running = this.#running.get(name);
    if (running !== undefined) {
      running.again = work;
      return;
    }
    const done = Promise.resolve()
      .then(work)
      .catch(this.#onError)
      .finally(() => {
        const again = this.#running.get(name)?.again ?? null;
        this.#running.delete(name);
        if (again !== null) this.run(name, again);
      });
    this.#running.set(name, { done, again: null });
  }

  async idle(name: string): Promise<void> {
    await this.#running.get(name)?.done;
  }

  /** Runs work once after a delay. Ignores further requests for the same name until then. Does not keep the process alive. */
  runLater(name: string, work: () => Promise<void>, seconds: number): void {
    if (this.#later.has(name)) return;
    this.#later.add(name);
    setTimeout(() => {
      this.#later.delete(name);
      this.run(name, work);
    }, seconds * 1000).unref();
  }

  /** Resolves when all work is done, except work whose name starts with `except`. */
  async settled(except?: string): Promise<void> {
    for (;;) {
      const rest = [...this.#running].filter(([name]) => except === undefined || !name.startsWith(except));
      if (rest.length === 0) return;
      // Finished work may have started more.
      // oxlint-disable-next-line no-await-in-loop
      await Promise.all(rest.map(([, { done }]) => done));
    }
  }
}
