import { isMfaOn } from '../../core/decision/decision';
import { digestUserId } from '../../core/proof/key-ring';
import type { FlowContext } from '../context/context';
import { sendNotice } from '../notices/send-notice';
import type { MemberAdminAct } from './admin-authority';
import { findTarget, type NotFound } from './member-acts';
import type { KnownMember } from './read-members';

/** Each person gets at most one reminder in this period, from all administrators together. */
const REMINDER_SECONDS = 86_400;

export interface ReminderRefused {
  readonly outcome: 'refused';
  readonly because: 'not-waiting' | 'no-email-address' | 'reminded-today';
}

/** The reminder is counted before the email is sent; if counting fails, nothing is sent. */
export async function remindMember(
  context: FlowContext,
  act: MemberAdminAct,
): Promise<{ readonly outcome: 'reminded' } | ReminderRefused | NotFound> {
  const member = await findTarget(context, act);
  if (member === null) return { outcome: 'not-found' };
  if (!isWaiting(member)) return { outcome: 'refused', because: 'not-waiting' };
  const { account, state } = member;
  const { userId, organizationId, actor, origin } = act;
  if (context.options.email === null || account.email === undefined)
    return { outcome: 'refused', because: 'no-email-address' };
  const now = context.clock.now();
  const key = `reminder:${digestUserId(context.keyRing, userId)}`;
  const windows = [{ max: 1, seconds: REMINDER_SECONDS }];
  const spent = await context.state.spendSendBudgets([{ key, windows }], now);
  if (spent.outcome === 'refused') return { outcome: 'refused', because: 'reminded-today' };
  await context.events.reportQueued({
    name: 'reminder-sent',
    userId,
    organizationId,
    actorId: actor.id,
    ...(origin === null ? {} : { address: origin.address }),
    details: {},
  });
  const { baseUrl, pagesPath } = context.options;
  await sendNotice(context, {
    to: account.email,
    userId,
    organizationId,
    userName: account.name,
    language: account.locale,
    notice: {
      kind: 'reminder',
      actor: actor.name,
      url: `${baseUrl}${pagesPath}/settings`,
      graceUntil: state.graceUntil ?? null,
      // Do not reveal the administrator's browser and address to the member.
      origin: null,
      at: now,
    },
  });
  return { outcome: 'reminded' };
}

function isWaiting({ account, facts, state }: KnownMember): boolean {
  const { configured, federated, exemption } = state;
  return isMfaOn(facts) && account.active && !configured && !federated && exemption === undefined;
}
