import type { Request, Response } from 'express';
import { Advice } from '../../events/advice';
import type { FlowContext } from '../../flows/context/context';
import { AwaitedSessions } from '../session/session-cookie';
import type { SavedForm } from '../session/session-data-text';
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
  /** One entry for each `mfa.adminPages()` of the app. */
  readonly administration: Administration[];
}

/** What the other pages need of the administrators' pages. */
export interface Administration {
  /** What the user of a request administers. */
  organizationsOf(req: Request): Promise<readonly { readonly id: string; readonly name: string }[]>;
  /**
   * Performs what a form asked for before its proof, and answers. `changed`: what it is about was changed meanwhile. `left`: the
   * form is shown again instead, to be confirmed. Both answer nothing.
   */
  resume(req: Request, res: Response, form: SavedForm): Promise<'answered' | 'changed' | 'left'>;
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
