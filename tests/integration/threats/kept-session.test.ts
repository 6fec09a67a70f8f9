import { addPerson, visit } from '../../support/member';
import { plantApp } from '../../support/planted';
import { createPortal } from '../../support/portal';
import { totpCode } from '../../support/totp';
import { until } from '../../support/until';

// The attack: on a shared computer the owner signs out by the host's own log-out. The host keeps what else is in the session, as
// `keepSessionInfo` does, and lets somebody in again by a way without a second factor of its own. What the owner had proven must
// not be found there.

/** `/logout` is below the guard, which lets it through. */
async function signedIn() {
  const portal = createPortal({}, (app) => {
    app.post('/logout', (req, res, next) => {
      if (req.query['how'] === 'stay') return res.json({});
      if (req.query['how'] === 'destroy') return req.session.destroy(() => res.json({}));
      const keepSessionInfo = req.query['how'] === 'keep';
      return req.logout({ keepSessionInfo }, (error) => (error ? next(error) : res.json({})));
    });
    /** Support staff who look at the site as somebody else, within the same session. */
    app.post('/become/:id', (req, res) => {
      Object.assign(req.session, { passport: { user: req.params.id } });
      res.json({});
    });
  });
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
  const person = addPerson(portal);
  const { secret } = await plantApp(portal, person.id);
  const browser = visit(portal);
  await browser.logIn(person.username);
  await browser.postJson('/mfa/challenge', { code: totpCode(secret, portal.clock.now()) });
  expect((await browser.getJson('/plain')).status).toBe(200);
  const listed = () => portal.mfa.sessionsOf(person.id).list();
  return { portal, person, browser, listed };
}

describe('a log-out of the host', () => {
  it.each(['keep', 'all'])('passes no proof on to the next sign-in if it keeps %s', async (how) => {
    const { portal, person, browser } = await signedIn();
    await browser.post(`/logout?how=${how}`);
    await browser.post(`/sso/${person.id}?keep=yes`);
    expect((await browser.getJson('/whoami')).body).toEqual({ authenticated: true, id: person.id });
    expect((await browser.getJson('/plain')).body).toMatchObject({ outcome: 'challenge' });
    expect((await browser.postJson('/payouts')).body).toMatchObject({ outcome: 'challenge' });
    await portal.mfa.close();
  });

  it.each(['keep', 'all', 'destroy'])('removes the session from the list of its owner: %s', async (how) => {
    const { portal, browser, listed } = await signedIn();
    await browser.post(`/logout?how=${how}`);
    await until(async () => (await listed()).length === 0);
    expect(await listed()).toEqual([]);
    await portal.mfa.close();
  });

  it('keeps the session if it did not happen', async () => {
    const { portal, browser, listed } = await signedIn();
    await browser.post('/logout?how=stay');
    expect((await browser.getJson('/plain')).status).toBe(200);
    expect(await listed()).toHaveLength(1);
    await portal.mfa.close();
  });
});

describe('a sign-in of the host over a session that goes on', () => {
  it('asks again, and removes the old session from the list', async () => {
    const { portal, person, browser, listed } = await signedIn();
    const [before] = await listed();
    await browser.post(`/sso/${person.id}?keep=yes`);
    expect((await browser.getJson('/plain')).body).toMatchObject({ outcome: 'challenge' });
    const after = await listed();
    expect(after).toHaveLength(1);
    expect(after[0]?.handle).not.toBe(before?.handle);
    await portal.mfa.close();
  });
});

describe('a host that puts another user into the same session', () => {
  it('passes no earlier proof on', async () => {
    const { portal, browser } = await signedIn();
    const other = addPerson(portal);
    await plantApp(portal, other.id);
    await browser.post(`/become/${other.id}`);
    expect((await browser.getJson('/whoami')).body).toEqual({ authenticated: true, id: other.id });
    expect((await browser.getJson('/plain')).body).toMatchObject({ outcome: 'challenge' });
    await portal.mfa.close();
  });
});
