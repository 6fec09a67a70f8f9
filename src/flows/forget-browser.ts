import type { Account } from '../ports';
import type { FlowContext, Origin } from './context';

interface Forgetting {
  readonly account: Account;
  readonly origin: Origin;
}

/** It is asked for a code at its next login. False where the person has none of that id. */
export async function forgetBrowser(
  context: FlowContext,
  act: Forgetting & { readonly id: string },
): Promise<boolean> {
  const forgotten = await context.records.forgetBrowser(act.account.id, act.id);
  if (forgotten) report(context, act, 1);
  return forgotten;
}

/** Forgets all of one person and returns how many there were. */
export async function forgetBrowsers(context: FlowContext, act: Forgetting): Promise<number> {
  const count = await context.records.forgetBrowsers(act.account.id);
  if (count > 0) report(context, act, count);
  return count;
}

function report(context: FlowContext, { account, origin }: Forgetting, count: number): void {
  const { id: userId, organizationId } = account;
  const details = { because: 'by-owner', count };
  context.events.report({
    name: 'browser-forgotten',
    userId,
    organizationId,
    address: origin.address,
    details,
  });
}
