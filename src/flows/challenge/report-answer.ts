import { onFileKind } from '../../core/member/factor-kind';
import { digestUserId } from '../../core/proof/key-ring';
import { wordsOf } from '../../factors/factor-words';
import type { Account } from '../../options/ports';
import type { GuessOutcome } from '../../records/records';
import type { ChallengePurpose } from '../../stores/state-store';
import type { ChallengeHint, FlowContext, LoginField, Origin } from '../context/context';
import type { Gathered } from '../context/gather-facts';
import { notifyAddressesOnFile } from '../notices/notify';

export interface WrongAnswer {
  readonly account: Account;
  readonly gathered: Gathered;
  readonly challengeHint: ChallengeHint;
  readonly purpose: ChallengePurpose;
  readonly guess: GuessOutcome;
  readonly exhausted: boolean;
  readonly origin: Origin;
  readonly login: LoginField;
}

/** At most this many notices about wrong codes after a right password, since an attacker can trigger them. */
const WRONG_FACTOR_NOTICES = [
  { max: 1, seconds: 3600 },
  { max: 3, seconds: 86_400 },
];

/** Each limit is reported once, when it is reached, and every address on file gets a notice. */
export function reportGuessLimits(context: FlowContext, wrong: WrongAnswer): void {
  const { guess, exhausted, purpose } = wrong;
  if (guess.outcome === 'locked' && guess.shortenedByMs !== undefined)
    context.clocks.note('lock', context.clock.now() + guess.shortenedByMs);
  const set = guess.outcome === 'spent' ? guess : null;
  if (set?.disabled === true) reportDisabled(context, wrong);
  if (set !== null && set.lockedUntil !== null) reportLock(context, wrong, set.lockedUntil);
  else if (exhausted && purpose === 'login') notifyOfWrongFactor(context, wrong);
}

function reportLock(context: FlowContext, wrong: WrongAnswer, lockedUntil: number): void {
  const { challengeHint, purpose, origin, gathered } = wrong;
  report(context, wrong, 'proofs-locked', { kind: challengeHint.kind, purpose, lockedUntil });
  tell(context, wrong, { kind: 'proofs-locked', lockedUntil, unlockUrl: null, origin, at: gathered.now });
}

function reportDisabled(context: FlowContext, wrong: WrongAnswer): void {
  const { challengeHint, origin, gathered } = wrong;
  const { kind, authenticatorId } = challengeHint;
  report(context, wrong, 'authenticator-disabled', { kind, authenticatorId });
  const { t } = context.options.translations.for(wrong.account.locale);
  const isOwn = onFileKind(authenticatorId) === null;
  tell(context, wrong, {
    kind: 'other',
    heading: t('mail.turnedOff.heading'),
    paragraphs: [t('mail.turnedOff.lead'), t(isOwn ? 'mail.turnedOff.own' : 'mail.turnedOff.assigned')],
    origin,
    at: gathered.now,
  });
}

/** A right password and five wrong codes: this is what a stolen password looks like. */
function notifyOfWrongFactor(context: FlowContext, wrong: WrongAnswer): void {
  const { account, origin, gathered } = wrong;
  const key = `notice:wrong-factor:${digestUserId(context.keyRing, account.id)}`;
  const budget = { key, windows: WRONG_FACTOR_NOTICES };
  const { t } = context.options.translations.for(account.locale);
  context.delivery.inBackground(async () => {
    const spent = await context.state.spendSendBudgets([budget], gathered.now);
    if (spent.outcome === 'refused') return;
    tell(context, wrong, {
      kind: 'other',
      heading: t('mail.failedSignIn.heading'),
      paragraphs: [t('mail.failedSignIn.lead'), t('mail.failedSignIn.advice')],
      origin,
      at: gathered.now,
    });
  }, context.options.onError);
}

function tell(
  context: FlowContext,
  { account, gathered }: WrongAnswer,
  notice: Parameters<typeof notifyAddressesOnFile>[1]['notice'],
): void {
  const { member } = gathered;
  notifyAddressesOnFile(context, { account, member, notice }).catch(context.options.onError);
}

function report(
  context: FlowContext,
  { account, origin, login }: WrongAnswer,
  name: 'proofs-locked' | 'authenticator-disabled',
  details: Readonly<Record<string, string | number>>,
): void {
  const { id: userId, organizationId } = account;
  context.events.report({ name, userId, organizationId, address: origin.address, ...login, details });
}

/** The counter of the authenticator did not increase: somebody may have a copy of it (WebAuthn 6.1.1). */
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
