/** Work that no response waits for. Work with the same name never runs twice at once; if it is requested meanwhile, it runs again after. */
export class BackgroundWork {
  readonly #underWay = new Map<
    string,
    { readonly done: Promise<void>; again: (() => Promise<void>) | null }
  >();
  readonly #later = new Set<string>();
  readonly #onError: (error: unknown) => void;
  #stopping = false;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** True once the process is about to end: work in steps leaves the rest to the next start. */
  get isStopping(): boolean {
    return this.#stopping;
  }

  /** Begins nothing more. Resolves when what is under way has come to a place where it can stop. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.settled();
  }

  run(name: string, work: () => Promise<void>): void {
    if (this.#stopping) return;
    const running = this.#underWay.get(name);
    if (running !== undefined) {
      running.again = work;
      return;
    }
    const done = Promise.resolve()
      .then(work)
      .catch(this.#onError)
      .finally(() => {
        const again = this.#underWay.get(name)?.again ?? null;
        this.#underWay.delete(name);
        if (again !== null) this.run(name, again);
      });
    this.#underWay.set(name, { done, again: null });
  }

  /** Resolves when nothing of that name is under way. */
  async idle(name: string): Promise<void> {
    await this.#underWay.get(name)?.done;
  }

  /** Runs work after a while, once: a second request for the same name before then is ignored. Does not keep the process alive. */
  runLater(name: string, work: () => Promise<void>, seconds: number): void {
    if (this.#later.has(name)) return;
    this.#later.add(name);
    setTimeout(() => {
      this.#later.delete(name);
      this.run(name, work);
    }, seconds * 1000).unref();
  }

  /** Resolves when everything under way is done but what has a name that begins with `except`. */
  async settled(except?: string): Promise<void> {
    for (;;) {
      const rest = [...this.#underWay].filter(([name]) => except === undefined || !name.startsWith(except));
      if (rest.length === 0) return;
      // What is done may have asked for more.
      // oxlint-disable-next-line no-await-in-loop
      await Promise.all(rest.map(([, { done }]) => done));
    }
  }
}
