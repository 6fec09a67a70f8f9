import { addPerson, visit } from './member';
import type { Member } from './member';
import { plantApp } from './planted';
import type { Portal, PortalUser } from './portal';
import { totpCode } from './totp';

/** Somebody in the middle of a login, of an organization that requires a second factor. */
export interface HalfLogin {
  readonly person: PortalUser;
  readonly guest: Member;
}

/** The same with an authenticator app, and its code at this moment. */
export interface HalfLoginWithApp extends HalfLogin {
  readonly id: string;
  readonly secret: string;
  code(): string;
}

/** People whom no other test knows, at the steps of a login. */
export function halfLoginsAt(portal: Portal) {
  const { clock } = portal;

  async function atTheChallenge(): Promise<HalfLoginWithApp> {
    const person = addPerson(portal);
    const app = await plantApp(portal, person.id);
    const guest = visit(portal);
    const login = await guest.logIn(person.username);
    expect(login.body.outcome).toBe('challenge');
    return { person, guest, ...app, code: () => totpCode(app.secret, clock.now()) };
  }

  async function atEnrollment(): Promise<HalfLogin> {
    const person = addPerson(portal);
    const guest = visit(portal);
    const login = await guest.logIn(person.username);
    expect(login.body.outcome).toBe('enroll');
    return { person, guest };
  }

  async function signedIn(): Promise<HalfLoginWithApp> {
    const half = await atTheChallenge();
    const answer = await half.guest.postJson('/mfa/challenge', { code: half.code() });
    expect(answer.body.outcome).toBe('signed-in');
    clock.advance(30_000);
    return half;
  }

  return { atTheChallenge, atEnrollment, signedIn };
}
