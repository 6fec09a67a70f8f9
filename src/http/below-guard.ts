import type { Request } from 'express';
import type { HttpContext } from './http-context';
import { isOptionPath } from './same-path';

/** Our pages see to themselves who may open them. A guard above them would send everybody round in a circle. */
export function isForPagesBelow({ mounts, advice, options }: HttpContext, req: Request): boolean {
  if (!mounts.isForPages(req)) return false;
  mounts.requirePages(req);
  advice.give(
    'pages-below-guard',
    `mfa.guard() stands above mfa.pages(). It lets their routes through; write app.use('${options.pagesPath}', mfa.pages()) above it, so that nothing else below that path depends on this.`,
  );
  return true;
}

/** The page to which the guard sends people who are not signed in must be open to them. */
export function isForSignInBelow({ advice, mounts, options }: HttpContext, req: Request): boolean {
  const [signInPath = ''] = options.loginPath.split('?');
  const requested = req.baseUrl + req.path;
  if (!isOptionPath({ options }, req, { requested, option: signInPath })) return false;
  if (signInPath.startsWith(`${options.pagesPath}/`)) mounts.requirePages(req);
  advice.give(
    'sign-in-below-guard',
    `mfa.guard() stands above \`loginPath\` (${options.loginPath}). It lets that path through, and nothing that the page loads or posts to elsewhere: mount the sign-in page and its files above mfa.guard().`,
  );
  return true;
}
