import { hasEnded } from '../../core/clock';
import { decide } from '../../core/decision/decide';
import { RECOVERY_CODES_ID } from '../../core/member/factor-kind';
import { hashRecoveryCodes, issueRecoveryCodes } from '../../core/proof/recovery-code';
import { PlainSecret, openSecret, sealSecret } from '../../core/proof/secrets';
import type { MemberRecord, RecoveryCodeSet } from '../../records/records';
import type { CodesOwner } from '../../stores/unseen-codes';
import {
  loginOfSubject,
  type AuthSubject,
  type FlowContext,
  type LoginField,
  type Origin,
} from '../context/context';
import type { Gathered } from '../context/gather-facts';
import { spendChange, type TooManyChanges } from '../enrollment/enroll';
import { notifyAddressesOnFile } from '../notices/notify';
import { afterFactorChange } from './after-factor-change';
import { mayChangeFactors, type ChangeRefused, type FactorAct } from './change-authenticator';

export type NewCodeSet =
  /** `set` is stored, `shown` is shown once. */
  | { readonly outcome: 'made'; readonly set: RecoveryCodeSet; readonly shown: readonly string[] }
  | TooManyChanges;

/** Keeps the codes for display in this session, but does not yet store the set: the old codes still work. */
export async function makeRecoveryCodeSet(
  context: FlowContext,
  subject: CodesOwner,
  { recoveryCodesLeft }: Pick<MemberRecord, 'recoveryCodesLeft'>,
): Promise<NewCodeSet> {
  const spent = await spendChange(context, subject.userId, 'recovery-codes');
  if (spent.outcome === 'rejected') return spent;
  const issued = issueRecoveryCodes();
  const shown = issued.map(({ text }) => text);
  const set = { codes: await hashRecoveryCodes(issued), issuedAt: context.clock.now() };
  const replacesOlder = recoveryCodesLeft > 0;
  await keepUnseenCodes(context, subject, { codes: shown, issuedAt: set.issuedAt, replacesOlder });
  return { outcome: 'made', set, shown };
}

export function reportCodesIssued(
  context: FlowContext,
  subject: Pick<AuthSubject, 'userId' | 'organizationId' | 'ownerId' | 'phase'>,
  { codes }: RecoveryCodeSet,
): Promise<void> {
  const details = { count: codes.length };
  const { userId, organizationId } = subject;
  const login = loginOfSubject(subject);
  return context.events.reportQueued({
    name: 'recovery-codes-issued',
    userId,
    organizationId,
    ...login,
    details,
  });
}

export type Renewal =
  | {
      readonly outcome: 'recovery-codes-issued';
      readonly recoveryCodes: readonly string[];
      readonly notified: readonly string[];
    }
  | ChangeRefused;

/** Replaces the recovery codes of a person who has a factor. The old ones stop working immediately. */
export async function renewRecoveryCodes(context: FlowContext, act: FactorAct): Promise<Renewal> {
  const { account, subject, origin } = act;
  const permission = await mayChangeFactors(context, act);
  if (permission.outcome !== 'may-change') return permission;
  const { member } = permission.gathered;
  if (member.authenticators.length === 0) return { outcome: 'rejected', because: 'no-factor' };
  const made = await makeRecoveryCodeSet(context, subject, member);
  if (made.outcome === 'rejected') return made;
  const { set, shown: recoveryCodes } = made;
  const { epochs } = subject;
  // Hashing a set takes over a second. An administrator may reset the person in that time.
  if (!(await context.records.replaceRecoveryCodes(account.id, set.codes, set.issuedAt, epochs.user)))
    return { outcome: 'rejected', because: 'no-factor' };
  await reportCodesIssued(context, subject, set);
  const { notified } = await afterFactorChange(context, {
    account,
    subject,
    member,
    change: { kind: 'recovery-codes-issued' },
    endOthers: false,
    origin,
  });
  return { outcome: 'recovery-codes-issued', recoveryCodes, notified };
}

/** Every address on file gets a notice with the number of codes left (NIST SP 800-63B-4, 4.2.3). */
export async function reportRecoveryCodeUse(
  context: FlowContext,
  used: { readonly gathered: Gathered; readonly origin: Origin; readonly login: LoginField },
): Promise<void> {
  const { gathered, origin, login } = used;
  const { account, member, facts, now } = gathered;
  const left = facts.recoveryCodesLeft;
  context.events.report({
    name: 'recovery-code-used',
    userId: account.id,
    organizationId: account.organizationId,
    address: origin.address,
    ...login,
    details: { left },
  });
  await notifyAddressesOnFile(context, {
    account,
    member,
    notice: { kind: 'recovery-code-used', left, origin, at: now },
  });
}

const SHOWN_SECONDS = 600;

/** The kind in the seal of codes that their owner has not seen yet. */
const UNSEEN = 'unseen-codes';

const bindingOf = (userId: string) => ({ userId, authenticatorId: RECOVERY_CODES_ID, kind: UNSEEN });

export interface ShownCodes {
  readonly codes: readonly string[];
  readonly issuedAt: number;
  readonly replacesOlder: boolean;
}

/** Called before the set is stored, so that a later failure never leaves a person with codes that nobody has seen. */
export async function keepUnseenCodes(
  context: FlowContext,
  { userId, ownerId }: CodesOwner,
  { codes, issuedAt, replacesOlder }: ShownCodes,
): Promise<void> {
  const sealed = sealSecret(context.keyRing, new PlainSecret(codes.join('\n')), bindingOf(userId));
  const expiresAt = issuedAt + SHOWN_SECONDS * 1000;
  await context.state.keepUnseenCodes(
    { userId, ownerId },
    { sealed, issuedAt, expiresAt, replacesOlder },
    context.clock.now(),
  );
}

/** The codes that this session created and has not acknowledged. Null if there are none, or they were replaced since. */
export async function findUnseenCodes(
  context: FlowContext,
  { userId, ownerId }: CodesOwner,
  { recoveryCodesIssuedAt }: Pick<MemberRecord, 'recoveryCodesIssuedAt'>,
): Promise<ShownCodes | null> {
  const kept = await context.state.findUnseenCodes({ userId, ownerId });
  if (kept === undefined || kept.issuedAt !== recoveryCodesIssuedAt) return null;
  if (hasEnded(kept.expiresAt, SHOWN_SECONDS, context.clock.now())) return null;
  const opened = openSecret(context.keyRing, kept.sealed, bindingOf(userId));
  if (opened.outcome !== 'opened') return null;
  const { issuedAt, replacesOlder } = kept;
  return { codes: opened.secret.reveal().split('\n'), issuedAt, replacesOlder };
}

/** Whether the subject may see codes: a session may, and so may a login that has met all its requirements (`isLoginDone`). */
export function maySeeCodes(
  { phase }: Pick<AuthSubject, 'phase'>,
  { facts, now }: Gathered,
  isLoginDone: boolean,
): boolean {
  return phase === 'session' || (isLoginDone && decide(facts, { kind: 'policy' }, now).outcome === 'allow');
}

/** Records that the owner has saved the codes. They are never shown again. */
export async function acknowledgeCodes(
  context: FlowContext,
  { userId, ownerId }: AuthSubject,
): Promise<void> {
  await context.state.endUnseenCodes({ userId, ownerId });
}
