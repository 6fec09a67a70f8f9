import { isCredible } from '../../core/clock';
import type { Evidence } from '../../core/decision/assurance';
import { decide } from '../../core/decision/decide';
import {
  ROTATION_GRACE_SECONDS,
  isBrowserTrusted,
  type RememberedBrowser,
  type SecuritySetup,
} from '../../core/member/remembered-browser';
import { hashToken, succeedToken, successorsOf, tokenHashes } from '../../core/proof/bearer-token';
import type { PlainSecret } from '../../core/proof/secrets';
import type { EventReport } from '../../events/event-recorder';
import { FACTOR_TRAITS } from '../../factors/find-factor';
import type { BrowserUseOutcome } from '../../records/records';
import { newHandle, type FlowContext, type Origin } from '../context/context';
import type { Gathered } from '../context/gather-facts';
import { notifyAddressesOnFile } from '../notices/notify';

export interface BrowserToken {
  readonly id: string;
  readonly token: PlainSecret;
}

export interface BrowserCookie extends BrowserToken {
  readonly expiresAt: number;
}

/** How to change the browser's cookie; null leaves it as it is. */
export type CookieChange = BrowserCookie | 'clear' | null;

/** The facts of a login, including the evidence that the browser adds. */
export interface BrowserJudgement {
  readonly evidence: readonly Evidence[];
  readonly gathered: Gathered;
  readonly cookie: CookieChange;
}

/** Reads the browser's record and uses up its token. Call it in parallel with reading the facts. */
export async function presentBrowser(
  context: FlowContext,
  userId: string,
  presented: BrowserToken | null,
): Promise<BrowserUseOutcome> {
  if (presented === null) return { outcome: 'missing' };
  const { keyRing, clock } = context;
  const { id, token } = presented;
  const hashOfNext = (branch: string) => {
    const next = succeedToken(keyRing, token, [userId, id, branch]);
    return hashToken(keyRing, 'browser', [userId, id, next.reveal()]);
  };
  const branch = newHandle();
  return context.records.useBrowser({
    userId,
    id,
    tokenHashes: hashesOf(context, userId, presented),
    nextTokenHash: hashOfNext(''),
    again: { branch, tokenHash: hashOfNext(branch) },
    now: clock.now(),
    graceSeconds: ROTATION_GRACE_SECONDS,
  });
}

function hashesOf(
  { keyRing }: Pick<FlowContext, 'keyRing'>,
  userId: string,
  { id, token }: BrowserToken,
): readonly string[] {
  return tokenHashes(keyRing, 'browser', [userId, id, token.reveal()]);
}

/** Null if it was derived with a key that is no longer in the ring; the browser then keeps its token. */
function nextToken(
  { keyRing }: Pick<FlowContext, 'keyRing'>,
  userId: string,
  { presented, browser }: { readonly presented: BrowserToken; readonly browser: RememberedBrowser },
): PlainSecret | null {
  const { id, branch, tokenHash } = browser;
  const all = successorsOf(keyRing, presented.token, [userId, id, branch]);
  const isAwaited = (token: PlainSecret) =>
    tokenHashes(keyRing, 'browser', [userId, id, token.reveal()]).includes(tokenHash);
  return all.find(isAwaited) ?? null;
}

/** The browser sent its newest token, so it has received it. */
export async function confirmBrowser(
  context: FlowContext,
  userId: string,
  presented: BrowserToken,
): Promise<void> {
  await context.records.confirmBrowser(userId, presented.id, hashesOf(context, userId, presented));
}

/** Whether the browser replaces the challenge. It has no effect if no challenge is due. */
export async function judgeBrowser(
  context: FlowContext,
  login: {
    readonly presented: BrowserToken | null;
    readonly used: BrowserUseOutcome;
    readonly evidence: readonly Evidence[];
    readonly gathered: Gathered;
    readonly origin: Origin;
  },
): Promise<BrowserJudgement> {
  const { presented, used, evidence, gathered } = login;
  const unchanged = { evidence, gathered };
  // The cookie may belong to another person who signs in with this browser.
  if (presented === null || used.outcome === 'missing') return { ...unchanged, cookie: null };
  if (used.outcome === 'replayed') {
    await reportReplay(context, login);
    return { ...unchanged, cookie: 'clear' };
  }
  const { browser } = used;
  const { account, policy, facts, now } = gathered;
  const factors = securitySetupOf(gathered);
  if (!isCredible(browser.createdAt, now)) context.clocks.note('remembered browser', browser.createdAt);
  if (!isBrowserTrusted(context.keyRing, { browser, factors, policy: policy.policy, now })) {
    await context.records.forgetBrowser(account.id, browser.id);
    report(context, login, { name: 'browser-forgotten', details: { because: 'no-longer-trusted' } });
    return { ...unchanged, cookie: 'clear' };
  }
  const token = nextToken(context, account.id, { presented, browser });
  const cookie = token === null ? null : { id: browser.id, token, expiresAt: browser.expiresAt };
  if (decide(facts, { kind: 'policy' }, now).outcome !== 'challenge') return { ...unchanged, cookie };
  const proven: readonly Evidence[] = [...evidence, { method: 'remembered-browser', at: now }];
  const session = { phase: 'live', evidence: proven, skipped: false } as const;
  return { evidence: proven, gathered: { ...gathered, facts: { ...facts, session } }, cookie };
}

/** Reports that a token was used twice: somebody else has a copy. */
async function reportReplay(
  context: FlowContext,
  login: { readonly gathered: Gathered; readonly origin: Origin },
): Promise<void> {
  const { gathered, origin } = login;
  const { account, member, now } = gathered;
  report(context, login, { name: 'browser-token-replayed' });
  const { t } = context.options.translations.for(account.locale);
  await notifyAddressesOnFile(context, {
    account,
    member,
    notice: {
      kind: 'other',
      heading: t('mail.browserForgotten.heading'),
      paragraphs: [t('mail.browserForgotten.lead'), t('mail.browserForgotten.advice')],
      origin,
      at: now,
    },
  });
}

function report(
  context: FlowContext,
  login: { readonly gathered: Gathered; readonly origin: Origin },
  event: Pick<EventReport, 'name' | 'details'>,
): void {
  const { id: userId, organizationId } = login.gathered.account;
  context.events.report({ ...event, userId, organizationId, address: login.origin.address });
}

export function securitySetupOf({
  account,
  member,
  policy,
}: Pick<Gathered, 'account' | 'member' | 'policy'>): SecuritySetup {
  return {
    factors: FACTOR_TRAITS,
    userId: account.id,
    userEpoch: member.epoch,
    organizationEpoch: policy.epoch,
    authenticators: member.authenticators,
    settings: member.settings,
    onFile: { email: account.email, phone: account.phone },
  };
}
