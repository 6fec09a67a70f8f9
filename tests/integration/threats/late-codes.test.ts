import { memoryState, type StateStore } from '../../../src/index';
import { onFileId } from '../../../src/core/member/factor-kind';
import { newId } from '../../contract/samples';
import { visit } from '../../support/member';
import { plantAddress } from '../../support/planted';
import { giveApp } from '../../support/given-app';
import { guesserAt } from '../../support/guesser';
import { createPortal } from '../../support/portal';
import { storeKinds } from '../../support/store-kinds';
import { totpCode } from '../../support/totp';

// The attack: somebody takes their time: a login is kept open, or a code is used long after it was sent.

const MINUTE = 60_000;

describe.each(storeKinds)('guessing on $kind', ({ open: openStores }) => {
  const { close, records, state } = openStores();
  const portal = createPortal({ records, state });
  const { clock } = portal;
  const { personWithApp, personByEmail, logIn } = guesserAt(portal);

  beforeAll(async () => {
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
  });

  afterAll(async () => {
    await portal.mfa.settled();
    close();
  });

  it('ends an unfinished login ten minutes after the password, whatever it does meanwhile', async () => {
    const { person, secret } = await personWithApp();
    const startedAt = clock.now();
    const { guest, guess } = await logIn(person.username);
    for (let minute = 1; minute < 10; minute += 1) {
      clock.advance(MINUTE);
      const { body } = await guest.getJson('/mfa/state');
      expect(body.pending).toEqual({ expiresAt: startedAt + 10 * MINUTE });
    }
    await guest.postJson('/mfa/challenge/resend');
    clock.set(startedAt + 10 * MINUTE);
    expect((await guest.getJson('/mfa/state')).body).toMatchObject({ pending: null, signedIn: false });
    const late = await guess(totpCode(secret, clock.now()));
    expect(late).toMatchObject({
      because: expect.stringMatching(/^(challenge-expired|session-expired|no-session)$/),
    });
    expect((await guest.getJson('/whoami')).body.authenticated).toBe(false);
    const { guest: punctual } = await logIn(person.username);
    clock.advance(10 * MINUTE - 1);
    await punctual.postJson('/mfa/challenge', { code: totpCode(secret, clock.now()) });
    expect((await punctual.getJson('/')).status).toBe(200);
  });

  it('takes a sent code for five minutes, and none longer than its login', async () => {
    const { person, email } = await personByEmail();
    const { guest, guess } = await logIn(person.username);
    clock.advance(5 * MINUTE - 1);
    expect(await guess(guest.newestCode(email))).toMatchObject({ outcome: 'signed-in' });
    const late = await logIn(person.username);
    clock.advance(5 * MINUTE);
    expect(await late.guess(late.guest.newestCode(email))).toMatchObject({ because: 'code-expired' });
    clock.advance(4 * MINUTE);
    const { body } = await late.guest.postJson('/mfa/challenge/resend');
    expect(body.sent.expiresAt).toBe(clock.now() + MINUTE);
  });
});

describe('a challenge that changes meanwhile', () => {
  /** A portal that tells which challenge was issued last, and can be interrupted before a code is sent. */
  async function watched() {
    const memory = memoryState();
    let issued: Parameters<StateStore['issueChallenge']> | undefined;
    let beforeSending = async () => undefined as unknown;
    const state: StateStore = {
      ...memory,
      issueChallenge: (...given) => memory.issueChallenge(...(issued = given)),
      async spendSendBudgets(...given) {
        await beforeSending();
        return memory.spendSendBudgets(...given);
      },
    };
    const portal = createPortal({ state });
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const app = await giveApp(portal, 'ada');
    const guest = visit(portal);
    await guest.logIn('ada');
    return {
      ...{ memory, portal, app, guest },
      lastIssued() {
        if (issued === undefined) throw new Error('No challenge was issued.');
        return issued;
      },
      interrupt: (act: () => Promise<unknown>) => (beforeSending = act),
    };
  }

  it('takes no code of an app while another method is asked in the same login', async () => {
    const { memory, app, guest, lastIssued } = await watched();
    await guest.postJson('/mfa/challenge/factor', { authenticatorId: 'app-of-ada' });
    const [challenge, at] = lastIssued();
    const other = { ...challenge, version: newId(), kind: 'email', authenticatorId: onFileId('email') };
    expect(await memory.issueChallenge(other, { ...at, after: challenge.version })).toBe(true);
    const answered = await guest.postJson('/mfa/challenge', { code: app.nextCode() });
    expect(answered.body).toMatchObject({ outcome: 'rejected', because: 'challenge-expired' });
    expect((await guest.getJson('/whoami')).body.authenticated).toBe(false);
  });

  it('sends no code for a step-up that ended', async () => {
    const { memory, portal, lastIssued, interrupt } = await watched();
    const destination = 'mary@acme.example';
    const authenticatorId = await plantAddress(portal, 'mary', { kind: 'email', destination });
    const member = visit(portal);
    await member.logIn('mary');
    await member.postJson('/mfa/challenge', { code: member.newestCode(destination) });
    portal.clock.advance(11 * MINUTE);
    interrupt(() => {
      const [challenge] = lastIssued();
      return memory.consumeChallenge(challenge, challenge.id);
    });
    const sentBefore = portal.outbox.messages.length;
    const asked = await member.postJson('/mfa/step-up', { authenticatorId });
    expect(asked.body).toEqual({ outcome: 'challenge', next: '/mfa/step-up' });
    expect(portal.outbox.messages).toHaveLength(sentBefore);
  });
});
