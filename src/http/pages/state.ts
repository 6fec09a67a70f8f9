import type { Router } from 'express';
import type { Decision } from '../../core/decision/decide';
import type { Gathered } from '../../flows/context/gather-facts';
import { judgeAccess } from '../../flows/context/judge-access';
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

/** The authenticated state of the visitor, for single-page apps. Visitors who are not signed in see no details. */
export async function describeState(page: PageRequest): Promise<object> {
  const { context, req, identity } = page;
  const csrfToken = context.csrf.token(req);
  const noSession: Decision = { outcome: 'sign-in', because: 'no-session' };
  if (identity.kind === 'anonymous') {
    return { signedIn: false, pending: null, decision: noSession, authenticators: [], csrfToken };
  }
  const { subject } = identity;
  const { gathered, decision } = await judgeAccess(context, identity);
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
