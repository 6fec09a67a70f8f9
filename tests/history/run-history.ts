import { createBrowser, type Browser } from './browser';
import { checkHistory, type Verdict } from './check-history';
import { createFaults, type FaultPace } from './faults';
import { startFleet } from './fleet';
import { createRecorder, type History } from './history';
import { createHost } from './host';
import { openMailbox } from './mailbox';
import { createPerson, type Person } from './person';
import { createRandom } from './random';
import { openStore, type StoreKind, type StoreSettings } from './stores';
import { settleIn, walk, type Walker } from './walk';

export interface HistoryRun {
  readonly store: StoreKind;
  readonly seed: number;
  /** For how many walks each browser goes on. */
  readonly goesOn: (walks: number) => boolean;
  readonly people: number;
  readonly pace: FaultPace;
  readonly settings?: StoreSettings;
}

export interface HistoryResult {
  readonly history: History;
  readonly verdict: Verdict;
  /** The most walks of one browser: so many, from the same seed, do the same again. */
  readonly walks: number;
}

const BROWSERS_EACH = 2;
const PROCESSES = 4;
const START = Date.UTC(2026, 0, 15, 12);

/** Lets people use an app at random while its stores fail, records what they are answered, and checks it. */
export async function runHistory(run: HistoryRun): Promise<HistoryResult> {
  const { seed, goesOn, pace, settings = { minReplicas: 0 } } = run;
  let now = START;
  const clock = { now: () => now };
  const wait = (seconds: number) => void (now += seconds * 1000);
  const [mailbox, store] = await Promise.all([openMailbox(), openStore(run.store, settings)]);
  const people = Array.from({ length: run.people }, (_, index) =>
    createPerson(`p${index}`, { clock, mailbox }),
  );
  const input = { ...store.urls, mailboxUrl: mailbox.url, people: people.map(({ id }) => id) };
  // What is in the memory of a process is in no other.
  const fleet = await startFleet(input, { size: run.store === 'memory' ? 1 : PROCESSES, clock });
  const plain = createRecorder(clock);
  const faults = createFaults({ store, fleet, recorder: plain, seed, pace });
  const common = { fleet, recorder: faults.watched, tick: () => wait(1) };
  let revision = 0;
  const nextRevision = () => (revision += 1);

  function openWalker(person: Person, name: string): Walker {
    let random = createRandom(seed, name);
    const parts = { ...common, name, pickProcess: () => random.whole(fleet.size) };
    return {
      browser: createBrowser({ ...parts, person }),
      host: createHost({ ...parts, nextRevision }),
      wait,
      get random() {
        return random;
      },
      drawAnew: (stream) => void (random = createRandom(seed, `${name}/${stream}`)),
    };
  }

  async function goOn(walker: Walker): Promise<number> {
    let done = 0;
    for (; goesOn(done); done += 1) await walk(walker, done);
    faults.leave();
    return done;
  }

  try {
    const walkers = people.map((person) =>
      Array.from({ length: BROWSERS_EACH }, (_, index) => openWalker(person, `${person.id}-b${index}`)),
    );
    const host = createHost({ ...common, name: 'the host', pickProcess: () => 0, nextRevision });
    for (const person of people.slice(0, 1)) await host.savePolicy(person, 'optional');
    for (const walker of walkers.flat()) await settleIn(walker);
    faults.start(walkers.flat().length);
    const walks = await Promise.all(walkers.flat().map(goOn));
    await faults.stop();
    for (const [walker, ...others] of walkers) {
      if (walker === undefined) continue;
      for (const { browser } of [walker, ...others]) await leave(browser);
      await lookAtLast(walker, fleet.size);
    }
    const { history } = plain;
    return { history, verdict: checkHistory(history), walks: Math.max(...walks) };
  } finally {
    await fleet.stop();
    await store.stop();
    await mailbox.stop();
  }
}

async function leave(browser: Browser): Promise<void> {
  await browser.visit();
  await browser.visitWithOldCookies();
}

/** When everything works again: what each process says of a person, and whether every factor still signs them in. */
async function lookAtLast({ browser, host, wait }: Walker, processes: number): Promise<void> {
  const { person } = browser;
  for (let process = 0; process < processes; process += 1) {
    await host.inspect(person, process);
    await host.readPolicy(person, process);
  }
  await host.unlock(person);
  for (let tried = 0; ; tried += 1) {
    // A code that was used before is no sign of a lost factor.
    wait(120);
    browser.restart();
    if ((await browser.logIn())['outcome'] !== 'challenge') return;
    await browser.look();
    const factor = browser.options[tried];
    if (factor === undefined) return;
    await browser.choose(factor.id);
    const code = person.rightCode(factor);
    if (code !== null) await browser.answer(code, { group: 'codes', final: { factor: factor.label } });
  }
}
