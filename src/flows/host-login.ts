import type { Account } from '../ports';
import type { PendingLogin } from '../stores/state-store';
import type { Bearer } from './bearer';
import { newId } from './context';
import type { FlowContext } from './context';
import { gatherLoginFacts } from './gather-facts';
import type { Gathered } from './gather-facts';
import { establishEpochs } from './log-in';

export type HostBearer = Bearer & { readonly standing: 'pending' };

/**
 * A login in the host's own code. The host vouches for the first factor, no browser has a cookie of it, and it never becomes a
 * session; all else is that of any login: it ends in ten minutes, and with all sessions of the person.
 */
export async function beginHostLogin(
  context: FlowContext,
  account: Account,
): Promise<{ readonly bearer: HostBearer; readonly gathered: Gathered }> {
  const evidence = [{ method: 'host', at: context.clock.now() }] as const;
  const gathered = await gatherLoginFacts(context, account, evidence);
  const pending: PendingLogin = {
    id: newId(),
    userId: account.id,
    organizationId: account.organizationId,
    evidence,
    epochs: await establishEpochs(context, gathered),
    startedAt: gathered.now,
    expiresAt: gathered.now + context.options.pendingLoginSeconds * 1000,
  };
  await context.state.createPendingLogin(pending);
  return { bearer: toBearer(pending, null), gathered };
}

/** With the factor that was asked last, or the one that is being set up. Null where it is over, or another person's. */
export async function findHostLogin(
  context: FlowContext,
  { id: userId, organizationId }: Account,
  ownerId: string,
): Promise<HostBearer | null> {
  if (!/^[\w-]{1,64}$/.test(ownerId)) return null;
  const owner = { userId, ownerId, purpose: 'login' } as const;
  const [pending, challenge] = await Promise.all([
    context.state.findPendingLogin(userId, ownerId),
    context.state.findChallenge(owner),
  ]);
  if (pending?.organizationId !== organizationId) return null;
  const asked =
    challenge === undefined
      ? null
      : {
          purpose: owner.purpose,
          kind: challenge.kind,
          authenticatorId: challenge.authenticatorId,
        };
  return toBearer(pending, asked);
}

function toBearer(pending: PendingLogin, asked: Bearer['asked']): HostBearer {
  const { id, userId, organizationId, epochs, startedAt, expiresAt } = pending;
  return { standing: 'pending', ownerId: id, userId, organizationId, epochs, startedAt, expiresAt, asked };
}
