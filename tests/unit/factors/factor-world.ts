import { randomBytes } from 'node:crypto';
import { addressOnFile } from '../../../src/core/address/destination';
import type { Authenticator } from '../../../src/core/member/authenticator';
import type { Channel, FactorKind } from '../../../src/core/member/factor-kind';
import { createKeyRing } from '../../../src/core/proof/key-ring';
import { hashOneTimeCode, type SentCode } from '../../../src/core/proof/one-time-code';
import { PlainSecret, sealSecret } from '../../../src/core/proof/secrets';
import type { Attempt } from '../../../src/factors/factor';
import { channelOfKind, createFactors, type Factor } from '../../../src/factors/find-factor';
import { memoryState } from '../../../src/stores/memory/memory-stores';
import type { Challenge, ChallengeOwner, ChallengePurpose } from '../../../src/stores/state-store';
import { createClock } from '../../support/clock';
import { memoryRecords } from '../../support/records';

export const userId = 'ada';
export const totpSecret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

const onFile = { email: 'ada@acme.example', phone: '+442079460018' };

/** Stores, keys and factors of one user, on a clock that stands still. */
export function createFactorWorld() {
  const keys = [randomBytes(32).toString('base64')];
  const keyRing = createKeyRing(keys);
  const records = memoryRecords();
  const state = memoryState();
  const clock = createClock();
  const factors = createFactors({
    records,
    state,
    keyRing,
    totpWindow: 1,
    passkeys: null,
    noteFuture: () => undefined,
  });

  function factor(kind: FactorKind): Factor {
    const found = factors.get(kind);
    if (found === undefined) throw new Error(`No factor ${kind}.`);
    return found;
  }

  /** What an enrollment leaves behind. */
  async function enroll(kind: FactorKind, id: string, secret: string): Promise<Authenticator> {
    const binding = { userId, authenticatorId: id, kind };
    const authenticator: Authenticator = {
      id,
      kind,
      label: '',
      createdAt: clock.now(),
      lastUsedAt: null,
      failures: 0,
      disabledAt: null,
      state: {},
      sealedSecret: sealSecret(keyRing, new PlainSecret(secret), binding),
      maskedDestination: null,
    };
    await records.addAuthenticator(userId, authenticator);
    return authenticator;
  }

  /** A code as it is kept once it was sent. */
  function sent(
    owner: ChallengeOwner,
    made: {
      readonly kind: Channel;
      readonly authenticatorId: string;
      readonly code: string;
      readonly sentBy?: Channel;
    },
  ): SentCode {
    const { kind, authenticatorId, code, sentBy = kind } = made;
    const id = randomBytes(9).toString('base64url');
    const address = addressOnFile({ authenticatorId, sentBy, fellBack: kind !== sentBy }, onFile);
    const binding = { ...owner, codeId: id, kind, sentBy, address };
    return {
      id,
      sendId: id,
      authenticatorId,
      kind,
      codeHash: hashOneTimeCode({ code, binding }, keyRing),
      sentBy,
      maskedDestination: '•••',
      sentAt: clock.now(),
      expiresAt: clock.now() + 300_000,
      stage: 'sent',
    };
  }

  /** A live challenge; with `code`, one that was sent. */
  async function ask(
    kind: FactorKind,
    authenticatorId: string,
    options: { code?: string; purpose?: ChallengePurpose; id?: string; sealedSecret?: string } = {},
  ): Promise<Challenge> {
    const { code, purpose = 'login', id = 'challenge-1', sealedSecret = null } = options;
    const owner = { userId, ownerId: 'owner-1', purpose };
    const channel = channelOfKind(kind);
    const challenge: Challenge = {
      ...owner,
      id,
      version: randomBytes(9).toString('base64url'),
      kind,
      authenticatorId,
      codes:
        code === undefined || channel === null ? [] : [sent(owner, { kind: channel, authenticatorId, code })],
      notSent: null,
      sealedSecret,
      state: null,
      expiresAt: clock.now() + 600_000,
    };
    await state.issueChallenge(challenge, { now: clock.now(), underPendingLogin: false });
    return challenge;
  }

  async function attempt(challenge: Challenge, typed: unknown): Promise<Attempt> {
    const submitted = factor(challenge.kind).parse(typed) ?? typed;
    const member = await records.findMember(userId, 'acme');
    return { userId, challenge, member, onFile, submitted, now: clock.now() };
  }

  /** Verifies and accepts as a login does. */
  async function answer(challenge: Challenge, submitted: unknown) {
    const tried = await attempt(challenge, submitted);
    const verification = await factor(challenge.kind).verify(tried);
    if (verification.outcome === 'rejected') return verification;
    const accepted = await factor(challenge.kind).accept(tried, verification);
    return { outcome: accepted ? 'accepted' : 'too-late' };
  }

  return { keys, keyRing, records, state, clock, factors, factor, enroll, sent, ask, attempt, answer };
}
