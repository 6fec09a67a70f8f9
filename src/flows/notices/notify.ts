import { maskDestination } from '../../core/address/destination';
import { wideNetworkOf } from '../../core/address/network-address';
import { isMfaOn } from '../../core/decision/decision';
import { openSecret } from '../../core/proof/secrets';
import { browserName } from '../../core/text/browser-name';
import { personInMessage } from '../../core/text/typed-text';
import type { Notice } from '../../delivery/delivery';
import { channelOfKind } from '../../factors/find-factor';
import type { Account } from '../../options/ports';
import type { MemberRecord } from '../../records/records';
import type { FlowContext, Origin } from '../context/context';
import type { Gathered } from '../context/gather-facts';
import { sendNoticeInBackground } from './send-notice';

/** The addresses of a notice: the one on file and the enrolled ones (NIST SP 800-63B-4, 4.6). */
function emailAddresses(context: FlowContext, account: Account, member: MemberRecord): readonly string[] {
  const enrolled = member.authenticators
    .filter(({ kind }) => channelOfKind(kind) === 'email')
    .map(({ id, sealedSecret, kind }) =>
      openSecret(context.keyRing, sealedSecret, { userId: account.id, authenticatorId: id, kind }),
    )
    .filter((opened) => opened.outcome === 'opened')
    .map(({ secret }) => secret.reveal());
  const all = account.email === undefined ? enrolled : [account.email, ...enrolled];
  return [...new Set(all)];
}

/** In the background, so that the response does not wait for the mail server. Returns the masked addresses. */
export async function notifyAddressesOnFile(
  context: FlowContext,
  request: { readonly account: Account; readonly member: MemberRecord; readonly notice: Notice },
): Promise<readonly string[]> {
  const { account, member, notice } = request;
  const { id: userId, name: userName, organizationId, locale: language } = account;
  const addresses = emailAddresses(context, account, member);
  for (const to of addresses) {
    sendNoticeInBackground(context, { to, userId, organizationId, userName, language, notice });
  }
  return addresses.map((to) => maskDestination('email', to));
}

export function canNotify(context: FlowContext, account: Account, member: MemberRecord): boolean {
  return context.options.email !== null && emailAddresses(context, account, member).length > 0;
}

/** Without the notice, one administrator could take over another's account unnoticed. */
export async function notifyAdministrators(
  context: FlowContext,
  act: {
    readonly organizationId: string;
    readonly actor: { readonly id: string; readonly name: string };
    readonly administratorsOf?: (organizationId: string) => Promise<readonly Account[]>;
    /** Null if no request caused it. */
    readonly origin: Origin | null;
  },
  change: { readonly target: Account; readonly done: 'reset' | 'exempted'; readonly reason: string },
): Promise<void> {
  const { organizationId, actor, administratorsOf, origin } = act;
  const { target, done, reason } = change;
  const administrators = (await administratorsOf?.(organizationId)) ?? [];
  if (!administrators.some(({ id }) => id === target.id)) return;
  const others = administrators.filter(({ id }) => id !== target.id && id !== actor.id);
  await Promise.all(
    others.map(async (account) => {
      const { t } = context.options.translations.for(account.locale);
      const names = { actor: personInMessage(actor.name), target: personInMessage(target.name) };
      const member = await context.records.findMember(account.id, account.organizationId);
      await notifyAddressesOnFile(context, {
        account,
        member,
        notice: {
          kind: 'other',
          heading: t(`mail.administrator.${done}.heading`),
          paragraphs: [
            t(`mail.administrator.${done}.lead`, names),
            t('mail.administrator.reason', { reason }),
            t('mail.administrator.unexpected'),
          ],
          origin,
          at: context.clock.now(),
        },
      });
    }),
  );
}

interface SignIn {
  readonly gathered: Gathered;
  readonly origin: Origin;
}

/** A sign-in from a new browser sends a notice. Runs in the background; a failure does not block the sign-in. */
export function noteSignIn(context: FlowContext, signIn: SignIn): void {
  const { facts } = signIn.gathered;
  const { delivery, options } = context;
  if (!isMfaOn(facts) || !facts.policy.newBrowserNotice || options.email === null) return;
  delivery.inBackground(() => notifyIfNew(context, signIn), options.onError);
}

async function notifyIfNew(context: FlowContext, { gathered, origin }: SignIn): Promise<void> {
  const { account, member, now } = gathered;
  const traits = { browser: browserName(origin.userAgent), network: wideNetworkOf(origin.address) };
  if ((await context.records.noteSignInTraits(account.id, traits)) !== 'new') return;
  const { baseUrl, pagesPath } = context.options;
  const reviewUrl = `${baseUrl}${pagesPath}/sessions`;
  const notice = { kind: 'new-browser', reviewUrl, origin, at: now } as const;
  await notifyAddressesOnFile(context, { account, member, notice });
}
