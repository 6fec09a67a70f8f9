import { createHash, randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Authenticator } from '../../core/member/authenticator';
import { isChallengeOver } from '../../core/proof/one-time-code';
import type { Attempt, FactorDefinition, FactorTools, Rejection, Verification } from '../factor';
import { readState } from '../factor-state';
import { verifyAssertion, verifyRegistration, type CeremonyRejection } from './ceremony';
import { createAssertionOptions, createRegistrationOptions, type PasskeySettings } from './ceremony-options';
import { afterAssertion, type AssertionFacts, type PasskeyState } from './passkey-state';
import { suggestName } from './providers';
import { parseResponse, type SubmittedCredential } from './submitted-credential';

const KIND = 'passkey';

/** The stored state of a passkey, with its owner's user handle: a random value, so that it reveals nothing about the person. */
export interface OwnedPasskey extends PasskeyState {
  readonly userHandle: string;
}

type Proof = { readonly registered: OwnedPasskey } | { readonly asserted: AssertionFacts };

const stateSchema: z.ZodType<OwnedPasskey> = z.looseObject({
  format: z.literal(1),
  credentialId: z.string(),
  publicKey: z.string(),
  signCount: z.int().min(0),
  transports: z.array(z.string()),
  rpId: z.string(),
  aaguid: z.string(),
  backupEligible: z.boolean(),
  backedUp: z.boolean(),
  uvSeen: z.boolean(),
  userHandle: z.string(),
});

/** WebAuthn 15.1: a challenge is valid for five minutes. */
const LIFE_MS = 5 * 60_000;

const challengeStateSchema = z.looseObject({ challenge: z.string(), until: z.number() });

const begunSchema = z.looseObject({
  challenge: z.string(),
  userHandle: z.string(),
  authenticator: z.enum(['passkey', 'security-key']),
});

const newValue = () => randomBytes(32).toString('base64url');

interface FoundPasskey {
  readonly id: string;
  readonly passkey: OwnedPasskey;
}

export function findPasskeys(authenticators: readonly Authenticator[]): readonly FoundPasskey[] {
  return authenticators
    .filter(({ kind, disabledAt }) => kind === KIND && disabledAt === null)
    .flatMap(({ id, state }) => {
      const read = stateSchema.safeParse(state);
      return read.success ? [{ id, passkey: read.data }] : [];
    });
}

/** The key under which the owner of a credential is stored. A hash, because credential ids are long. */
export function credentialKey(credentialId: string): string {
  return `${KIND}:${createHash('sha256').update(credentialId).digest('base64url')}`;
}

export function findCredentialOwner(
  records: FactorTools['records'],
  credentialId: string,
): Promise<string | undefined> {
  return records.findKeyOwner(credentialKey(credentialId), hasCredential(credentialId));
}

const hasCredential = (credentialId: string) => (authenticator: Authenticator) =>
  findPasskeys([authenticator]).some(({ passkey }) => passkey.credentialId === credentialId);

export function settingsOf({ passkeys }: FactorTools): PasskeySettings {
  if (passkeys === null) throw new TypeError('Passkeys are not enabled.');
  return passkeys;
}

/** Pages show the same sentence for nearly every failed check, so that an attacker learns nothing. Events contain the check. */
function toRejection({ because }: CeremonyRejection): Rejection {
  if (because === 'counter' || because === 'aaguid-not-allowed') return { outcome: 'rejected', because };
  return { outcome: 'rejected', because: 'wrong-code', check: because };
}

/** Passkeys and security keys (WebAuthn). All of a person's are asked for together: the browser finds an available one. */
export const passkey: FactorDefinition<SubmittedCredential, Proof, OwnedPasskey> = {
  traits: {
    kind: KIND,
    rank: 4,
    amr: 'pop',
    assuranceLevel: 2,
    phishingResistant: true,
    channel: null,
    enrollable: true,
    worksOnFile: false,
    restricted: false,
    guessGroup: null,
    askedTogether: true,
  },
  views: {
    icon: 'passkey',
    before: 'factors/passkey/before',
    prompt: 'factors/passkey/prompt',
    setUp: null,
    digits: false,
  },
  field: 'response',
  stateSchema,

  enrollment: {
    begin({ authenticators, now }, variant) {
      // Use one handle per person, so that an authenticator stores one entry for the account.
      const userHandle = findPasskeys(authenticators)[0]?.passkey.userHandle ?? newValue();
      const authenticator = variant === 'security-key' ? variant : 'passkey';
      const state = { challenge: newValue(), userHandle, authenticator };
      return { secret: null, state, until: now + LIFE_MS };
    },
    async show({ state }, { account, name, authenticators }, tools) {
      const { relyingParty, allowedAaguids, deniedAaguids } = settingsOf(tools);
      const { challenge, userHandle, authenticator } = readState(begunSchema, state ?? {});
      const isListed = allowedAaguids !== null || deniedAaguids.length > 0;
      const options = await createRegistrationOptions({
        challenge,
        relyingParty,
        user: { handle: userHandle, name: account, displayName: name },
        existing: findPasskeys(authenticators).map((found) => found.passkey),
        authenticator,
        attestation: isListed ? 'direct' : 'none',
      });
      return { json: { options }, view: { ceremony: 'create', options } };
    },
    confirm(proof) {
      if ('registered' in proof) return proof.registered;
      throw new TypeError('An assertion cannot confirm an enrollment.');
    },
    suggestLabel: suggestName,
    async claim(userId, proof, { records }) {
      if (!('registered' in proof)) return false;
      const { credentialId } = proof.registered;
      return records.claimKey(userId, credentialKey(credentialId), hasCredential(credentialId));
    },
    backup: null,
  },

  challenge: {
    begin(before, now) {
      const issued = challengeStateSchema.safeParse(before);
      if (before !== null && issued.success && now < issued.data.until) return before;
      return { challenge: newValue(), until: now + LIFE_MS };
    },
    async show({ state, authenticators }, tools) {
      const { relyingParty } = settingsOf(tools);
      const { challenge } = readState(challengeStateSchema, state ?? {});
      const allow = findPasskeys(authenticators).map((found) => found.passkey);
      const asking = { challenge, relyingParty, allow, userVerification: 'preferred' } as const;
      const options = await createAssertionOptions(asking);
      return { json: { options }, view: { ceremony: 'get', options } };
    },
  },

  describe: ({ backedUp }) => ({
    word: backedUp ? 'factor.passkey.synced' : 'factor.passkey.singleDevice',
    json: { synced: backedUp },
  }),
  ownerHandle: ({ userHandle }) => userHandle,
  announce(left, owner, { passkeys }) {
    const own = findPasskeys(left);
    const userId = own[0]?.passkey.userHandle ?? owner;
    // Browsers hide every passkey that is not in the list, so it must be complete.
    const isWhole = left.every(({ id, kind }) => kind !== KIND || own.some((found) => found.id === id));
    if (passkeys === null || userId === null || !isWhole) return null;
    const { id: rpId } = passkeys.relyingParty;
    const allAcceptedCredentialIds = own.map(({ passkey: { credentialId } }) => credentialId);
    return { view: 'factors/passkey/signal', shown: { signal: { rpId, userId, allAcceptedCredentialIds } } };
  },
  worksHere: ({ rpId }, { passkeys }) => passkeys === null || passkeys.relyingParty.id === rpId,
  available: ({ passkeys }) => passkeys,
  parse: parseResponse,

  async verify(attempt, tools) {
    const { challenge, now } = attempt;
    if (isChallengeOver(challenge, now)) return { outcome: 'rejected', because: 'code-expired' };
    return challenge.purpose === 'enroll' ? register(attempt, tools) : assert(attempt, tools);
  },

  afterProof(state, proof) {
    if ('registered' in proof) return null;
    const after = afterAssertion(state, proof.asserted);
    return after === null ? null : { ...state, ...after };
  },
};

async function register(
  { challenge, submitted, member }: Attempt<SubmittedCredential>,
  tools: FactorTools,
): Promise<Verification<Proof>> {
  const { relyingParty, allowedAaguids, deniedAaguids } = settingsOf(tools);
  const begun = readState(begunSchema, challenge.state ?? {});
  const result = await verifyRegistration({
    response: submitted,
    challenge: begun.challenge,
    relyingParty,
    allowedAaguids,
    deniedAaguids,
  });
  if (result.outcome === 'rejected') return toRejection(result);
  const { credentialId } = result.state;
  if (member.authenticators.some(hasCredential(credentialId)))
    return { outcome: 'rejected', because: 'wrong-code', check: 'wrong-credential' };
  return {
    outcome: 'verified',
    proof: { registered: { ...result.state, userHandle: begun.userHandle } },
  };
}

async function assert(
  { challenge, submitted, member, now }: Attempt<SubmittedCredential>,
  tools: FactorTools,
): Promise<Verification<Proof>> {
  const issued = readState(challengeStateSchema, challenge.state ?? {});
  if (now >= issued.until) return { outcome: 'rejected', because: 'code-expired' };
  const found = findPasskeys(member.authenticators).find(
    ({ passkey: own }) => own.credentialId === submitted.id,
  );
  if (found === undefined) return { outcome: 'rejected', because: 'wrong-code', check: 'wrong-credential' };
  const { id: authenticatorId, passkey: state } = found;
  const result = await verifyAssertion({
    response: submitted,
    challenge: issued.challenge,
    relyingParty: settingsOf(tools).relyingParty,
    state,
    userHandle: state.userHandle,
    requireUserVerification: false,
  });
  if (result.outcome === 'rejected') return toRejection(result);
  const { signCount, backedUp, userVerified } = result;
  return {
    outcome: 'verified',
    proof: { asserted: { signCount, backedUp } },
    authenticatorId,
    amr: [state.backupEligible ? 'swk' : 'hwk', 'pop', ...(userVerified ? ['user'] : [])],
  };
}
