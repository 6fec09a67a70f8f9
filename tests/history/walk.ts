import type { Browser } from './browser';
import type { Host } from './host';
import type { Code, ShownFactor } from './person';
import type { Random } from './random';

// What people do, one walk after another. Which walk comes next follows from the seed alone.

export interface Walker {
  readonly browser: Browser;
  readonly host: Host;
  readonly random: Random;
  /** Draws other numbers from now on, which follow from the seed and this name. */
  readonly drawAnew: (stream: string) => void;
  /** Lets time pass. */
  readonly wait: (seconds: number) => void;
}

const MOST_FACTORS = 4;
const LOCK_SECONDS = 1860;

const WEIGHTS = {
  'sign in': 26,
  visit: 14,
  'visit with old cookies': 8,
  guess: 9,
  resend: 8,
  'send an old code': 7,
  settings: 14,
  'sign out': 6,
  'end others': 5,
  'end all': 4,
  'end organization': 1,
  reset: 2,
  unlock: 4,
  'change policy': 5,
  'read policy': 4,
  inspect: 5,
  wait: 6,
  'wait for the end of a lock': 1,
} as const;

type WalkName = keyof typeof WEIGHTS;

const WALKS: Readonly<Record<WalkName, (walker: Walker) => Promise<unknown> | void>> = {
  'sign in': signIn,
  visit: visitTwice,
  'visit with old cookies': ({ browser }) => browser.visitWithOldCookies(),
  guess,
  resend,
  'send an old code': sendOldCode,
  settings: changeFactors,
  'sign out': async (walker) => {
    await enter(walker);
    await walker.browser.signOut();
    await walker.browser.visitWithOldCookies();
  },
  'end others': async (walker) => {
    await enter(walker);
    await walker.browser.endOthers();
  },
  'end all': ({ browser, host }) => host.endAll(browser.person),
  'end organization': ({ browser, host }) => host.endOrganization(browser.person),
  reset: ({ browser, host }) => host.reset(browser.person),
  unlock: ({ browser, host }) => host.unlock(browser.person),
  'change policy': ({ browser, host, random }) =>
    host.savePolicy(browser.person, random.pick(['required', 'optional'])),
  'read policy': ({ browser, host }) => host.readPolicy(browser.person),
  inspect: ({ browser, host }) => host.inspect(browser.person),
  wait: ({ random, wait }) => wait(30 + random.whole(60)),
  'wait for the end of a lock': ({ wait }) => wait(LOCK_SECONDS),
};

/** Each walk has numbers of its own, so that one that ends otherwise leaves the next as it is. */
export async function walk(walker: Walker, number: number): Promise<void> {
  walker.drawAnew(String(number));
  await WALKS[walker.random.weighted(WEIGHTS)](walker);
}

/** Sets up an app at the first sign-in of a person, and proves it at the next. On a busy machine it may take more than one. */
export async function settleIn(walker: Walker): Promise<void> {
  const { browser, wait } = walker;
  do {
    const outcome = (await browser.logIn())['outcome'];
    if (outcome === 'challenge') await answerRight(walker);
    else await enroll(walker, 'totp');
    await browser.visit();
    await browser.look();
    wait(30);
  } while (browser.phase !== 'in' || browser.options.length === 0);
}

async function enter(walker: Walker): Promise<void> {
  if (walker.browser.phase !== 'in') await signIn(walker);
}

async function visitTwice(walker: Walker): Promise<void> {
  await enter(walker);
  await walker.browser.visit();
  await walker.browser.visit();
}

async function signIn(walker: Walker): Promise<void> {
  const { browser, random } = walker;
  const skips = random.chance(0.4);
  const outcome = (await browser.logIn())['outcome'];
  if (outcome === 'challenge') await answerRight(walker);
  if (outcome === 'enroll') {
    const skipped = skips ? await browser.skip() : null;
    if (skipped?.call.answer.verdict !== 'yes') await enroll(walker);
  }
  await browser.visit();
}

/** Picks a factor of those that the app lists, has its code sent where it needs one, and makes it the one that is asked. */
async function chooseFactor({ browser, random }: Walker): Promise<ShownFactor | null> {
  await browser.look();
  if (browser.options.length === 0) return null;
  const factor = random.pick(browser.options);
  await browser.choose(factor.id);
  return factor;
}

async function answerRight(walker: Walker): Promise<void> {
  const { browser, random } = walker;
  const { person } = browser;
  const twice = random.chance(0.3);
  if (random.chance(0.15) && person.recoveryCodes.length > 0) {
    const text = random.pick(person.recoveryCodes);
    await browser.choose('recovery-codes');
    await browser.answer({ text, proof: text }, { group: 'recovery-codes', twice });
    return;
  }
  const factor = await chooseFactor(walker);
  if (factor === null) return;
  const code = person.rightCode(factor);
  if (code === null) return;
  person.oldCodes.push({ factor, code });
  await browser.answer(code, { group: 'codes', twice });
}

/** One sign-in after another without a right code, as somebody does who has only the password. */
async function guess(walker: Walker): Promise<void> {
  const { browser, random } = walker;
  const signIns = 1 + random.whole(3);
  const atOnce = random.chance(0.5);
  const ends = random.chance(0.3);
  for (let tried = 0; tried < signIns; tried += 1) {
    const count = 3 + random.whole(4);
    if ((await browser.logIn())['outcome'] !== 'challenge') return;
    const factor = await chooseFactor(walker);
    if (factor === null) return;
    const tryOne = () => browser.answer(browser.person.wrongCode(factor), { group: 'codes' });
    if (atOnce) await Promise.all(Array.from({ length: count }, tryOne));
    else for (let tries = 0; tries < count; tries += 1) await tryOne();
    const code = ends ? browser.person.rightCode(factor) : null;
    if (code !== null) await browser.answer(code, { group: 'codes' });
  }
}

async function resend(walker: Walker): Promise<void> {
  const { browser, random, wait } = walker;
  const times = 1 + random.whole(3);
  if ((await browser.logIn())['outcome'] !== 'challenge') return;
  const factor = await chooseFactor(walker);
  if (factor === null) return;
  const first = browser.person.rightCode(factor);
  for (let sent = 0; sent < times; sent += 1) {
    wait(5);
    await browser.resend();
  }
  const newest = browser.person.rightCode(factor);
  const code = random.chance(0.3) ? first : newest;
  if (code !== null) await browser.answer(code, { group: 'codes', twice: random.chance(0.3) });
}

/** A code that was sent before, perhaps accepted, in a new sign-in. */
async function sendOldCode({ browser, random }: Walker): Promise<void> {
  const place = random.whole(4);
  const old = browser.person.oldCodes.at(-1 - place);
  if ((await browser.logIn())['outcome'] !== 'challenge' || old === undefined) return;
  await browser.choose(old.factor.id);
  await browser.answer(old.code, { group: 'codes', twice: random.chance(0.5) });
}

/** Proves who they are as the settings ask, then adds a factor or removes one. */
async function changeFactors(walker: Walker): Promise<void> {
  const { browser, random } = walker;
  const removes = random.chance(0.35);
  const endsOthers = random.chance(0.5);
  await enter(walker);
  await browser.look();
  const { options } = browser;
  if (options.length > 0) await stepUp(walker, options);
  if (options.length > 0 && (removes || options.length >= MOST_FACTORS))
    await browser.remove(random.pick(options), endsOthers);
  else await enroll(walker);
  await browser.visit();
}

async function stepUp({ browser, random }: Walker, options: readonly ShownFactor[]): Promise<void> {
  // The strongest is asked.
  const factor = options.find(({ kind }) => kind === 'totp') ?? options[0];
  if (factor === undefined) {
    await browser.stepUpByPassword();
    return;
  }
  if (factor.kind === 'email') await browser.askStepUp(factor.id);
  const code = browser.person.rightCode(factor);
  if (code !== null) await browser.stepUp(factor, code, random.chance(0.3));
}

async function enroll(
  walker: Walker,
  kind: 'totp' | 'email' = walker.random.weighted({ totp: 2, email: 1 }),
): Promise<void> {
  const { browser, random, wait } = walker;
  const { person } = browser;
  const endsOthers = random.chance(0.5);
  const wrongFirst = random.chance(0.2);
  const label = person.newFactor();
  let begun = await browser.beginEnrollment(kind, label);
  if (begun.call.answer.because === 'authentication-too-old') {
    await browser.look();
    await stepUp(walker, browser.options);
    begun = await browser.beginEnrollment(kind, label);
  }
  const shown = begun.response?.body['totp'];
  if (isSecret(shown)) person.secrets.set(label, shown.secret);
  const factor = { id: label, kind, label };
  if (wrongFirst) await browser.confirmEnrollment(kind, label, { ...person.wrongCode(factor), endsOthers });
  const code: Code | null = person.rightCode(factor);
  if (code === null) return;
  const confirmed = await browser.confirmEnrollment(kind, label, { ...code, endsOthers });
  const { recoveryCodes } = confirmed.response?.body ?? {};
  if (Array.isArray(recoveryCodes)) person.recoveryCodes = recoveryCodes.map(String);
  // The code of an enrollment is used up, too.
  wait(30);
}

function isSecret(value: unknown): value is { readonly secret: string } {
  return typeof value === 'object' && value !== null && 'secret' in value;
}
