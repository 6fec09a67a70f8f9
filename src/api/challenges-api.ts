import { deriveAmr, deriveAssuranceLevel } from '../core/decision/assurance';
import type { Option } from '../core/decision/decide';
import type { FactorKind } from '../core/member/factor-kind';
import { FACTOR_TRAITS } from '../factors/find-factor';
import type { RequestOptionsJson } from '../factors/passkey/ceremony-options';
import type { NotFound } from '../flows/admin/member-acts';
import type { Sent } from '../flows/challenge/active-challenge';
import { answerHostChallenge, askHostChallenge, type HostChallenge } from '../flows/challenge/host-challenge';
import type { FlowContext, Origin } from '../flows/context/context';
import { showOptions, type ShownOption } from '../http/kernel/respond';
import { findMemberAccount, type MemberId } from './host-actor';

export interface ChallengeOptions {
  /** One of `anyOf`. Default: the first. */
  readonly authenticatorId?: string;
  /** Continues a challenge: with another factor, or a new code. */
  readonly challengeId?: string;
}

export interface ChallengeAnswer {
  readonly challengeId: string;
  /** As typed. */
  readonly code?: string;
  /** Instead of a code: the browser's result for the options, as an object or as JSON. */
  readonly response?: object | string;
  /** The origin of the answer, for events and notices. */
  readonly origin: Origin;
}

/** A challenge and what it asks for. */
export interface ActiveChallenge {
  readonly challengeId: string;
  readonly expiresAt: number;
  readonly asked: Option;
  /** All options, with masked addresses. */
  readonly anyOf: readonly ShownOption[];
  /** For `PublicKeyCredential.parseRequestOptionsFromJSON` and `navigator.credentials.get` in the browser. */
  readonly passkey?: { readonly options: RequestOptionsJson };
}

export type ChallengeBegun =
  | ({ readonly outcome: 'challenge'; readonly sent?: Sent } & ActiveChallenge)
  /** The challenge exists, but its code was not sent. */
  | ({
      readonly outcome: 'not-sent';
      readonly because: string;
      readonly retryAfterSeconds?: number;
    } & ActiveChallenge)
  /** The person has no factor, or MFA is off. */
  | { readonly outcome: 'no-factor' }
  /** Locked, or not active. */
  | { readonly outcome: 'denied'; readonly because: string }
  | { readonly outcome: 'rejected'; readonly because: 'challenge-expired' | 'no-authenticator' }
  | NotFound;

/** A code that was not accepted; `because` as on the challenge page. */
export interface CodeRejected {
  readonly outcome: 'rejected';
  readonly because: string;
  readonly attemptsLeft?: number;
  readonly lockedUntil?: number;
  /** How far the clock of the person's device is off, in seconds. */
  readonly driftSeconds?: number;
  readonly retryAfterSeconds?: number;
}

export type ChallengeAnswered =
  | {
      readonly outcome: 'verified';
      readonly kind: FactorKind;
      readonly authenticatorId: string;
      /** RFC 8176 values. */
      readonly amr: readonly string[];
      readonly assuranceLevel: 1 | 2;
    }
  | CodeRejected
  | NotFound;

/**
 * Asks a person for a second factor from the host's own code, such as the server of a native app or a help desk. The host must
 * know who the person is; no session is started. Codes, attempt counts, locks, events and notices are the same as on the
 * challenge page.
 */
export interface ChallengesApi {
  /**
   * @example
   * const challenge = await mfa.challenges.begin({ userId: user.id });
   */
  begin(member: MemberId, options?: ChallengeOptions): Promise<ChallengeBegun>;
  /**
   * Checks an answer. A right answer is accepted only once.
   * @example
   * const { outcome } = await mfa.challenges.answer({ userId: user.id }, { challengeId, code, origin });
   */
  answer(member: MemberId, answer: ChallengeAnswer): Promise<ChallengeAnswered>;
}

export function createChallengesApi(context: FlowContext): ChallengesApi {
  return {
    async begin(member, options = {}) {
      const account = await findMemberAccount(context, member);
      if (account === null) return { outcome: 'not-found' };
      const asked = await askHostChallenge(context, account, options);
      return asked.outcome === 'challenge' ? describeChallenge(asked) : asked;
    },
    async answer(member, submitted) {
      const account = await findMemberAccount(context, member);
      if (account === null) return { outcome: 'not-found' };
      const { challengeId, code, response, origin } = submitted;
      const proof = { challengeId, submitted: code ?? response, origin };
      const answer = await answerHostChallenge(context, account, proof);
      if (answer.outcome === 'rejected') return answer;
      const { method: kind, authenticatorId = answer.challengeHint.authenticatorId } = answer.proof;
      const amr = deriveAmr(answer.evidence, FACTOR_TRAITS);
      const assuranceLevel = deriveAssuranceLevel(answer.evidence, FACTOR_TRAITS);
      return { outcome: 'verified', kind, authenticatorId, amr, assuranceLevel };
    },
  };
}

function describeChallenge({
  subject,
  gathered,
  option,
  anyOf,
  issued,
  shown: answered,
}: HostChallenge & { readonly outcome: 'challenge' }): ChallengeBegun {
  const shown = {
    challengeId: subject.ownerId,
    expiresAt: subject.expiresAt,
    asked: option,
    anyOf: showOptions(gathered, anyOf),
    ...(answered === null ? {} : { [option.kind]: answered.json }),
  };
  if (issued.outcome === 'not-sent') {
    const { because, retryAfterSeconds } = issued;
    const wait = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
    return { outcome: 'not-sent', because, ...wait, ...shown };
  }
  const { sent } = issued;
  return { outcome: 'challenge', ...shown, ...(sent === undefined ? {} : { sent }) };
}
