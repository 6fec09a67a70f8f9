import { wideNetworkOf } from '../../core/address/network-address';
import { isMfaOn } from '../../core/decision/facts';
import { browserName } from '../../core/text/browser-name';
import type { FlowContext, Origin } from '../context/context';
import type { Gathered } from '../context/gather-facts';
import { notifyAddressesOnFile } from './notify';

interface SignIn {
  readonly gathered: Gathered;
  readonly origin: Origin;
}

/**
 * Somebody has signed in. Every address on file is told if it was with a browser that the person has not used before. In the
 * background; a failure does not block the sign-in.
 */
export function noteSignIn(context: FlowContext, signIn: SignIn): void {
  const { facts } = signIn.gathered;
  const { delivery, options } = context;
  if (!isMfaOn(facts) || !facts.policy.newBrowserNotice || options.email === null) return;
  delivery.inBackground(() => tellIfNew(context, signIn), options.onError);
}

async function tellIfNew(context: FlowContext, { gathered, origin }: SignIn): Promise<void> {
  const { account, member, now } = gathered;
  const traits = { browser: browserName(origin.userAgent), network: wideNetworkOf(origin.address) };
  if ((await context.records.noteSignInTraits(account.id, traits)) !== 'new') return;
  const { baseUrl, pagesPath } = context.options;
  const reviewUrl = `${baseUrl}${pagesPath}/sessions`;
  const notice = { kind: 'new-browser', reviewUrl, origin, at: now } as const;
  await notifyAddressesOnFile(context, { account, member, notice });
}
