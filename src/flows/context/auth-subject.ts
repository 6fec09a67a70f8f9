import { createHash } from 'node:crypto';
import type { Evidence } from '../../core/decision/assurance';
import type { Epochs } from '../../core/decision/session-lifetime';
import type { FactorKind } from '../../core/member/factor-kind';
import type { MfaEvent } from '../../events/events';
import type { ChallengeOwner, ChallengePurpose } from '../../stores/state-store';

/** The factor that was asked last, as the session remembers it. A hint: it is checked again before it counts. */
export interface ChallengeHint {
  readonly purpose: ChallengePurpose;
  readonly kind: FactorKind;
  readonly authenticatorId: string;
}

interface SubjectBase {
  readonly userId: string;
  readonly organizationId: string;
  /** The id of the pending login, or the handle of the session. */
  readonly ownerId: string;
  readonly epochs: Epochs;
  readonly startedAt: number;
  readonly challengeHint: ChallengeHint | null;
}

/** Whom a request belongs to: a login that is not finished, or a session. */
export type AuthSubject =
  | (SubjectBase & { readonly phase: 'pending'; readonly expiresAt: number })
  | (SubjectBase & {
      readonly phase: 'session';
      readonly evidence: readonly Evidence[];
      readonly seenAt: number;
      readonly skipped: boolean;
    });

export function challengeOwner(subject: AuthSubject, purpose: ChallengePurpose): ChallengeOwner {
  return { userId: subject.userId, ownerId: subject.ownerId, purpose };
}

/** What the events of one login have in common; empty for events of a session. */
export type LoginField = Pick<MfaEvent, 'loginId'>;

/** The id of the login itself is not reported: hosts use it as the `challengeId`, with which they accept answers. */
export function loginOf(ownerId: string): LoginField {
  return { loginId: createHash('sha256').update(ownerId).digest('base64url').slice(0, 16) };
}

export function loginOfChallenge({
  purpose,
  ownerId,
}: Pick<ChallengeOwner, 'purpose' | 'ownerId'>): LoginField {
  return purpose === 'login' ? loginOf(ownerId) : {};
}

export function loginOfSubject({ phase, ownerId }: Pick<AuthSubject, 'phase' | 'ownerId'>): LoginField {
  return phase === 'pending' ? loginOf(ownerId) : {};
}

/** What a session is granted with once the decision allows it. */
export interface SessionGrant {
  readonly userId: string;
  readonly organizationId: string;
  readonly evidence: readonly Evidence[];
  readonly epochs: Epochs;
  readonly startedAt: number;
  readonly skipped: boolean;
  /** When the policy ends it. */
  readonly expiresAt: number;
  /** The pending login or older handle that this replaces. */
  readonly replaces: string | null;
  /** The older handle goes on as this session; where it was ended meanwhile, this one never begins. */
  readonly continues?: true;
}

/** The login or session as it goes on with more evidence. */
export function continueGrant(
  subject: AuthSubject,
  proven: { readonly evidence: readonly Evidence[]; readonly expiresAt: number },
): SessionGrant {
  const { userId, organizationId, epochs, startedAt, ownerId } = subject;
  const skipped = subject.phase === 'session' && subject.skipped;
  return { userId, organizationId, epochs, startedAt, skipped, replaces: ownerId, ...proven };
}
