import { SPENT_CHANNEL_SECONDS } from '../../core/address/destination';
import { isAdoptedHandle, type Epochs } from '../../core/decision/session-lifetime';
import { toReason } from '../../core/text/typed-text';
import type { Notice } from '../../delivery/delivery';
import type { Translator } from '../../messages/translator';
import { newHandle, type AuthSubject, type FlowContext, type Origin } from '../context/context';
import { toStoredChannel, type FirstFactorChannel } from '../context/first-factor-channels';
import type { Person } from '../context/judge-access';
import { notifyAddressesOnFile } from '../notices/notify';

type EndingContext = Pick<FlowContext, 'records' | 'state' | 'clock'>;

/** Ends one session of a user. False if it was not live. */
export async function endSession(
  context: EndingContext,
  { userId, handle }: { readonly userId: string; readonly handle: string },
): Promise<boolean> {
  // A request in progress may store a copy without the handle. Only its start then distinguishes it from a new session.
  if (isAdoptedHandle(handle)) await noteSessionsEnded(context, userId);
  return context.state.endSession(userId, handle);
}

export async function endPendingLogin(
  { state }: Pick<FlowContext, 'state'>,
  { userId, ownerId }: Pick<AuthSubject, 'userId' | 'ownerId'>,
): Promise<void> {
  await state.endPendingLogin(userId, ownerId);
}

export async function signOut(
  context: FlowContext,
  subject: AuthSubject,
  { address }: Origin,
): Promise<void> {
  const { userId, ownerId, organizationId, phase } = subject;
  if (phase === 'pending') await endPendingLogin(context, subject);
  else await endSession(context, { userId, handle: ownerId });
  context.events.report({ name: 'signed-out', userId, organizationId, address });
}

/** Ends all other sessions of a user, and returns how many were listed. */
export async function endOtherSessions(
  context: EndingContext,
  { userId, handle }: { readonly userId: string; readonly handle: string },
): Promise<number> {
  await noteSessionsEnded(context, userId);
  return context.state.endOtherSessions(userId, handle);
}

export async function endOwnOtherSessions(
  context: FlowContext,
  { account, subject, origin }: Person & { readonly origin: Origin },
): Promise<number> {
  const { id: userId, organizationId } = account;
  const count = await endOtherSessions(context, { userId, handle: subject.ownerId });
  const details = { scope: 'others', count };
  context.events.report({
    name: 'sessions-ended',
    userId,
    organizationId,
    address: origin.address,
    details,
  });
  return count;
}

/** Ends a user's sessions that this package has never seen, and those whose start is unknown. */
export function noteSessionsEnded({ records, clock }: EndingContext, userId: string): Promise<void> {
  return records.noteSessionsEnded(userId, clock.now());
}

export function reasonDetail(given: string | undefined): { readonly reason?: string } {
  const reason = toReason(given ?? '');
  return reason === '' ? {} : { reason };
}

/** Ends every session, pending login and challenge of one user with one write, however many there are. */
export async function endSessionsOfUser(
  context: FlowContext,
  act: {
    readonly userId: string;
    readonly organizationId: string;
    readonly actorId?: string;
    readonly address?: string;
    readonly reason?: string | undefined;
  },
): Promise<void> {
  const { userId, organizationId, actorId, address, reason } = act;
  await context.records.replaceUserEpoch(userId, { epoch: newHandle(), endedAt: context.clock.now() });
  context.events.report({
    name: 'sessions-ended',
    userId,
    organizationId,
    ...(actorId === undefined ? {} : { actorId }),
    ...(address === undefined ? {} : { address }),
    details: { scope: 'user', ...reasonDetail(reason) },
  });
}

/** Ends one session by its handle. False if the user has no such session. */
export async function endSessionOfUser(
  context: FlowContext,
  act: {
    readonly userId: string;
    readonly organizationId: string;
    readonly handle: string;
    readonly actorId?: string;
    readonly address?: string;
  },
): Promise<boolean> {
  const { userId, organizationId, handle, actorId, address } = act;
  // Every request checks its session against the list, so this session ends at its next request.
  const ended = await endSession(context, { userId, handle });
  if (!ended) return false;
  context.events.report({
    name: 'sessions-ended',
    userId,
    organizationId,
    ...(actorId === undefined ? {} : { actorId }),
    ...(address === undefined ? {} : { address }),
    details: { scope: 'one' },
  });
  return true;
}

/** Ends every session in an organization with one write. */
export async function endSessionsOfOrganization(
  context: FlowContext,
  act: {
    readonly organizationId: string;
    readonly actorId?: string;
    readonly address?: string;
    readonly reason?: string | undefined;
    /** The new epoch, if the caller's own session should continue with it. */
    readonly epoch?: string;
  },
): Promise<void> {
  const { organizationId, actorId, address, reason } = act;
  const epoch = act.epoch ?? newHandle();
  await context.records.replaceOrganizationEpoch(organizationId, { epoch, endedAt: context.clock.now() });
  context.events.report({
    name: 'sessions-ended',
    organizationId,
    ...(actorId === undefined ? {} : { actorId }),
    ...(address === undefined ? {} : { address }),
    details: { scope: 'organization', ...reasonDetail(reason) },
  });
}

export interface PasswordChanged {
  readonly userId: string;
  /** The session to keep, if the person changed the password themselves in one. */
  readonly kept?: AuthSubject & { readonly phase: 'session' };
  /** Null if the request did not come from a browser. */
  readonly origin: Origin | null;
  /** Whether the person gets a notice; a host may send its own. */
  readonly notify: boolean;
}

/**
 * One write ends what started with the old one: sessions, pending logins and remembered browsers. Returns the epochs of the
 * session to keep; null if there is none.
 */
export async function recordPasswordChange(
  context: FlowContext,
  { userId, kept, origin, notify }: PasswordChanged,
): Promise<Epochs | null> {
  const { records, directory, clock } = context;
  const end = { epoch: newHandle(), endedAt: clock.now(), passwordChanged: true } as const;
  const isKept =
    kept !== undefined && (await records.renewUserEpoch(userId, { ...end, expected: kept.epochs.user }));
  if (!isKept) await records.replaceUserEpoch(userId, end);
  const [known] = await Promise.all([directory.find(userId), records.forgetBrowsers(userId)]);
  const organizationId = known?.account.organizationId ?? '';
  const from = { userId, organizationId, ...(origin === null ? {} : { address: origin.address }) };
  context.events.report({ name: 'password-changed', ...from });
  context.events.report({ name: 'sessions-ended', ...from, details: { scope: isKept ? 'others' : 'user' } });
  if (known !== undefined && notify) {
    const { account } = known;
    const member = await records.findMember(userId, organizationId);
    const translator = context.options.translations.for(account.locale);
    await notifyAddressesOnFile(context, {
      account,
      member,
      notice: noticeOf(translator, origin, clock.now()),
    });
  }
  return isKept ? { ...kept.epochs, user: end.epoch } : null;
}

function noticeOf({ t }: Translator, origin: Origin | null, at: number): Notice {
  return {
    kind: 'other',
    heading: t('mail.passwordChanged.heading'),
    paragraphs: [t('mail.passwordChanged.lead'), t('mail.passwordChanged.advice')],
    origin,
    at,
  };
}

/** For an hour, a code to that address is no second factor: an attacker who reads the mailbox could have reset the password. */
export async function recordPasswordReset(
  context: FlowContext,
  userId: string,
  given: FirstFactorChannel,
): Promise<void> {
  await context.records.noteSpentChannel(userId, {
    channel: toStoredChannel(context, 'mfa.recordPasswordReset(userId, { channel, address })', given),
    until: context.clock.now() + SPENT_CHANNEL_SECONDS * 1000,
  });
}
