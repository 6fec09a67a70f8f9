import type { Evidence, EvidenceMethod } from '../../../src/core/decision/assurance';
import type { Requirement } from '../../../src/core/decision/decide';
import type { AuthenticatorFact, Facts, SessionFact } from '../../../src/core/decision/decision';
import type { FactorKind, Factors } from '../../../src/core/member/factor-kind';
import { NO_MEMBER_SETTINGS, type Exemption, type MemberSettings } from '../../../src/core/member/member';
import { defaultPolicy, type Policy } from '../../../src/core/policy/policy';
import { ENROLLABLE_KINDS, FACTOR_TRAITS } from '../../../src/factors/find-factor';

export const NOW = Date.UTC(2026, 0, 15, 12);
export const SECOND = 1000;
export const HOUR = 3600 * SECOND;

/** The shipped factors, and one that resists phishing and is stronger than all of them. */
export const TEST_FACTORS: Factors = [
  {
    kind: 'key',
    rank: 4,
    amr: 'hwk',
    assuranceLevel: 2,
    phishingResistant: true,
    channel: null,
    enrollable: true,
    worksOnFile: false,
    restricted: false,
    guessGroup: 'codes',
    askedTogether: false,
  },
  ...FACTOR_TRAITS,
];

export const page: Requirement = { kind: 'policy' };
export const stepUp: Requirement = { kind: 'step-up', maxAgeSeconds: 300 };
export const stepUpByKey: Requirement = { ...stepUp, strength: 'phishing-resistant' };

/** A proof a minute ago, unless said otherwise. */
export function proof(method: EvidenceMethod, secondsAgo = 60): Evidence {
  return { method, at: NOW - secondsAgo * SECOND };
}

/** A code for the phone that went by email a minute ago. */
export function fellBack(authenticatorId: string): Evidence {
  return { ...proof('sms'), authenticatorId, sentBy: 'email' };
}

export function session(...evidence: readonly Evidence[]): SessionFact {
  return { phase: 'live', evidence, skipped: false };
}

export function authenticator(kind: FactorKind, changes: Partial<AuthenticatorFact> = {}): AuthenticatorFact {
  return { id: `${kind}-1`, kind, usable: true, ...changes };
}

export function exemptionUntil(until: number): Exemption {
  return { reason: 'Nightly import', grantedBy: 'ada', grantedAt: NOW - HOUR, until };
}

type Changes = Partial<Omit<Facts, 'policy' | 'member'>> & {
  readonly policy?: Partial<Policy>;
  readonly member?: Partial<MemberSettings>;
};

/** Somebody who just gave the right password in an organization whose policy is on, and who has nothing enrolled. */
export function factsOf({ policy, member, ...changes }: Changes = {}): Facts {
  return {
    factors: TEST_FACTORS,
    session: session(proof('password')),
    featureAvailable: true,
    federated: false,
    hasPassword: true,
    authenticators: [],
    recoveryCodesLeft: 0,
    onFile: { email: false, phone: false },
    onFileDisabled: [],
    availableKinds: ['totp', 'sms', 'email'],
    enrolledBefore: false,
    onFileProven: false,
    spentChannels: [],
    codesLockedUntil: null,
    recoveryCodesLockedUntil: null,
    ...changes,
    policy: { ...defaultPolicy('acme'), methods: ENROLLABLE_KINDS, version: 1, enabled: true, ...policy },
    member: { ...NO_MEMBER_SETTINGS, ...member },
  };
}
