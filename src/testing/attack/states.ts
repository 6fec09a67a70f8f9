import { randomBytes } from 'node:crypto';
import type { Mfa } from '../../api/mfa';
import { codeFor } from '../codes';
import { fieldsOf } from '../test-agent';
import type { TestClock } from '../test-clock';
import type { AttackAnswer, AttackBrowser, BrowserChange } from './browser';

/** The state of a visitor. */
export type AttackState =
  /** Not signed in. */
  | 'anonymous'
  /** The password was right, and a second factor is required. */
  | 'pending'
  /** The password was right, and a method has to be set up. */
  | 'must-enroll'
  /** Signed in by the password and a remembered browser. */
  | 'remembered'
  /** Signed in by the password, because of an exemption. */
  | 'exempt'
  /** Signed in by the password; a second factor is required since the exemption ended. */
  | 'unproven'
  /** The cookies of a session that was signed out. */
  | 'signed-out'
  /** Signed in with both factors. */
  | 'signed-in';

/** Brings the attacked person into a state, using the normal routes. */
export interface StateMachine {
  enter(state: AttackState): Promise<AttackBrowser>;
  /** A new browser after the first step, whatever its result. */
  signIn(change?: BrowserChange): Promise<AttackBrowser>;
  /** Performs the first step in this browser. */
  firstStep(browser: AttackBrowser): PromiseLike<unknown>;
  /** The code that the person's authenticator app shows now. */
  code(): string;
  /** Codes that the app shows neither now nor one time step earlier or later. */
  wrongCodes(count: number): readonly string[];
  /** Answers the challenge of a pending login. */
  answer(browser: AttackBrowser, fields: Readonly<Record<string, string>>): Promise<AttackAnswer>;
  signOut(browser: AttackBrowser): Promise<AttackAnswer>;
  endExemption(): Promise<void>;
  /** Ends every session of the person on the server. */
  endSessions(): Promise<void>;
  /** Removes all factors and exemptions that the states have created. */
  leave(): Promise<void>;
}

const DAY_MS = 86_400_000;
const TIME_STEP_MS = 30_000;
const WHY = 'express-mfa attack';

// RFC 4648, section 6.
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export function createStateMachine(setup: {
  readonly mfa: AttackedMfa;
  readonly person: AttackedPerson & { readonly organizationId: string };
  readonly pagesPath: string;
  readonly open: (change?: BrowserChange) => AttackBrowser;
  readonly firstStep: (browser: AttackBrowser) => PromiseLike<unknown>;
  readonly clock: Pick<TestClock, 'now' | 'advance'>;
}): StateMachine {
  const { mfa, person, pagesPath, open, firstStep, clock } = setup;
  const { id: userId, organizationId } = person;
  const member = { userId, organizationId };
  let secret = '';

  async function endExemption(): Promise<void> {
    await mfa.members.endExemption(member, { reason: WHY });
  }

  /** Removes the effects of an earlier state: an exemption, a lock, a used code. */
  async function cleanUp(): Promise<void> {
    await endExemption();
    await mfa.members.unlock(member, { reason: WHY, everywhere: true });
    clock.advance(TIME_STEP_MS);
  }

  async function removeFactors(): Promise<void> {
    await cleanUp();
    await mfa.members.reset(member, { reason: WHY, everywhere: true });
    secret = '';
  }

  async function ensureApp(): Promise<void> {
    // A request of a probe may have removed it.
    if (secret !== '' && (await mfa.authenticators.list(userId)).length > 0) return cleanUp();
    await removeFactors();
    const drawn = [...randomBytes(32)].map((byte) => BASE32[byte % 32]).join('');
    const row = { userId, secret: drawn, ref: `attack-${randomBytes(8).toString('hex')}` };
    const { imported, refusals } = await mfa.authenticators.import([row], { reason: WHY });
    if (imported !== 1)
      throw new Error(
        `attack: no authenticator app could be imported for ${userId}: ${JSON.stringify(refusals)}. Use another account.`,
      );
    secret = drawn;
  }

  async function signIn(change?: BrowserChange): Promise<AttackBrowser> {
    const browser = open(change);
    await firstStep(browser);
    return browser;
  }

  const answer: StateMachine['answer'] = async (browser, fields) => {
    const answered = await browser.post(`${pagesPath}/challenge`, fields);
    // The sign-in ends in the host's own callback.
    const { location = '' } = answered.headers;
    if (answered.status === 303 && !location.startsWith(pagesPath)) await browser.get(location);
    return answered;
  };

  const code = () => codeFor(secret, clock.now());

  function wrongCodes(count: number): readonly string[] {
    const right = [-TIME_STEP_MS, 0, TIME_STEP_MS].map((milliseconds) =>
      codeFor(secret, clock.now() + milliseconds),
    );
    const candidates = Array.from({ length: count + right.length }, (_item, index) => `${100_000 + index}`);
    return candidates.filter((candidate) => !right.includes(candidate)).slice(0, count);
  }

  const signOut: StateMachine['signOut'] = (browser) => browser.post(`${pagesPath}/logout`);

  async function signInFully(fields: Readonly<Record<string, string>> = {}): Promise<AttackBrowser> {
    await ensureApp();
    const browser = await signIn();
    await answer(browser, { code: code(), ...fields });
    return expectDecision(browser, 'signed-in', 'allow');
  }

  async function expectDecision(
    browser: AttackBrowser,
    state: AttackState,
    outcome: string,
  ): Promise<AttackBrowser> {
    const path = `${pagesPath}/state`;
    const { status, fields } = await browser.try({ path, headers: { accept: 'application/json' } });
    const decision = fieldsOf(fields['decision']);
    if (decision['outcome'] === outcome) return browser;
    throw new Error(
      `attack: the state ${state} could not be reached. GET ${path} answered ${status} ${JSON.stringify(decision)} instead of the outcome ${outcome}. Check \`person\`, \`signIn\` and \`pagesPath\`.`,
    );
  }

  const ENTER: Readonly<Record<AttackState, () => Promise<AttackBrowser>>> = {
    anonymous: async () => open(),
    async pending() {
      await ensureApp();
      return expectDecision(await signIn(), 'pending', 'challenge');
    },
    async 'must-enroll'() {
      await removeFactors();
      return expectDecision(await signIn(), 'must-enroll', 'enroll');
    },
    async remembered() {
      const browser = await signInFully({ rememberBrowser: 'yes' });
      await signOut(browser);
      await firstStep(browser);
      return expectDecision(browser, 'remembered', 'allow');
    },
    async exempt() {
      await ensureApp();
      const exemption = { reason: WHY, until: clock.now() + DAY_MS };
      await mfa.members.exempt({ ...member, actorId: 'attack' }, exemption);
      return expectDecision(await signIn(), 'exempt', 'allow');
    },
    async unproven() {
      const browser = await ENTER.exempt();
      await endExemption();
      return expectDecision(browser, 'unproven', 'challenge');
    },
    async 'signed-out'() {
      const browser = await signInFully();
      const before = browser.clone();
      await signOut(browser);
      return before;
    },
    'signed-in': () => signInFully(),
  };

  return {
    enter: (state) => ENTER[state](),
    signIn,
    firstStep,
    code,
    wrongCodes,
    answer,
    signOut,
    endExemption,
    leave: removeFactors,
    endSessions: () => mfa.sessionsOf(userId).endAll({ reason: WHY }),
  };
}

/** A test account whose password is known. It must not be an administrator, and nobody else may use it. */
export interface AttackedPerson {
  /** The id in your user table. */
  readonly id: string;
  readonly username: string;
  readonly password: string;
  /** Default `default`. */
  readonly organizationId?: string | undefined;
}

/** The part of `mfa` that is used to bring the person into each state. */
export type AttackedMfa = Pick<Mfa, 'authenticators' | 'members' | 'policies' | 'sessionsOf' | 'settled'>;
