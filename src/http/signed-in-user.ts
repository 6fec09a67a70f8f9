import type { Request } from 'express';

/** Where Passport keeps who is signed in, unless it was given another key. */
const KEY = 'passport';

/** What Passport serialized of the person who is signed in in this session; undefined where nobody is. */
export function signedInUser(req: Pick<Request, 'session'>): unknown {
  const session: object | undefined = req.session;
  const kept: unknown = session === undefined || session === null ? undefined : Reflect.get(session, KEY);
  return typeof kept === 'object' && kept !== null ? Reflect.get(kept, 'user') : undefined;
}

export function isSomebodyIn(req: Pick<Request, 'session'>): boolean {
  const user = signedInUser(req);
  return user !== undefined && user !== null;
}

export function forgetSignedInUser(req: Pick<Request, 'session'>): void {
  if (isSomebodyIn(req)) Reflect.deleteProperty(req.session, KEY);
}
