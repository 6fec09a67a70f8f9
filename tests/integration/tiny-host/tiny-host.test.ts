import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { tellLoginStories } from '../../support/login-stories';
import { textOf } from '../../support/page-text';
import { startTinyHost, type TinyHost } from '../../support/tiny-host';

const folder = join(__dirname, '../../support/tiny-host');

/** Lines of the new file that are not in the old one. A line that takes the place of another counts once. */
function countChangedLines(): { readonly added: number; readonly removed: number } {
  const compared = ['before/app.js', 'after/app.js'];
  let difference = '';
  try {
    execFileSync('git', ['diff', '--no-index', '--numstat', ...compared], { cwd: folder });
  } catch (error) {
    // With --no-index git ends with 1 where the files differ.
    difference = String((error as { stdout: Buffer }).stdout);
  }
  const [added, removed] = difference.split('\t').map(Number);
  return { added: added ?? 0, removed: removed ?? 0 };
}

describe('a small host of plain passport-local', () => {
  let host: TinyHost;
  afterEach(() => host.stop());

  it('signed people in by password alone before', async () => {
    host = startTinyHost('before');
    const ada = host.visit();
    await host.signIn(ada);
    expect(textOf((await ada.get('/')).text)).toContain('Notes of ada');
  });

  it('needs fifteen changed lines or fewer', async () => {
    host = startTinyHost('after');
    const { added, removed } = countChangedLines();
    expect(added).toBeGreaterThan(0);
    expect(Math.max(added, removed)).toBeLessThanOrEqual(15);
  });

  it('leads on to the page that was asked for, also after the second step', async () => {
    host = startTinyHost('after');
    const ada = host.visit();
    await ada.get('/time');
    const { secret, done } = await host.enrollApp(ada);
    expect(done.text).toContain('href="/time"');
    await ada.post('/mfa/logout');

    host.clock.advance(60_000);
    const later = host.visit();
    await later.get('/time');
    await host.signIn(later);
    const signedIn = await host.answer(later, secret);
    expect([signedIn.status, signedIn.headers['location']]).toEqual([303, '/time']);
  });

  it('asks a person whom its own sign-up signed in', async () => {
    host = startTinyHost('after');
    const grace = host.visit();
    await grace.get('/signin');
    const welcome = await grace.follow(
      await grace.post('/register', { login: 'grace', secret: 'nanosecond' }),
    );
    expect(textOf(welcome.text)).toContain('Protect your account');
    const password = await grace.follow(await grace.get('/mfa/enroll/totp'));
    expect(textOf(password.text)).toContain('password');
    host.clock.advance(5000);
    await grace.post('/mfa/step-up', { password: 'nanosecond', returnTo: '/mfa/enroll/totp' });
    const { done } = await host.finishEnrollment(grace);
    expect(textOf(done.text)).toContain('Your account is protected');
    expect(textOf((await grace.get('/')).text)).toContain('Notes of grace');
  });

  it('signs out by its own route, after the login and in the middle of one', async () => {
    host = startTinyHost('after');
    const ada = host.visit();
    await host.signIn(ada);
    const { secret } = await host.finishEnrollment(ada);
    await ada.get('/');
    await ada.post('/signout');
    expect((await ada.get('/')).status).toBe(302);

    host.clock.advance(60_000);
    await host.signIn(ada);
    await ada.get('/mfa/challenge');
    await ada.post('/signout');
    await ada.get('/signin');
    expect((await host.answer(ada, secret)).status).toBe(401);
    expect((await ada.get('/')).status).toBe(302);
  });

  it('still refuses forms without its own token, on our pages too', async () => {
    host = startTinyHost('after');
    const ada = host.visit();
    await host.signIn(ada);
    const forged = await ada.post('/mfa/enroll/totp', { xsrf: 'guessed' });
    expect(forged.status).toBe(403);
  });
});

tellLoginStories('a small host of plain passport-local', async () => startTinyHost('after'));
