import express from 'express';
import passport from 'passport';
import { giveApp } from '../../support/given-app';
import { visit } from '../../support/member';
import type { Member } from '../../support/member';
import { createPortal } from '../../support/portal';
import type { Portal } from '../../support/portal';
import { storeKinds } from '../../support/store-kinds';
import { until } from '../../support/until';

describe.each(storeKinds)('a sign-in over a session, on $kind', ({ open }) => {
  let portal: Portal;
  let ada: Member;
  let own: string;
  let close: () => void;

  const listed = async (userId: string) =>
    (await portal.state.listSessions(userId)).map(({ handle }) => handle);

  beforeEach(async () => {
    const { records, state, close: closeStores } = open();
    close = closeStores;
    portal = createPortal({ records, state });
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'optional' });
    const before = await listed('ada');
    ada = visit(portal);
    await ada.logIn('ada');
    await ada.postJson('/mfa/enroll/skip');
    own = (await listed('ada')).find((handle) => !before.includes(handle)) ?? '';
    expect(own).not.toBe('');
  });

  afterEach(async () => {
    await portal.mfa.settled();
    close();
  });

  it('removes the old session from the list, whichever person signs in', async () => {
    expect((await ada.logIn('mary')).status).toBe(200);
    await until(async () => !(await listed('ada')).includes(own));
  });

  it('removes it too if the sign-in stops at the second step', async () => {
    await giveApp(portal, 'mary');
    expect((await ada.logIn('mary')).body).toMatchObject({ outcome: 'challenge' });
    await until(async () => !(await listed('ada')).includes(own));
  });

  it('keeps it if the host checks the password and signs nobody in', async () => {
    const { app, mfa, users } = portal;
    const passports = new passport.Passport();
    passports.use(mfa.strategy(async () => users.get('ada') ?? false));
    app.post('/confirm', express.json(), (req, res, next) => {
      passports.authenticate('mfa', (_error: unknown, user: unknown) => res.json({ right: user !== false }))(
        req,
        res,
        next,
      );
    });
    const confirmed = await ada.postJson('/confirm', { username: 'ada', password: 'typed again' });
    expect(confirmed.body).toEqual({ right: true });
    await mfa.settled();
    expect(await listed('ada')).toContain(own);
    expect((await ada.getJson('/plain')).status).toBe(200);
  });

  it('works even if the list cannot be reached, and reports it', async () => {
    portal.state.endSession = async () => {
      throw new Error('The list is gone.');
    };
    expect((await ada.logIn('mary')).status).toBe(200);
    expect(await listed('ada')).toContain(own);
    expect(portal.errors).toEqual([new Error('The list is gone.')]);
  });
});
