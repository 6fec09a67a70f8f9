import { randomBytes } from 'node:crypto';
import { codeFor } from '../code-for';
import { fieldsOf } from '../test-agent';
import type { AttackedMfa, AttackedPerson } from './attacked-person';
import type { AttackAnswer, AttackBrowser, BrowserChange } from './browser';

/** How far a visitor has come. */
export type AttackState =
  /** Nobody. */
  | 'anonymous'
  /** The password was right, and the second factor is asked for. */
  | 'pending'
  /** The password was right, and a method has to be set up. */
  | 'must-enroll'
  /** Signed in by the password and a remembered browser. */
  | 'remembered'
  /** Signed in by the password, because of an exemption. */
  | 'exempt'
  /** The session was ended on the server. */
  | 'ended'
  /** The cookies of a session that has signed out. */
  | 'signed-out'
  /** Signed in with both factors. */
  | 'signed-in';

/** The states in which nothing but public routes may be reached. */
export const REFUSED_STATES: readonly AttackState[] = [
  'anonymous',
  'pending',
  'must-enroll',
  'ended',
  'signed-out',
];

/** Brings the attacked person into a state, by the routes that people use. */
export interface StateMachine {
  enter(state: AttackState): Promise<AttackBrowser>;
  /** A new browser after the first step, whatever that leads to. */
  signIn(change?: BrowserChange): Promise<AttackBrowser>;
  /** The code that the person's authenticator app shows now. */
  code(): string;
  /** Answers the challenge of a pending login. */
  answer(browser: AttackBrowser, fields: Readonly<Record<string, string>>): Promise<AttackAnswer>;
  signOut(browser: AttackBrowser): Promise<AttackAnswer>;
}

const DAY_MS = 86_400_000;
const WHY = 'express-mfa attack';

// RFC 4648, section 6.
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export function createStateMachine(setup: {
  readonly mfa: AttackedMfa;
  readonly person: AttackedPerson & { readonly organizationId: string };
  readonly pagesPath: string;
  readonly open: (change?: BrowserChange) => AttackBrowser;
  readonly firstStep: (browser: AttackBrowser) => PromiseLike<unknown>;
  readonly now: () => number;
}): StateMachine {
  const { mfa, person, pagesPath, open, firstStep, now } = setup;
  const { id: userId, organizationId } = person;
  const member = { userId, organizationId };
  let secret = '';

  async function removeFactors(): Promise<void> {
    await mfa.members.endExemption(member, { reason: WHY });
    await mfa.members.reset(member, { reason: WHY, everywhere: true });
  }

  /** Each time another app: a code of it was never used before, whatever the clock says. */
  async function giveApp(): Promise<void> {
    await removeFactors();
    secret = [...randomBytes(32)].map((byte) => BASE32[byte % 32]).join('');
    const row = { userId, secret, ref: `attack-${randomBytes(8).toString('hex')}` };
    const { imported, refusals } = await mfa.authenticators.import([row], { reason: WHY });
    if (imported !== 1)
      throw new Error(
        `attack: no authenticator app could be given to ${userId}: ${JSON.stringify(refusals)}.`,
      );
  }

  async function signIn(change?: BrowserChange): Promise<AttackBrowser> {
    const browser = open(change);
    await firstStep(browser);
    return browser;
  }

  const answer: StateMachine['answer'] = async (browser, fields) => {
    const answered = await browser.post(`${pagesPath}/challenge`, fields);
    // A sign-in that ends in the host's own callback.
    const { location = '' } = answered.headers;
    if (answered.status === 303 && !location.startsWith(pagesPath)) await browser.get(location);
    return answered;
  };

  const code = () => codeFor(secret, now());
  const signOut: StateMachine['signOut'] = (browser) => browser.post(`${pagesPath}/logout`);

  async function signInFully(fields: Readonly<Record<string, string>> = {}): Promise<AttackBrowser> {
    await giveApp();
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
      `attack: the state ${state} could not be reached. GET ${path} answered ${status} ${JSON.stringify(decision)}, and not the outcome ${outcome}. Check \`person\`, \`signIn\` and \`pagesPath\`.`,
    );
  }

  const ENTER: Readonly<Record<AttackState, () => Promise<AttackBrowser>>> = {
    anonymous: async () => open(),
    async pending() {
      await giveApp();
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
      await giveApp();
      const exemption = { reason: WHY, until: now() + DAY_MS };
      await mfa.members.exempt({ ...member, actorId: 'attack' }, exemption);
      return expectDecision(await signIn(), 'exempt', 'allow');
    },
    async ended() {
      const browser = await signInFully();
      await mfa.sessionsOf(userId).endAll({ reason: WHY });
      return browser;
    },
    async 'signed-out'() {
      const browser = await signInFully();
      const before = browser.clone();
      await signOut(browser);
      return before;
    },
    'signed-in': () => signInFully(),
  };

  return { enter: (state) => ENTER[state](), signIn, code, answer, signOut };
}
