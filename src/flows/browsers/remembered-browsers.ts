import { provenBy, type Evidence, type EvidenceMethod } from '../../core/decision/assurance';
import { decide } from '../../core/decision/decide';
import type { Facts } from '../../core/decision/decision';
import { rankOf, strongestRank } from '../../core/decision/usable-factors';
import {
  hashSecuritySetup,
  isBrowserTrusted,
  issueBrowserId,
  type RememberedBrowser,
} from '../../core/member/remembered-browser';
import { hashToken, issueToken } from '../../core/proof/bearer-token';
import { BACKUP_KIND } from '../../factors/find-factor';
import type { Account } from '../../options/ports';
import { loginOfSubject, type AuthSubject, type FlowContext, type Origin } from '../context/context';
import type { Gathered } from '../context/gather-facts';
import { REPROOF_SECONDS } from '../enrollment/authorize-enrollment';
import { securitySetupOf, type BrowserCookie } from './use-browser';

/** Null if it may not be remembered. Requires a login with the strongest factor; a recovery code does not count. */
export function rememberableSeconds(
  subject: Pick<AuthSubject, 'phase'>,
  { facts }: { readonly facts: Facts },
  proven: EvidenceMethod,
): number | null {
  const { enabled, strength, rememberBrowserSeconds } = facts.policy;
  if (!enabled || strength !== 'any' || rememberBrowserSeconds <= 0 || subject.phase !== 'pending')
    return null;
  if (proven === BACKUP_KIND || rankOf(facts.factors, proven) < strongestRank(facts)) return null;
  return rememberBrowserSeconds;
}

/** Remembers the browser of a login that was just proven. Null if the proof is not strong enough. */
export async function rememberBrowser(
  context: FlowContext,
  proven: {
    readonly account: Account;
    readonly subject: AuthSubject;
    readonly gathered: Gathered;
    readonly proof: Evidence;
    readonly origin: Origin;
    /** The `usernameKey` of the name that was entered. */
    readonly name: string;
  },
): Promise<BrowserCookie | null> {
  const { account, subject, gathered, proof, origin, name } = proven;
  const { facts, now } = gathered;
  const seconds = rememberableSeconds(subject, gathered, provenBy(proof));
  const fresh = decide(facts, { kind: 'step-up', maxAgeSeconds: REPROOF_SECONDS }, now);
  const recovered = facts.session.evidence.some(({ method }) => method === BACKUP_KIND);
  if (seconds === null || fresh.outcome !== 'allow' || recovered) return null;
  const id = issueBrowserId(context.keyRing, name);
  const token = issueToken();
  const browser: RememberedBrowser = {
    id,
    organizationId: subject.organizationId,
    tokenHash: hashToken(context.keyRing, 'browser', [account.id, id, token.reveal()]),
    previousTokenHash: null,
    branch: '',
    confirmed: false,
    rotatedAt: now,
    // The pending login has already created the epoch, so the record has one.
    securityFingerprint: hashSecuritySetup(context.keyRing, securitySetupOf(gathered)),
    createdAt: now,
    lastUsedAt: null,
    expiresAt: now + seconds * 1000,
    userAgent: origin.userAgent,
    address: origin.address,
  };
  await context.records.rememberBrowser(account.id, browser, now);
  context.events.report({
    name: 'browser-remembered',
    userId: account.id,
    organizationId: subject.organizationId,
    address: origin.address,
    ...loginOfSubject(subject),
    details: { seconds },
  });
  return { id, token, expiresAt: browser.expiresAt };
}

/** The stored browsers, newest first. Read them in parallel with the facts, then filter with `keepTrusted`. */
export function listRememberedBrowsers(
  context: FlowContext,
  userId: string,
): Promise<readonly RememberedBrowser[]> {
  return context.records.listBrowsers(userId, context.clock.now());
}

/** Keeps the browsers that would currently skip a challenge. */
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

export async function forgetBrowser(
  context: FlowContext,
  act: Forgetting & { readonly id: string },
): Promise<boolean> {
  const forgotten = await context.records.forgetBrowser(act.account.id, act.id);
  if (forgotten) report(context, act, 1);
  return forgotten;
}

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
