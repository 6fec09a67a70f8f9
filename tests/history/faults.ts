import type { Fleet } from './fleet';
import type { Recorder } from './history';
import { createRandom, type Random } from './random';
import type { StoreFault, StoreUnderTest } from './stores';

/** Counted in answers, so that a slow machine has as many faults as a fast one. */
export interface FaultPace {
  /** Answers between two faults: so many at least, and up to twice as many. */
  readonly between: number;
  /** Answers during a fault, in the same way. */
  readonly during: number;
  /** Whether server processes are paused and killed, too. */
  readonly stopsProcesses: boolean;
}

function processFaults(fleet: Fleet, random: Random): readonly StoreFault[] {
  let chosen = 0;
  const choose = () => (chosen = random.whole(fleet.size));
  const paused: StoreFault = {
    name: 'server process paused',
    losesWrites: false,
    leavesNoAnswer: true,
    begin: () => fleet.pause(choose()),
    end: () => fleet.resume(chosen),
  };
  // The only process of an app in memory would take everything with it.
  if (fleet.size === 1) return [paused];
  return [
    paused,
    {
      name: 'server process killed',
      losesWrites: false,
      begin: () => fleet.kill(choose()),
      end: () => fleet.start(chosen),
    },
  ];
}

/** Pauses, kills and fails over what an app consists of, while the calls of a history go on. */
export function createFaults({
  store,
  fleet,
  recorder,
  seed,
  pace,
}: {
  readonly store: StoreUnderTest;
  readonly fleet: Fleet;
  readonly recorder: Recorder;
  readonly seed: number;
  readonly pace: FaultPace;
}) {
  const random = createRandom(seed, 'faults');
  const gap = (least: number) => least + random.whole(least);
  const kinds: readonly StoreFault[] = [
    ...store.faults,
    ...(pace.stopsProcesses ? processFaults(fleet, random) : []),
  ];
  let actors = 0;
  let waiting = 0;
  let answers = 0;
  let next = Infinity;
  let active: {
    readonly fault: StoreFault;
    readonly from: number;
    readonly begun: Promise<void>;
    readonly end: number;
  } | null = null;
  let work: Promise<void> = Promise.resolve();
  let failed: unknown = null;

  function begin(): void {
    const fault = random.pick(kinds);
    const from = recorder.place();
    const begun = (async () => fault.begin())();
    // Whoever ends it gets the failure.
    begun.catch(() => undefined);
    active = { fault, from, begun, end: answers + gap(pace.during) };
  }

  function end(): void {
    if (active === null) return;
    const { fault, from, begun } = active;
    active = null;
    next = Infinity;
    work = (async () => {
      await begun;
      await fault.end();
      await fleet.untilHealthy();
      recorder.addFault({ what: fault.name, losesWrites: fault.losesWrites, from, to: recorder.place() });
      next = answers + gap(pace.between);
    })().catch((error: unknown) => {
      failed = error;
    });
  }

  function check(): void {
    if (active === null) {
      if (answers >= next) begin();
      return;
    }
    const isStuck = active.fault.leavesNoAnswer === true && waiting >= actors;
    if (answers >= active.end || isStuck) end();
  }

  return {
    /** Records, and counts what is answered. */
    watched: {
      ...recorder,
      async record(asked, ask) {
        if (failed !== null) throw failed;
        waiting += 1;
        check();
        const call = await recorder.record(asked, ask);
        waiting -= 1;
        answers += 1;
        check();
        return call;
      },
    } satisfies Recorder,
    /** From now on there are faults, under so many that call at once. */
    start(count: number): void {
      actors = count;
      next = answers + gap(pace.between);
    },
    /** One of the actors calls no more. */
    leave(): void {
      actors -= 1;
      check();
    },
    /** Ends the fault that is there, if any, and begins no other. */
    async stop(): Promise<void> {
      end();
      await work;
      next = Infinity;
      if (failed !== null) throw failed;
    },
  };
}
