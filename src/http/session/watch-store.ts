import type { Request } from 'express';
import type { Store } from 'express-session';
import type { HttpContext } from '../kernel/http-context';
import { stateOf } from '../kernel/request';
import { leaveStored } from './end-when-left';
import { carryGrant } from './grant-at-login';
import { isOwnSessionStore } from './prefetching-session-store';
import { isFailure } from './renew-session';

/*
 * A host makes a new session of one that somebody is signed in in, or destroys it, without Passport. The store that its session middleware
 * uses is watched from the first request that a middleware of ours sees in this process.
 */

const watched = new WeakSet<object>();

export function watchStore(req: Request, contextOf: (req: Request) => HttpContext | undefined): void {
  const store: Request['sessionStore'] | undefined = req.sessionStore;
  const context = contextOf(req);
  if (store === undefined || context === undefined || watched.has(store)) return;
  watched.add(store);
  const inPlace = new Set<string>();
  if ('regenerate' in store) watchRegenerate(store, { contextOf, inPlace });
  // Our own store knows whose session it destroys without asking for it.
  if ('destroy' in store && !isOwnSessionStore(store)) watchDestroy(store, { context, inPlace });
}

function watchRegenerate(
  store: Request['sessionStore'],
  known: { readonly contextOf: (req: Request) => HttpContext | undefined; readonly inPlace: Set<string> },
): void {
  const { contextOf, inPlace } = known;
  const regenerate = store.regenerate.bind(store);
  store.regenerate = function regenerateAndCarry(request, done) {
    const context = contextOf(request);
    const isOurs = context === undefined || stateOf(request).renewing > 0;
    const carry = isOurs ? undefined : carryGrant(context, request);
    const before = request.sessionID;
    inPlace.add(before);
    regenerate(request, (error: unknown) => {
      inPlace.delete(before);
      if (!isFailure(error)) carry?.();
      done(error);
    });
  };
}

/** `inPlace` are the sessions that are about to be replaced; the code that replaces them updates the list. */
function watchDestroy(
  store: Pick<Store, 'get' | 'destroy'>,
  { context, inPlace }: { readonly context: HttpContext; readonly inPlace: ReadonlySet<string> },
): void {
  const destroy = store.destroy.bind(store);
  store.destroy = function destroyAndUnlist(sessionId, done) {
    if (inPlace.has(sessionId)) {
      destroy(sessionId, done);
      return;
    }
    store.get(sessionId, function found(error: unknown, data) {
      const left = isFailure(error) ? undefined : leaveStored(context, data);
      destroy(sessionId, (...results) => void Promise.resolve(left).then(() => done?.(...results)));
    });
  };
}
