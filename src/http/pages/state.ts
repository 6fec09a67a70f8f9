import type { Router } from 'express';
import { decide, type Decision } from '../../core/decision/decide';
import { gatherFacts, type Gathered } from '../../flows/context/gather-facts';
import type { HttpContext } from '../kernel/http-context';
import { pageRoute, type PageRequest } from '../kernel/page-route';
import { readSessionData } from '../session/session-data';

export function addStateRoute(router: Router, context: HttpContext): void {
  router.get(
    '/state',
    pageRoute(context, async (page) => {
      page.res.json(await describeState(page));
    }),
  );
}

/** Where the visitor stands, for single-page apps. It says nothing to a stranger. */
export async function describeState(page: PageRequest): Promise<object> {
  const { context, req, identity } = page;
  const csrfToken = context.csrf.token(req);
  const stranger: Decision = { outcome: 'sign-in', because: 'no-session' };
  if (identity.kind === 'anonymous') {
    return { signedIn: false, pending: null, decision: stranger, authenticators: [], csrfToken };
  }
  const { subject, account } = identity;
  const gathered = await gatherFacts(context, account, subject);
  const decision = decide(gathered.facts, { kind: 'policy' }, gathered.now);
  const live = decision.outcome !== 'sign-in';
  const { login } = readSessionData(req);
  return {
    signedIn: live && subject.phase === 'session',
    pending:
      live && subject.phase === 'pending' && login !== undefined ? { expiresAt: login.expiresAt } : null,
    decision: { outcome: decision.outcome, because: decision.because },
    authenticators: live ? listAuthenticators(gathered) : [],
    csrfToken,
  };
}

function listAuthenticators({ member }: Gathered): readonly object[] {
  return member.authenticators.map(({ id, kind, label, maskedDestination }) => ({
    id,
    kind,
    label,
    ...(maskedDestination === null ? {} : { destination: maskedDestination }),
  }));
}
