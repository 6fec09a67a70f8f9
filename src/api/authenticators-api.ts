import { parseEmailAddress } from '../core/address/email-address';
import { parsePhoneNumber } from '../core/address/phone-number';
import { decide } from '../core/decision/decide';
import { isMfaOn } from '../core/decision/facts';
import { hasFactor } from '../core/decision/usable-factors';
import type { EnrollableKind } from '../core/member/factor-kind';
import { channelOfKind, isEnrollableKind } from '../factors/find-factor';
import { wordsOf } from '../factors/present-factor';
import type { NotFound } from '../flows/admin/member-acts';
import { acknowledgeCodes } from '../flows/authenticators/unseen-codes';
import type { AuthSubject } from '../flows/context/auth-subject';
import type { FlowContext, Origin } from '../flows/context/context';
import type { Gathered } from '../flows/context/gather-facts';
import { gatherSetupFacts } from '../flows/context/gather-setup-facts';
import { authorizeEnrollment } from '../flows/enrollment/authorize-enrollment';
import { confirmEnrollment } from '../flows/enrollment/confirm-enrollment';
import {
  findEnrollment,
  showSecret,
  startSecretEnrollment,
  type EnrollmentRequest,
  type EnrollmentStart,
} from '../flows/enrollment/enroll';
import { startDeliveredEnrollment } from '../flows/enrollment/enroll-delivered';
import { STRONGEST } from '../flows/challenge/host-challenge';
import { beginHostLogin, findHostLogin } from '../flows/sign-in/host-login';
import { showOptions, type ShownOption } from '../http/kernel/respond';
import { cleanLabel } from '../http/pages/settings-acts';
import type { Account } from '../options/ports';
import type { CodeRejected } from './challenges-api';
import { findMemberAccount, idText, organizationOf, type HostId, type MemberId } from './host-actor';

/** An authenticator as it may be shown: no secret, no full address. */
export interface ShownAuthenticator {
  readonly id: string;
  readonly kind: EnrollableKind;
  readonly label: string;
  readonly destination?: string;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  /** When too many wrong codes disabled it. */
  readonly disabledAt: number | null;
}

export interface BeginEnrollment {
  readonly kind: EnrollableKind;
  /** Where the code goes: a number in E.164, or an email address (default: the one on file). An app has none. */
  readonly address?: string;
  /** The challenge that the person has answered: people who have a factor prove it first. */
  readonly challengeId?: string;
}

export interface ConfirmEnrollment {
  readonly challengeId: string;
  /** As typed. */
  readonly code: string;
  /** Its name. Default: the name of its kind. */
  readonly label?: string;
  /** Whether other sessions and remembered browsers of the person end. Default true. */
  readonly endOthers?: boolean;
  /** The origin of the answer, for events and notices. */
  readonly origin: Origin;
}

export type EnrollmentBegun =
  | {
      readonly outcome: 'enrollment-started';
      readonly challengeId: string;
      readonly expiresAt: number;
      /** Of an app. Show it to the person only. */
      readonly totp?: { readonly secret: string; readonly uri: string };
      /** The masked address that the code was sent to. */
      readonly destination?: string;
      /** The sender has not answered yet: the code may arrive late, or not at all. */
      readonly delayed?: true;
    }
  /** The person has a factor: `challenges.begin` and `answer` come first. */
  | { readonly outcome: 'challenge'; readonly anyOf: readonly ShownOption[] }
  | { readonly outcome: 'not-sent'; readonly because: string; readonly retryAfterSeconds?: number }
  | { readonly outcome: 'denied'; readonly because: string }
  /** `challenge-expired`, `method-not-offered`, or what is wrong with the address. */
  | { readonly outcome: 'rejected'; readonly because: string }
  | NotFound;

export type EnrollmentConfirmed =
  | {
      readonly outcome: 'enrolled';
      readonly kind: EnrollableKind;
      /** With the first factor. Show them once. */
      readonly recoveryCodes?: readonly string[];
      /** The masked addresses that were notified. */
      readonly notified: readonly string[];
    }
  | CodeRejected
  | NotFound;

/** Authenticators of one person, set up in the host's own code. Checks, events and notices are those of the pages. */
export interface AuthenticatorsApi {
  /** Of the person, in every organization. */
  list(userId: HostId): Promise<readonly ShownAuthenticator[]>;
  /**
   * @example
   * const { challengeId, totp } = await mfa.authenticators.begin({ userId: user.id }, { kind: 'totp' });
   */
  begin(member: MemberId, enrollment: BeginEnrollment): Promise<EnrollmentBegun>;
  /** The first right code confirms the authenticator. */
  confirm(member: MemberId, confirmation: ConfirmEnrollment): Promise<EnrollmentConfirmed>;
}

/** The pages that set up authenticators, for the host's own code. */
export function createAuthenticatorsApi(context: FlowContext): AuthenticatorsApi {
  return {
    async list(hostId) {
      const userId = idText(hostId);
      const organizationId = await organizationOf(context, userId);
      const { authenticators } = await context.records.findMember(userId, organizationId);
      return authenticators.map(
        ({ id, kind, label, createdAt, lastUsedAt, disabledAt, maskedDestination }) => {
          const destination = maskedDestination === null ? {} : { destination: maskedDestination };
          return { id, kind, label, createdAt, lastUsedAt, disabledAt, ...destination };
        },
      );
    },
    async begin(member, enrollment) {
      const account = await findMemberAccount(context, member);
      if (account === null) return { outcome: 'not-found' };
      const destination = destinationOf(account, enrollment);
      if (typeof destination === 'object' && destination !== null)
        return { outcome: 'rejected', because: destination.because };
      const subject = await (enrollment.challengeId === undefined
        ? beginHostLogin(context, account).then((begun) => begun.subject)
        : findHostLogin(context, account, enrollment.challengeId));
      if (subject === null) return { outcome: 'rejected', because: 'challenge-expired' };
      const gathered = await gatherSetupFacts(context, { account, subject });
      if (!isMfaOn(gathered.facts)) return { outcome: 'denied', because: 'policy-off' };
      const refused = refuseUnproven(gathered);
      if (refused !== null) return refused;
      const leave = authorizeEnrollment(subject, gathered, true);
      if (leave.outcome === 'feature-off') return { outcome: 'denied', because: 'policy-off' };
      if (leave.outcome === 'refused') return { outcome: 'denied', because: leave.decision.because };
      const { kind } = enrollment;
      if (!leave.kinds.includes(kind)) return { outcome: 'rejected', because: 'method-not-offered' };
      const request: EnrollmentRequest = { subject, gathered, pendingUntil: subject.expiresAt };
      const start =
        destination === null
          ? await startSecretEnrollment(context, { ...request, kind })
          : await startDeliveredEnrollment(context, { ...request, kind, destination });
      return describeStart(context, start, { account, subject });
    },
    async confirm(member, { challengeId, code, label, endOthers = true, origin }) {
      const account = await findMemberAccount(context, member);
      if (account === null) return { outcome: 'not-found' };
      const subject = await findHostLogin(context, account, challengeId);
      const owner = { userId: account.id, ownerId: challengeId, purpose: 'enroll' } as const;
      const kind = (await context.state.findChallenge(owner))?.kind;
      if (subject === null || kind === undefined || !isEnrollableKind(kind))
        return { outcome: 'rejected', because: 'challenge-expired' };
      const confirmation = await confirmEnrollment(context, {
        account,
        subject,
        kind,
        submitted: code,
        label: cleanLabel(label ?? '') ?? wordsOf(kind).label,
        wizardUnderWay: true,
        endOthers,
        origin,
      });
      if (confirmation.outcome === 'rejected') return confirmation;
      const { recoveryCodes, notified } = confirmation;
      // The codes are in the answer, and the login is no longer needed.
      await acknowledgeCodes(context, subject);
      await context.state.endPendingLogin(subject.userId, subject.ownerId);
      return { outcome: 'enrolled', kind, notified, ...(recoveryCodes === null ? {} : { recoveryCodes }) };
    },
  };
}

/** People with a factor prove the strongest one first, even if the policy requires none. */
function refuseUnproven(gathered: Gathered): EnrollmentBegun | null {
  const { facts, now } = gathered;
  if (!hasFactor(facts)) return null;
  const decision = decide(facts, STRONGEST, now);
  if (decision.outcome === 'allow') return null;
  if (decision.outcome !== 'challenge') return { outcome: 'denied', because: decision.because };
  return { outcome: 'challenge', anyOf: showOptions(gathered, decision.anyOf) };
}

/** The address to send a code to; null for an app. The default for email is the address on file. */
function destinationOf(
  account: Account,
  { kind, address }: BeginEnrollment,
): string | null | { readonly because: string } {
  const channel = channelOfKind(kind);
  if (channel === null) return null;
  if (channel === 'sms') {
    const parsed = parsePhoneNumber(address);
    return parsed.outcome === 'parsed' ? parsed.e164 : parsed;
  }
  const parsed = parseEmailAddress(address ?? account.email);
  return parsed.outcome === 'parsed' ? parsed.address : parsed;
}

async function describeStart(
  context: FlowContext,
  start: EnrollmentStart,
  { account, subject }: { readonly account: Account; readonly subject: AuthSubject },
): Promise<EnrollmentBegun> {
  if (start.outcome === 'gone') return { outcome: 'rejected', because: 'challenge-expired' };
  if (start.outcome === 'refused') {
    const { because, retryAfterSeconds } = start;
    const wait = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
    return { outcome: 'not-sent', because, ...wait };
  }
  const { challenge, sent } = start;
  const { ownerId: challengeId, kind } = challenge;
  const { expiresAt } = sent ?? challenge;
  const started = { outcome: 'enrollment-started', challengeId, expiresAt } as const;
  if (sent !== undefined) {
    const delayed = sent.delayed === undefined ? {} : { delayed: sent.delayed };
    return { ...started, destination: sent.destination, ...delayed };
  }
  const found = await findEnrollment(context, subject, kind);
  if (found === undefined) return { outcome: 'rejected', because: 'challenge-expired' };
  const { json } = await showSecret(context, account, found);
  return { ...started, [kind]: json };
}
