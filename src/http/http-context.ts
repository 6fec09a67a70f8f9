import type { Request } from 'express';
import type { FlowContext } from '../flows/context';
import type { Advice } from '../advice';
import type { AwaitedSessions } from './awaited-sessions';
import type { CsrfGuard } from './csrf';
import type { Mounts } from './mounts';
import type { PasswordCheck } from './password-check';
import type { ProxyWatch } from './proxy-watch';
import type { PageRenderer } from './render-page';

/** What the routes work with besides the flows. */
export interface HttpContext extends FlowContext {
  readonly csrf: CsrfGuard;
  readonly advice: Advice;
  readonly awaited: AwaitedSessions;
  readonly mounts: Mounts;
  readonly passwords: PasswordCheck;
  readonly pages: PageRenderer;
  readonly proxies: ProxyWatch;
  /** The session cookie, where `mfa.sessions()` set it: its end follows the policy, and signing out clears it. */
  readonly ownCookie: { name: string | null };
  /** What the user of a request administers, for each `mfa.adminPages()` of the app. */
  readonly administration: ((req: Request) => Promise<readonly { readonly id: string }[]>)[];
}
