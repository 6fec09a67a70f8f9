import type { Request } from 'express';
import { offerWayIn } from '../../flows/sign-in/way-in';
import type { HttpContext } from '../kernel/http-context';
import { show, type PageRequest } from '../kernel/page-route';
import type { LoginLocals } from './proof-views';

/** Shows the sign-in page. */
export async function showSignIn(
  page: PageRequest,
  locals: Pick<LoginLocals, 'username' | 'error' | 'notice'>,
  status = 200,
): Promise<void> {
  const wayIn = await viewWayIn(page.context, page.req);
  await show(page, 'login', { ...locals, wayIn }, status);
}

/** What the page offers besides the password; null where that is all. */
export async function viewWayIn(context: HttpContext, req: Request): Promise<LoginLocals['wayIn']> {
  const { wayIn } = context;
  if (wayIn === null) return null;
  const { view } = await offerWayIn(context, wayIn, context.csrf.visitor(req));
  return { ...view, kind: wayIn.kind, template: wayIn.template };
}

/** Where its form leads, below `mfa.pages()`; null where there is none. */
export function wayInPath({ wayIn }: Pick<HttpContext, 'wayIn'>): string | null {
  return wayIn === null ? null : `/login/${wayIn.kind}`;
}
