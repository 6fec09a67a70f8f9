import { holdVisit, postHeld } from './held-visit';
import { addPerson, visit } from './member';
import { plantApp } from './planted';
import type { Portal } from './portal';
import { wrongCodes } from './totp';

/** Somebody with the password who guesses codes, and those at whom they guess. */
export function guesserAt(portal: Portal) {
  const { clock, records } = portal;

  async function personWithApp() {
    const person = addPerson(portal);
    return { person, ...(await plantApp(portal, person.id)) };
  }

  async function personByEmail() {
    const person = addPerson(portal);
    const member = { userId: person.id, organizationId: 'acme' };
    await portal.mfa.members.save(member, { enabled: true, assignedKind: 'email' });
    return { person, email: person.email ?? '' };
  }

  async function logIn(username: string, factor?: string) {
    const guest = visit(portal);
    const login = await guest.logIn(username);
    if (factor !== undefined) await guest.postJson('/mfa/challenge/factor', { authenticatorId: factor });
    const held = await holdVisit(guest);
    const guess = async (code: string) => (await postHeld(portal.app, held, '/mfa/challenge', { code })).body;
    return { guest, login, held, guess };
  }

  /** Spends guesses, five a login. */
  async function guessWrong(username: string, secret: string, count: number): Promise<void> {
    const codes = wrongCodes(secret, clock.now(), 5);
    for (let left = count; left > 0; left -= 5) {
      const { guess } = await logIn(username);
      for (const code of codes.slice(0, Math.min(left, 5))) {
        expect(await guess(code)).toMatchObject({ because: 'wrong-code' });
      }
    }
  }

  async function countersOf(userId: string) {
    const { guesses, authenticators } = await records.findMember(userId, 'acme');
    return { guesses, own: authenticators.map(({ failures }) => failures) };
  }

  return { personWithApp, personByEmail, logIn, guessWrong, countersOf };
}
