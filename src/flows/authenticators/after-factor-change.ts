import type { Epochs } from '../../core/decision/session-lifetime';
import type { FactorKind } from '../../core/member/factor-kind';
import { openSecret } from '../../core/proof/secrets';
import type { Notice } from '../../delivery/delivery';
import { channelOfKind } from '../../factors/find-factor';
import type { Account } from '../../options/ports';
import type { MemberRecord } from '../../records/records';
import {
  loginOfSubject,
  newHandle,
  type AuthSubject,
  type FlowContext,
  type Origin,
} from '../context/context';
import { notifyAddressesOnFile } from '../notices/notify';

export type Change =
  | {
      readonly kind: 'authenticator-added' | 'authenticator-removed' | 'authenticator-replaced';
      readonly factor: FactorKind;
      readonly label: string;
      readonly goneId?: string;
    }
  | { readonly kind: 'recovery-codes-issued' };

export interface FactorChange {
  readonly account: Account;
  readonly subject: AuthSubject;
  /** The record before the change, so that a removed address gets the notice too. */
  readonly member: MemberRecord;
  readonly change: Change;
  /** Whether other sessions, pending logins and remembered browsers end. */
  readonly endOthers: boolean;
  readonly origin: Origin;
}

export interface FactorChanged {
  /** The epochs with which the current session continues. It needs a new id. */
  readonly epochs: Epochs;
  /** The masked addresses that got the notice. */
  readonly notified: readonly string[];
}

/** Ends all other sessions with one write, and notifies every address, including a removed one (NIST SP 800-63B-4, 4.6). */
export async function afterFactorChange(context: FlowContext, changed: FactorChange): Promise<FactorChanged> {
  const { account, subject, member, change, endOthers, origin } = changed;
  const epochs = endOthers ? await endOtherSessions(context, changed) : subject.epochs;
  const fields = { origin, at: context.clock.now() };
  const notice: Notice =
    change.kind === 'recovery-codes-issued'
      ? { kind: change.kind, ...fields }
      : { kind: change.kind, factor: change.factor, label: change.label, ...fields };
  const notified = await notifyAddressesOnFile(context, { account, member, notice });
  notifyRemovedPhone(context, changed);
  return { epochs, notified };
}

async function endOtherSessions(
  context: FlowContext,
  { account, subject, origin }: FactorChange,
): Promise<Epochs> {
  const user = newHandle();
  const renewed = await context.records.renewUserEpoch(account.id, {
    expected: subject.epochs.user,
    epoch: user,
    endedAt: context.clock.now(),
  });
  // If the sessions were ended during this request, this one ends too.
  if (!renewed) return subject.epochs;
  context.events.report({
    name: 'sessions-ended',
    userId: account.id,
    organizationId: subject.organizationId,
    address: origin.address,
    ...loginOfSubject(subject),
    details: { scope: 'others' },
  });
  return { ...subject.epochs, user };
}

/** Notifies a removed phone number itself: only its owner may know that the removal is an attack. */
function notifyRemovedPhone(context: FlowContext, { account, subject, member, change }: FactorChange): void {
  const goneId = change.kind === 'recovery-codes-issued' ? undefined : change.goneId;
  const gone = member.authenticators.find(({ id, kind }) => id === goneId && channelOfKind(kind) === 'sms');
  if (gone === undefined) return;
  const binding = { userId: account.id, authenticatorId: gone.id, kind: gone.kind };
  const opened = openSecret(context.keyRing, gone.sealedSecret, binding);
  if (opened.outcome !== 'opened') return;
  const { delivery } = context;
  const recipient = { organizationId: account.organizationId, language: account.locale };
  delivery.inBackground(
    () => delivery.sendPhoneNotice(opened.secret.reveal(), recipient),
    (error) => {
      context.events.report({
        name: 'notice-failed',
        userId: account.id,
        organizationId: subject.organizationId,
        details: { notice: change.kind, by: 'sms' },
      });
      context.options.onError(error);
    },
  );
}
