import { parseEmailAddress } from '../core/address/destination';
import { parsePhoneNumber } from '../core/address/phone-number';
import type { FactorKind } from '../core/member/factor-kind';
import type { SecretEncoding } from '../core/proof/imported-secret';
import { ENGLISH, wordsOf } from '../factors/factor-words';
import { IMPORTED_FACTOR, channelOfKind } from '../factors/find-factor';
import type { CreationOptionsJson } from '../factors/passkey/ceremony-options';
import type { NotFound } from '../flows/admin/member-acts';
import { importAuthenticators, type ImportReport } from '../flows/authenticators/import-authenticators';
import type { FlowContext, Origin } from '../flows/context/context';
import {
  confirmHostEnrollment,
  startHostEnrollment,
  type HostEnrollment,
} from '../flows/enrollment/host-enrollment';
import { showOptions, type ShownOption } from '../http/kernel/respond';
import { cleanLabel } from '../http/pages/settings';
import type { Account } from '../options/ports';
import type { CodeRejected } from './challenges-api';
import {
  findMemberAccount,
  idText,
  organizationOf,
  outsideActor,
  type ActorOptions,
  type HostId,
  type MemberId,
} from './host-actor';

/** An authenticator as it can be shown: without secrets and full addresses. */
export interface ShownAuthenticator {
  readonly id: string;
  readonly kind: FactorKind;
  readonly label: string;
  readonly destination?: string;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  /** When it was disabled after too many wrong codes, in epoch milliseconds; otherwise null. */
  readonly disabledAt: number | null;
}

export interface BeginEnrollment {
  readonly kind: FactorKind;
  /** Where to send the code: a number in E.164, or an email address (default: the address on file). Omit it for an app. */
  readonly address?: string;
  /** The id of a challenge that the person has answered. Required for people who have a factor. */
  readonly challengeId?: string;
  /** The variant, for a kind that has several. */
  readonly variant?: string;
}

/** An authenticator app that a person set up in another system. */
export interface AuthenticatorImport {
  readonly userId: HostId;
  /** The secret as the other system stored it, decrypted. */
  readonly secret: string;
  /** The encoding of the secret. Default: `otpauth` for text that begins with `otpauth://`, otherwise `base32`. */
  readonly encoding?: SecretEncoding;
  /** Default `SHA-1`. Also read from an `otpauth` URI. */
  readonly algorithm?: string;
  /** 6 or 8; default 6. */
  readonly digits?: number | string;
  /** 30 or 60; default 30. */
  readonly periodSeconds?: number | string;
  /** Its name. Default: the name of its kind. */
  readonly label?: string;
  /** Distinguishes several apps of one person: letters, digits and `_.:-`. Default `default`. */
  readonly ref?: string;
}

export interface ImportOptions extends ActorOptions {
  /** Stored with each event. */
  readonly reason?: string;
  /** Counts what would be imported, without writing anything. Default false. */
  readonly dryRun?: boolean;
  /** Accepts secrets of 10 to 15 bytes, which are shorter than RFC 4226 requires. Default false. */
  readonly dangerouslyAllowWeakSecrets?: boolean;
}

export interface ConfirmEnrollment {
  readonly challengeId: string;
  /** As typed. */
  readonly code?: string;
  /** Instead of a code: the browser's result for the options, as an object or as JSON. */
  readonly response?: object | string;
  /** Its name. Default: the name of its kind. */
  readonly label?: string;
  /** Whether to end the person's other sessions and remembered browsers. Default true. */
  readonly endOthers?: boolean;
  /** The origin of the answer, for events and notices. */
  readonly origin: Origin;
}

export type EnrollmentBegun =
  | {
      readonly outcome: 'enrollment-started';
      readonly challengeId: string;
      readonly expiresAt: number;
      /** The secret of an app. Show it only to this person. */
      readonly totp?: { readonly secret: string; readonly uri: string };
      /** For `PublicKeyCredential.parseCreationOptionsFromJSON` and `navigator.credentials.create` in the browser. */
      readonly passkey?: { readonly options: CreationOptionsJson };
      /** The masked address that the code was sent to. */
      readonly destination?: string;
      /** Set if the sender has not answered yet: the code may arrive late, or not at all. */
      readonly delayed?: true;
    }
  /** The person has a factor: call `challenges.begin` and `challenges.answer` first. */
  | { readonly outcome: 'challenge'; readonly anyOf: readonly ShownOption[] }
  | { readonly outcome: 'not-sent'; readonly because: string; readonly retryAfterSeconds?: number }
  | { readonly outcome: 'denied'; readonly because: string }
  /** `challenge-expired`, `method-not-offered`, or a reason that concerns the address. */
  | { readonly outcome: 'rejected'; readonly because: string }
  | NotFound;

export type EnrollmentConfirmed =
  | {
      readonly outcome: 'enrolled';
      readonly kind: FactorKind;
      /** Present with the first factor. Show them once. */
      readonly recoveryCodes?: readonly string[];
      /** The masked addresses that were notified. */
      readonly notified: readonly string[];
    }
  | CodeRejected
  | NotFound;

/** Sets up authenticators from the host's own code. Checks, events and notices are the same as on the pages. */
export interface AuthenticatorsApi {
  /** All authenticators of the person, in every organization. */
  list(userId: HostId): Promise<readonly ShownAuthenticator[]>;
  /**
   * @example
   * const { challengeId, totp } = await mfa.authenticators.begin({ userId: user.id }, { kind: 'totp' });
   */
  begin(member: MemberId, enrollment: BeginEnrollment): Promise<EnrollmentBegun>;
  /**
   * Imports authenticator apps that people set up in another system. Their apps continue to work. Each `ref` of a person is
   * imported at most once. People who already set up an app here get no other, and an app that they removed is not imported
   * again, so an interrupted import can be run again. No emails are sent.
   * @example
   * const report = await mfa.authenticators.import([{ userId: user.id, secret: user.totpSecret }], { dryRun: true });
   */
  import(
    rows: Iterable<AuthenticatorImport> | AsyncIterable<AuthenticatorImport>,
    options?: ImportOptions,
  ): Promise<ImportReport>;
  /** Confirms the authenticator with its first right code. */
  confirm(member: MemberId, confirmation: ConfirmEnrollment): Promise<EnrollmentConfirmed>;
}

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
      const { kind, challengeId, variant = '' } = enrollment;
      const destination = destinationOf(account, enrollment);
      if (typeof destination === 'object' && destination !== null)
        return { outcome: 'rejected', because: destination.because };
      return describeEnrollment(
        await startHostEnrollment(context, account, { kind, destination, challengeId, variant }),
      );
    },
    async import(rows, { actorId, reason, dryRun = false, dangerouslyAllowWeakSecrets = false } = {}) {
      return importAuthenticators(context, {
        rows,
        actorId: outsideActor(context, actorId).id,
        reason,
        dryRun,
        allowWeak: dangerouslyAllowWeakSecrets,
        label: { usual: wordsOf(ENGLISH, IMPORTED_FACTOR.kind).label, clean: cleanLabel },
      });
    },
    async confirm(member, { challengeId, code, response, label, endOthers = true, origin }) {
      const account = await findMemberAccount(context, member);
      if (account === null) return { outcome: 'not-found' };
      const confirmed = await confirmHostEnrollment(context, account, {
        challengeId,
        submitted: code ?? response,
        label: cleanLabel(label ?? ''),
        endOthers,
        origin,
      });
      if (confirmed.outcome === 'rejected') return confirmed;
      const { kind, recoveryCodes, notified } = confirmed;
      return { outcome: 'enrolled', kind, notified, ...(recoveryCodes === null ? {} : { recoveryCodes }) };
    },
  };
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

function describeEnrollment(enrollment: HostEnrollment): EnrollmentBegun {
  if (enrollment.outcome === 'challenge')
    return { outcome: 'challenge', anyOf: showOptions(enrollment.gathered, enrollment.anyOf) };
  if (enrollment.outcome !== 'started') return enrollment;
  const { ownerId: challengeId, kind, expiresAt } = enrollment.challenge;
  const started = { outcome: 'enrollment-started', challengeId, expiresAt } as const;
  if ('shown' in enrollment) return { ...started, [kind]: enrollment.shown.json };
  const { destination, expiresAt: codeExpiresAt, delayed } = enrollment.sent;
  return {
    ...started,
    expiresAt: codeExpiresAt,
    destination,
    ...(delayed === undefined ? {} : { delayed }),
  };
}
