import { isBrowserTrusted, type RememberedBrowser } from '../../core/member/remembered-browser';
import type { Account } from '../../options/ports';
import type { FlowContext, Origin } from '../context/context';
import type { Gathered } from '../context/gather-facts';
import { securitySetupOf } from './use-browser';

/** The stored browsers, newest first. Read them in parallel with the facts, then filter with `keepTrusted`. */
export function listRememberedBrowsers(
  context: FlowContext,
  userId: string,
): Promise<readonly RememberedBrowser[]> {
  return context.records.listBrowsers(userId, context.clock.now());
}

/** Those that would stand in for a challenge today. */
export function keepTrusted(
  context: FlowContext,
  gathered: Gathered,
  browsers: readonly RememberedBrowser[],
): readonly RememberedBrowser[] {
  const { policy, now } = gathered;
  const factors = securitySetupOf(gathered);
  return browsers.filter((browser) =>
    isBrowserTrusted(context.keyRing, { browser, factors, policy: policy.policy, now }),
  );
}

interface Forgetting {
  readonly account: Account;
  readonly origin: Origin;
}

/** The next login from it needs a code again. False if the person has no browser with that id. */
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
