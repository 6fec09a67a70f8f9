import type { Evidence } from '../../../src/core/decision/assurance';
import type { Option, Requirement } from '../../../src/core/decision/decide';
import type { Facts } from '../../../src/core/decision/decision';
import { HOUR, NOW, SECOND } from './decision-facts';

// What the invariants rest on, worked out from the facts anew and not by the code under test.

const FIRST = ['password', 'host', 'federated'];
const SECOND_FACTORS = ['key', 'totp', 'email', 'sms', 'recovery-code'];
export const STRENGTH: Readonly<Record<string, number>> = {
  key: 4,
  'recovery-code': 3,
  totp: 3,
  sms: 2,
  email: 1,
};

/** At the address through which the first factor came. */
export const isSpent = ({ spentChannels }: Facts, authenticatorId: string | undefined) =>
  spentChannels.some((id) => id === authenticatorId);

const evidenceOf = (facts: Facts): readonly Evidence[] =>
  (facts.session?.evidence ?? []).filter(
    (evidence) =>
      !isSpent(facts, evidence.sentBy === 'email' ? 'on-file-email' : evidence.authenticatorId) &&
      isAskedHere(facts, evidence),
  );

/** What another organization, or this one before its rules changed, asked for. */
function isAskedHere(facts: Facts, evidence: Evidence): boolean {
  const { method, authenticatorId } = evidence;
  const { methods } = facts.policy;
  const assigned = assignedAddress(facts);
  if (authenticatorId?.startsWith('on-file-') === true) return authenticatorId === `on-file-${assigned}`;
  if (!['key', 'totp', 'sms', 'email'].includes(method) || methods.some((kind) => kind === method))
    return true;
  if (strengthOf(evidence) >= strongestOf(facts)) return true;
  const known = facts.authenticators.filter(
    ({ id, kind, usable }) => usable && facts.availableKinds.includes(kind) && !isSpent(facts, id),
  );
  const isSendable =
    assigned !== null &&
    !facts.onFileDisabled.includes(assigned) &&
    facts.availableKinds.includes(assigned) &&
    !isSpent(facts, `on-file-${assigned}`);
  const kinds = [...known.map(({ kind }) => kind), ...(isSendable ? [assigned] : [])];
  // What the policy forbids is asked for where nothing else works.
  return !kinds.some((kind) => methods.includes(kind)) && known.some(({ id }) => id === authenticatorId);
}

/** A kind that the policy forbids was proven by what the person has. */
export const provesForbidden = ({ session, policy, authenticators }: Facts) =>
  (session?.evidence ?? []).some(({ authenticatorId }) =>
    authenticators.some(({ id, kind }) => id === authenticatorId && !policy.methods.includes(kind)),
  );

const strengthOf = ({ method, sentBy }: Evidence) => STRENGTH[sentBy ?? method] ?? 0;
const proven = (facts: Facts, methods: readonly string[]) =>
  evidenceOf(facts).some(({ method }) => methods.includes(method));

/** The facts with the strength that counts: a route may ask for more than the policy, and a policy that is off asks for nothing. */
export function asAsked(facts: Facts, requirement: Requirement): Facts {
  const byRoute = requirement.kind === 'step-up' && requirement.strength === 'phishing-resistant';
  const byPolicy = facts.policy.enabled && facts.policy.strength === 'phishing-resistant';
  return {
    ...facts,
    policy: { ...facts.policy, strength: byRoute || byPolicy ? 'phishing-resistant' : 'any' },
  };
}
export const asksForKey = ({ policy }: Facts) => policy.strength === 'phishing-resistant';
export const hasKey = ({ authenticators }: Facts) => authenticators.some(({ kind }) => kind === 'key');
export const isKeyProven = (facts: Facts) => isMultiFactor(facts) && proven(facts, ['key']);
/** A recovery code was proven in the place of a key that the person no longer has. */
export const isReplacingKey = (facts: Facts) =>
  asksForKey(facts) && hasKey(facts) && isMultiFactor(facts) && proven(facts, ['recovery-code']);
export const hasFreshRecovery = (facts: Facts, requirement: Requirement) =>
  isReplacingKey(facts) && freshest(facts, requirement, ({ method }) => method === 'recovery-code');
export const isLive = (facts: Facts) => facts.session?.phase === 'live';
/** A policy that was never saved, or is lost, is off for those alone who have nothing to prove. */
export const isPolicyOn = (facts: Facts) =>
  facts.featureAvailable &&
  (facts.policy.enabled ||
    (facts.policy.version === 0 &&
      (hasEnrolled(facts) ||
        facts.enrolledBefore ||
        (facts.onFileProven && assignedAddress(facts) !== null))));
export const isMultiFactor = (facts: Facts) => proven(facts, FIRST) && proven(facts, SECOND_FACTORS);
export const isRemembered = (facts: Facts) => proven(facts, FIRST) && proven(facts, ['remembered-browser']);
export const isProvenUpstream = (facts: Facts) =>
  facts.policy.strength === 'any' && proven(facts, FIRST) && proven(facts, ['upstream']);
export const isExempt = ({ member: { exemption } }: Facts) => {
  if (exemption === null || exemption.grantedAt > NOW + 30 * SECOND) return false;
  return NOW < exemption.until && exemption.until <= NOW + 3660 * 24 * HOUR + 30 * SECOND;
};
export const isAnsweredElsewhere = (facts: Facts) =>
  facts.federated && proven(facts, ['federated', 'host']) && !facts.policy.challengeFederated;
export const hasEnrolled = (facts: Facts) => facts.authenticators.length > 0;
export const stepsUp = ({ kind }: Requirement) => kind === 'step-up';
export const isLocked = (until: number | null) => until !== null && NOW < until;

/** An address on file of the kind that an administrator assigned; of a forbidden kind only for people with nothing else. */
export function assignedAddress(facts: Facts): string | null {
  const { member, onFile, authenticators, policy } = facts;
  const { enabled, assignedKind } = member;
  if (!enabled || assignedKind === null || assignedKind === 'totp') return null;
  if (authenticators.some(({ kind }) => kind === assignedKind)) return null;
  if (authenticators.length > 0 && !policy.methods.includes(assignedKind)) return null;
  const exists = assignedKind === 'email' ? onFile.email : onFile.phone;
  return exists ? assignedKind : null;
}

function freshest(facts: Facts, requirement: Requirement, counts: (evidence: Evidence) => boolean): boolean {
  if (requirement.kind === 'policy') return false;
  const since = NOW - requirement.maxAgeSeconds * SECOND;
  // Beyond half a minute ahead an instant is from the future, and nothing from there is fresh.
  const until = NOW + 30 * SECOND;
  return evidenceOf(facts).some(
    (evidence) => counts(evidence) && evidence.at > since && evidence.at <= until,
  );
}

/** The strength of the strongest factor the person has, whether or not it works. */
export function strongestOf(facts: Facts): number {
  const known = facts.authenticators.filter(
    ({ id, kind }) => facts.availableKinds.includes(kind) && !isSpent(facts, id),
  );
  const kinds = [
    ...known.map(({ kind }) => kind),
    ...[assignedAddress(facts)]
      .filter((kind) => kind !== null)
      .filter((kind) => !isSpent(facts, `on-file-${kind}`) && facts.availableKinds.includes(kind)),
  ];
  const keys = asksForKey(facts) ? kinds.filter((kind) => kind === 'key') : [];
  const asked = keys.length > 0 ? keys : kinds;
  const allowed = asked.filter((kind) => facts.policy.methods.includes(kind));
  const strengths = (allowed.length > 0 ? allowed : asked).map((kind) => STRENGTH[kind] ?? 0);
  return Math.max(1, ...strengths);
}

/** A second factor just proven that is no weaker than the strongest one the person has. */
export function hasFreshFactor(facts: Facts, requirement: Requirement): boolean {
  return freshest(facts, requirement, (evidence) => strengthOf(evidence) >= strongestOf(facts));
}

/** The same, however long ago. */
export function hasStrongestFactor(facts: Facts): boolean {
  return evidenceOf(facts).some((evidence) => strengthOf(evidence) >= strongestOf(facts));
}

/** The password, or a sign-in of the host that was seen where there is no password. */
export function hasFreshFirstFactor(facts: Facts, requirement: Requirement): boolean {
  if (requirement.kind === 'policy') return false;
  const { passwordSince = 0, signInCounts } = requirement;
  const counts = ({ method, at, seen }: Evidence) =>
    (method === 'password' && at > passwordSince) ||
    (seen === true && (signInCounts === true || !facts.hasPassword));
  return freshest(facts, requirement, counts);
}

export const isOwn = (facts: Facts, { authenticatorId, kind }: Option) => {
  if (isSpent(facts, authenticatorId)) return false;
  if (kind === 'recovery-code') return authenticatorId === 'recovery-codes' && facts.recoveryCodesLeft > 0;
  if (facts.authenticators.some((own) => own.id === authenticatorId && own.kind === kind && own.usable))
    return true;
  if (facts.onFileDisabled.some((disabled) => disabled === kind)) return false;
  if (!facts.availableKinds.some((can) => can === kind)) return false;
  return authenticatorId === `on-file-${kind}` && kind === assignedAddress(facts);
};

export function graceHolds({ policy, member }: Facts): boolean {
  const { enrollment, graceUntil, skips } = policy;
  if (enrollment === 'required' && graceUntil === null && skips === null) return false;
  return (graceUntil === null || NOW < graceUntil) && (skips === null || member.skipsUsed < skips);
}
