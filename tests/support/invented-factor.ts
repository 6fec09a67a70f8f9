import { createHmac, randomBytes } from 'node:crypto';
import { PlainSecret, openSecret } from '../../src/core/proof/secrets';
import { isChallengeOver } from '../../src/core/proof/sent-code';
import type { FactorDefinition } from '../../src/factors/factor';

const KIND = 'token';

/** What the token of this secret shows at its n-th press: `7-1f02ab`. */
export function pressToken(secret: string, presses: number): string {
  const mac = createHmac('sha256', secret).update(String(presses)).digest('hex');
  return `${presses}-${mac.slice(0, 6)}`;
}

/** A kind that the package does not ship: a token with a counter, stronger than an app. All there is of it is in this file. */
export const inventedFactor: FactorDefinition<
  { readonly presses: number; readonly code: string },
  { readonly presses: number }
> = {
  traits: {
    kind: KIND,
    rank: 4,
    amr: 'hwk',
    assuranceLevel: 2,
    phishingResistant: false,
    channel: null,
    enrollable: true,
    worksOnFile: false,
    restricted: false,
    guessGroup: 'codes',
  },
  words: {
    name: 'Security token',
    proof: 'security token',
    by: 'token',
    label: 'Token',
    thing: 'The security token',
    proofs: 'Codes from your token',
    about: 'Shows a new code when you press it.',
    offer: 'Works without a network.',
    add: 'Add a token',
    replace: null,
    otherDestination: null,
    purpose: { add: 'add a token', replace: 'add a token' },
    choice: 'Use your token',
    noneAtHand: 'Can’t use your token?',
    prompt: {
      heading: 'Press your token',
      lead: 'Type what it shows for {issuer}.',
      field: 'Shown by the token',
      hint: null,
    },
    before: { heading: 'Get a token', lead: 'Your help desk has one for you.', button: 'I have it' },
    setUp: { heading: 'Connect your token', lead: 'Press it once.', field: 'Shown by the token' },
    saved: {
      heading: 'Your token is saved',
      first: 'From now on we ask for it when you sign in.',
      further: 'You can use it when you sign in.',
    },
    refusals: { 'wrong-code': 'That is not what your token shows. Press it again.' },
  },
  views: { icon: 'key', before: null, setUp: null, digits: false },
  secret: {
    issueSecret: () => new PlainSecret(randomBytes(20).toString('hex')),
    show: async (secret) => ({ json: { secret: secret.reveal() }, view: {} }),
    backup: null,
  },
  available: () => true,

  parse(submitted) {
    const [, presses, code] = /^(\d{1,6})-([0-9a-f]{6})$/.exec(String(submitted)) ?? [];
    return presses === undefined || code === undefined ? null : { presses: Number(presses), code };
  },

  async verify({ userId, challenge, member, submitted, now }, { keyRing }) {
    const { authenticatorId, purpose } = challenge;
    if (isChallengeOver(challenge, now)) return { outcome: 'rejected', because: 'code-expired' };
    const known = member.authenticators.find(({ id }) => id === authenticatorId);
    const sealedSecret = purpose === 'enroll' ? challenge.sealedSecret : known?.sealedSecret;
    const opened = openSecret(keyRing, sealedSecret ?? '', { userId, authenticatorId, kind: KIND });
    if (opened.outcome !== 'opened') return { outcome: 'rejected', because: 'secret-unreadable' };
    const { presses, code } = submitted;
    if (pressToken(opened.secret.reveal(), presses) !== `${presses}-${code}`)
      return { outcome: 'rejected', because: 'wrong-code' };
    return { outcome: 'verified', proof: { presses } };
  },

  enrolled: ({ presses }) => ({ lastAcceptedStep: presses }),

  async accept({ userId, challenge, now }, { presses: timeStep }, { records, state }) {
    const { authenticatorId, purpose } = challenge;
    if (purpose === 'enroll') return state.consumeChallenge(challenge, challenge.id);
    if (!(await records.acceptTimeStep({ userId, authenticatorId, timeStep, now }))) return false;
    return state.consumeChallenge(challenge, challenge.id);
  },
};
