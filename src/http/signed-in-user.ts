/** A request, or what else has a session. */
interface WithSession {
  readonly session: object | null | undefined;
}

/** Where Passport keeps who is signed in, unless it was given another key. */
const KEY = 'passport';

/** What Passport serialized of the person who is signed in in this session; undefined where nobody is. */
export function signedInUser({ session }: WithSession): unknown {
  const kept: unknown = session === undefined || session === null ? undefined : Reflect.get(session, KEY);
  return typeof kept === 'object' && kept !== null ? Reflect.get(kept, 'user') : undefined;
}

export function isSomebodyIn(req: WithSession): boolean {
  const user = signedInUser(req);
  return user !== undefined && user !== null;
}

export function forgetSignedInUser({ session }: WithSession): void {
  if (session !== undefined && session !== null) Reflect.deleteProperty(session, KEY);
}
