/** Where Passport keeps who is signed in, unless it was given another key. */
const KEY = 'passport';

/** What Passport serialized of the person who is signed in in this session; undefined where nobody is. */
export function signedInUser(session: object | null | undefined): unknown {
  const kept: unknown = session === undefined || session === null ? undefined : Reflect.get(session, KEY);
  return typeof kept === 'object' && kept !== null ? Reflect.get(kept, 'user') : undefined;
}

export function isSomebodyIn(session: object | null | undefined): boolean {
  const user = signedInUser(session);
  return user !== undefined && user !== null;
}

export function forgetSignedInUser(session: object): void {
  if (isSomebodyIn(session)) Reflect.deleteProperty(session, KEY);
}
