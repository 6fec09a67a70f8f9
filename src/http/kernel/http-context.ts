import type { Request } from 'express';
import { Advice } from '../../events/advice';
import type { FlowContext } from '../../flows/context/context';
import { AwaitedSessions } from '../session/session-cookie';
import type { PasswordCheck } from '../sign-in/password-check';
import { ProxyWatch } from './connection';
import { createCsrfGuard, type CsrfGuard } from './csrf';
import { Mounts } from './mounts';
import { createPageRenderer, type PageRenderer } from './render-page';

/** What the routes work with besides the flows. */
export interface HttpContext extends FlowContext {
  readonly csrf: CsrfGuard;
  readonly advice: Advice;
  readonly awaited: AwaitedSessions;
  readonly mounts: Mounts;
  readonly passwords: PasswordCheck;
  readonly pages: PageRenderer;
  readonly proxies: ProxyWatch;
  /** What the user of a request administers, for each `mfa.adminPages()` of the app. */
  readonly administration: ((req: Request) => Promise<readonly { readonly id: string }[]>)[];
}

/** What the routes work with besides the flows and the passwords. */
export function createHttpParts({
  options,
  keyRing,
  clock,
}: Pick<FlowContext, 'options' | 'keyRing' | 'clock'>): Omit<HttpContext, keyof FlowContext | 'passwords'> {
  const { onError } = options;
  const advice = new Advice(onError);
  const proxies = new ProxyWatch(onError);
  const awaited = new AwaitedSessions({ clock, advice, proxies });
  return {
    advice,
    proxies,
    awaited,
    mounts: new Mounts(options),
    csrf: createCsrfGuard({ options, keyRing, clock, awaited }),
    pages: createPageRenderer(options),
    administration: [],
  };
}
