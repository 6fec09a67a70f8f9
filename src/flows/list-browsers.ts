import { isBrowserTrusted } from '../core/remembered-browser';
import type { RememberedBrowser } from '../core/remembered-browser';
import type { FlowContext } from './context';
import { factorSetOf } from './factor-set';
import type { Gathered } from './gather-facts';

/** What is stored, the newest first; to be asked beside the facts and then judged by `keepTrusted`. */
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
  const factors = factorSetOf(gathered);
  return browsers.filter((browser) =>
    isBrowserTrusted(context.keyRing, { browser, factors, policy: policy.policy, now }),
  );
}
