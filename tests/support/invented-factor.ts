import { createHmac, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { isChallengeOver } from '../../src/core/proof/one-time-code';
import { PlainSecret, openSecret } from '../../src/core/proof/secrets';
import type { FactorDefinition } from '../../src/factors/factor';
import { readState } from '../../src/factors/factor-state';

const KIND = 'token';

/** What the token of this secret shows at its n-th press after the number on the page was typed in: `7-1f02ab`. */
export function pressToken(secret: string, presses: number, typed: string): string {
  const mac = createHmac('sha256', secret).update(`${presses}.${typed}`).digest('hex');
  return `${presses}-${mac.slice(0, 6)}`;
}

const stateSchema = z.looseObject({ presses: z.number() });
const challengeSchema = z.looseObject({ number: z.string(), until: z.number() });

/** How long a number on a page holds. */
export const NUMBER_MS = 60_000;

/**
 * A kind that the package does not ship: a token with a counter, stronger than an app, that answers a number which the page shows. A
 * person with several answers with any of them. All there is of it is in this file.
 */
export const inventedFactor: FactorDefinition<
  { readonly presses: number; readonly code: string },
  { readonly presses: number },
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
    askedTogether: true,
  },
  messages: {
    name: 'Security token',
    proof: 'security token',
    by: 'security token',
    label: 'Token',
    thing: 'The security token',
    proofs: 'Codes from your token',
    about: 'Shows a new code when you press it.',
    offer: 'Works without a network.',
    add: 'Add a token',
    'purpose.add': 'add a token',
    'purpose.replace': 'add a token',
    choice: 'Use your token',
    noneAtHand: 'Can’t use your token?',
    'prompt.heading': 'Press your token',
    'prompt.lead': 'Type what it shows for {issuer}.',
    'prompt.field': 'Shown by the token',
    'before.heading': 'Get a token',
    'before.lead': 'Your help desk has one for you.',
    'before.button': 'I have it',
    'setUp.heading': 'Connect your token',
    'setUp.lead': 'Press it once.',
    'setUp.field': 'Shown by the token',
    'saved.heading': 'Your token is saved',
    'saved.first': 'From now on we ask for it when you sign in.',
    'saved.further': 'You can use it when you sign in.',
    'refusals.wrong-code': 'That is not what your token shows. Press it again.',
  },
  views: { icon: 'key', before: null, prompt: null, setUp: null, digits: false },
  field: 'response',
  stateSchema,
  enrollment: {
    begin: (_enrollee, variant) => ({
      secret: new PlainSecret(randomBytes(20).toString('hex')),
      state: { number: variant === '' ? '0' : variant, until: Number.MAX_SAFE_INTEGER },
    }),
    async show({ secret, state }) {
      const { number } = readState(challengeSchema, state ?? {});
      return { json: { secret: secret?.reveal(), number }, view: {} };
    },
    confirm: ({ presses }) => ({ presses }),
    backup: null,
  },
  challenge: {
    begin(before, now) {
      const stored = challengeSchema.safeParse(before);
      if (before !== null && stored.success && now < stored.data.until) return before;
      return { number: randomBytes(4).toString('hex'), until: now + NUMBER_MS };
    },
    async show({ state }) {
      return { json: { number: readState(challengeSchema, state ?? {}).number }, view: {} };
    },
  },
  available: () => true,

  parse(submitted) {
    const [, presses, code] = /^(\d{1,6})-([0-9a-f]{6})$/.exec(String(submitted)) ?? [];
    return presses === undefined || code === undefined ? null : { presses: Number(presses), code };
  },

  async verify({ userId, challenge, member, submitted, now }, { keyRing }) {
    const { authenticatorId, purpose, sealedSecret } = challenge;
    const { number, until } = readState(challengeSchema, challenge.state ?? {});
    if (isChallengeOver(challenge, now) || now >= until)
      return { outcome: 'rejected', because: 'code-expired' };
    const own = member.authenticators.filter(({ kind }) => kind === KIND);
    const asked = purpose === 'enroll' ? [{ id: authenticatorId, sealedSecret }] : own;
    const { presses, code } = submitted;
    for (const one of asked) {
      const opened = openSecret(keyRing, one.sealedSecret, { userId, authenticatorId: one.id, kind: KIND });
      if (opened.outcome !== 'opened') return { outcome: 'rejected', because: 'secret-unreadable' };
      if (pressToken(opened.secret.reveal(), presses, number) === `${presses}-${code}`)
        return { outcome: 'verified', proof: { presses }, authenticatorId: one.id, amr: ['hwk', 'pop'] };
    }
    return { outcome: 'rejected', because: 'wrong-code' };
  },

  afterProof: (state, { presses }) => (presses > state.presses ? { ...state, presses } : null),
};
