import { hashToken, succeedToken, tokenHashes } from '../core/bearer-token';
import type { Evidence } from '../core/assurance';
import { decide } from '../core/decide';
import type { PlainSecret } from '../core/plain-secret';
import { isBrowserTrusted, ROTATION_GRACE_SECONDS } from '../core/remembered-browser';
import type { EventReport } from '../event-recorder';
import type { BrowserUseOutcome } from '../stores/record-store';
import type { FlowContext, Origin } from './context';
import { factorSetOf } from './factor-set';
import type { Gathered } from './gather-facts';
import { notifyAddressesOnFile } from './notify';

/** What a remembered browser carries. */
export interface BrowserToken {
  readonly id: string;
  readonly token: PlainSecret;
}

export interface BrowserCookie extends BrowserToken {
  readonly expiresAt: number;
}

/** What becomes of the browser's cookie; null leaves it as it is. */
export type CookieChange = BrowserCookie | 'clear' | null;

/** A login's facts with what the browser adds to them. */
export interface BrowserJudgement {
  readonly evidence: readonly Evidence[];
  readonly gathered: Gathered;
  readonly cookie: CookieChange;
}

/** Asks for the browser's record beside the facts, in the same round trip; its token is used up by asking. */
export async function presentBrowser(
  context: FlowContext,
  userId: string,
  presented: BrowserToken | null,
): Promise<BrowserUseOutcome> {
  if (presented === null) return { outcome: 'missing' };
  const { id, token } = presented;
  const next = succeedToken(context.keyRing, token, [userId, id]);
  return context.records.useBrowser({
    userId,
    id,
    tokenHashes: tokenHashes(context.keyRing, 'browser', [userId, id, token.reveal()]),
    nextTokenHash: hashToken(context.keyRing, 'browser', [userId, id, next.reveal()]),
    now: context.clock.now(),
    graceSeconds: ROTATION_GRACE_SECONDS,
  });
}

/** Whether the browser stands in for the challenge. Where nothing would be asked, it counts for nothing. */
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
  // A browser of somebody else's who signs in here too is none of this login's business.
  if (presented === null || used.outcome === 'missing') return { ...unchanged, cookie: null };
  if (used.outcome === 'replayed') {
    await reportReplay(context, login);
    return { ...unchanged, cookie: 'clear' };
  }
  const { browser } = used;
  const { account, policy, facts, now } = gathered;
  const factors = factorSetOf(gathered);
  if (!isBrowserTrusted(context.keyRing, { browser, factors, policy: policy.policy, now })) {
    await context.records.forgetBrowser(account.id, browser.id);
    report(context, login, { name: 'browser-forgotten', details: { because: 'no-longer-trusted' } });
    return { ...unchanged, cookie: 'clear' };
  }
  const token = succeedToken(context.keyRing, presented.token, [account.id, browser.id]);
  const cookie = { id: browser.id, token, expiresAt: browser.expiresAt };
  if (decide(facts, { kind: 'policy' }, now).outcome !== 'challenge') return { ...unchanged, cookie };
  const proven: readonly Evidence[] = [...evidence, { method: 'remembered-browser', at: now }];
  const session = { standing: 'live', evidence: proven, skipped: false } as const;
  return { evidence: proven, gathered: { ...gathered, facts: { ...facts, session } }, cookie };
}

/** A token was sent a second time: there are two copies, and one of them is not the owner's. */
async function reportReplay(
  context: FlowContext,
  login: { readonly gathered: Gathered; readonly origin: Origin },
): Promise<void> {
  const { gathered, origin } = login;
  const { account, member, now } = gathered;
  report(context, login, { name: 'browser-token-replayed' });
  await notifyAddressesOnFile(context, {
    account,
    member,
    notice: {
      kind: 'other',
      heading: 'A remembered browser was forgotten',
      paragraphs: [
        'Somebody signed in with your password and an old copy of what one of your remembered browsers keeps. It was refused, a code was asked for, and that browser is not remembered any more.',
        'If you restored a browser from a backup, there is nothing to do. If not, change your password.',
      ],
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
