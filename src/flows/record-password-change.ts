import type { Epochs } from '../core/session-lifetime';
import type { Bearer } from './bearer';
import { newMark } from './context';
import type { FlowContext, Origin } from './context';
import { notifyAddressesOnFile } from './notify';

export interface PasswordChanged {
  readonly userId: string;
  /** The session that goes on, where the person changed the password themselves in one. */
  readonly kept?: Bearer & { readonly standing: 'session' };
  /** Null for what nobody's browser asked for. */
  readonly origin: Origin | null;
  /** Whether the person is told; a host may tell them itself. */
  readonly notify: boolean;
}

/**
 * A password was changed: whoever knew the old one loses what it opened. By one write every session of the person, login in progress and
 * trust in a browser ends, but for the session that is kept. Answers with the epochs that it goes on with; null where there is none.
 */
export async function recordPasswordChange(
  context: FlowContext,
  { userId, kept, origin, notify }: PasswordChanged,
): Promise<Epochs | null> {
  const { records, directory, clock } = context;
  const end = { epoch: newMark(), endedAt: clock.now() };
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
    await notifyAddressesOnFile(context, { account, member, notice: noticeOf(origin, clock.now()) });
  }
  return isKept ? { ...kept.epochs, user: end.epoch } : null;
}

function noticeOf(origin: Origin | null, at: number): Parameters<typeof notifyAddressesOnFile>[1]['notice'] {
  return {
    kind: 'other',
    heading: 'Your password was changed',
    paragraphs: [
      'You were signed out everywhere else, and no browser is remembered anymore.',
      'If you didn’t change it, somebody else may have: set a new password now, and check your sign-in methods.',
    ],
    origin,
    at,
  };
}
