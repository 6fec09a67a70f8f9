import { wordsOf } from '../../factors/factor-words';
import type { Account } from '../../options/ports';
import type { ChallengeHint } from '../context/auth-subject';
import type { FlowContext, Origin } from '../context/context';
import type { Gathered } from '../context/gather-facts';
import { notifyAddressesOnFile } from '../notices/notify';

/** Tells the person that an authenticator answered whose counter did not move: somebody may have a copy of it (WebAuthn 6.1.1). */
export async function reportCopied(
  context: FlowContext,
  copied: {
    readonly account: Account;
    readonly gathered: Gathered;
    readonly challengeHint: ChallengeHint;
    readonly origin: Origin;
  },
): Promise<void> {
  const { account, gathered, challengeHint, origin } = copied;
  const translator = context.options.translations.for(account.locale);
  await notifyAddressesOnFile(context, {
    account,
    member: gathered.member,
    notice: {
      kind: 'other',
      heading: translator.t('mail.copied.heading', { thing: wordsOf(translator, challengeHint.kind).thing }),
      paragraphs: [translator.t('mail.copied.lead'), translator.t('mail.copied.advice')],
      origin,
      at: context.clock.now(),
    },
  });
}
