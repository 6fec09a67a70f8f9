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

/** What happened to a person's factors. */
export type Change =
  | {
      readonly kind: 'authenticator-added' | 'authenticator-removed' | 'authenticator-replaced';
      readonly factor: FactorKind;
      readonly label: string;
      /** The one that is gone. */
      readonly goneId?: string;
    }
  | { readonly kind: 'recovery-codes-issued' };

export interface FactorChange {
  readonly account: Account;
  readonly subject: AuthSubject;
  /** As it was before, so that an address that went is told too. */
  readonly member: MemberRecord;
  readonly change: Change;
  /** Whether other sessions, pending logins and remembered browsers end. */
  readonly endOthers: boolean;
  readonly origin: Origin;
}

export interface FactorChanged {
  /** With these the session at hand goes on; it needs a new id. */
  readonly epochs: Epochs;
  /** The masked addresses that were told. */
  readonly notified: readonly string[];
}

/**
 * What follows every change of factors: by one write everything else that is signed in ends, and every address on file
 * is told, the one that went included (NIST SP 800-63B-4, 4.6).
 */
export async function afterFactorChange(context: FlowContext, changed: FactorChange): Promise<FactorChanged> {
  const { account, subject, member, change, endOthers, origin } = changed;
  const epochs = endOthers ? await endOtherSessions(context, changed) : subject.epochs;
  const told = { origin, at: context.clock.now() };
  const notice: Notice =
    change.kind === 'recovery-codes-issued'
      ? { kind: change.kind, ...told }
      : { kind: change.kind, factor: change.factor, label: change.label, ...told };
  const notified = await notifyAddressesOnFile(context, { account, member, notice });
  tellPhoneThatWent(context, changed);
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
  // Somebody ended the sessions while this request was under way: this one goes with them.
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

/** A number that no longer counts is told so itself: its owner may be the only one who knows better. */
function tellPhoneThatWent(context: FlowContext, { account, subject, member, change }: FactorChange): void {
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
