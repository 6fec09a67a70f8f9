import { Advice } from '../advice';
import type { FlowContext } from '../flows/context';
import { AwaitedSessions } from './awaited-sessions';
import { createCsrfGuard } from './csrf';
import type { HttpContext } from './http-context';
import { Mounts } from './mounts';
import { ProxyWatch } from './proxy-watch';
import { createPageRenderer } from './render-page';

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
    pages: createPageRenderer(options.viewsPath),
    ownCookie: { name: null },
    administration: [],
  };
}
