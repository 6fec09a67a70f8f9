import type { Express } from 'express';
import { codeIn } from '../../support/docs';
import { addPerson, visit } from '../../support/member';
import { plantApp } from '../../support/planted';
import { createPortal } from '../../support/portal';
import type { Portal } from '../../support/portal';

/** The documented log-out. The portal already has a guard above it. */
const [recipe = ''] = codeIn('docs/guarding-routes.md', 'Log-out, and routes that answer everything');
const routes = recipe.replace('app.use(mfa.guard());\n', '').replace("'*splat'", '/.*/');

describe('a log-out above a catch-all route', () => {
  let portal: Portal;
  beforeAll(async () => {
    portal = createPortal({}, (app: Express) => {
      const serve = (_req: unknown, res: { send(text: string): void }) => res.send('everything');
      // oxlint-disable-next-line no-implied-eval
      new Function('app', 'serveTheApp', routes)(app, serve);
    });
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
  });
  afterAll(() => portal.mfa.close());

  it('shows nothing of that route to a person without the second factor', async () => {
    const person = addPerson(portal);
    await plantApp(portal, person.id);
    const guest = visit(portal);
    await guest.post(`/sso/${person.id}`);
    for (const path of ['/anything', '/logout', '/logout/', '/logout?x=1']) {
      const answer = await guest.get(path);
      expect({ path, next: answer.headers['location'] }).toEqual({
        path,
        next: path === '/anything' ? '/mfa/challenge?returnTo=%2Fanything' : '/',
      });
      expect(answer.text).not.toContain('everything');
    }
    expect((await guest.post('/logout')).headers['location']).toBe('/login');
    expect((await guest.getJson('/whoami')).body.authenticated).toBe(false);
  });
});
