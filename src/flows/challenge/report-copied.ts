import { wordsOf } from '../../factors/factor-words';
import type { Account } from '../../options/ports';
import type { ChallengeHint } from '../context/auth-subject';
import type { FlowContext, Origin } from '../context/context';
import type { Gathered } from '../context/gather-facts';
import { notifyAddressesOnFile } from '../notices/notify';
import { ENGLISH } from '../../factors/english';

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
  await notifyAddressesOnFile(context, {
    account,
    member: gathered.member,
    notice: {
      kind: 'other',
      heading: `${wordsOf(ENGLISH, challengeHint.kind).thing} may have been copied`,
      paragraphs: [
        'Somebody tried to sign in or to confirm something with an older state of it. We refused that.',
        'Remove it in your settings and set up another one. If this wasn’t you, change your password too.',
      ],
      origin,
      at: context.clock.now(),
    },
  });
}
