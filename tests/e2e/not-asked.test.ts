import { DEMO_PASSWORD } from '../support/example-app';
import { startStage, storages, type Stage } from '../support/example-app-stage';
import { arriveAt, button, enterPassword, setUpApp } from '../support/example-app-visitor';

const DAY = 86_400_000;
const GRACE = 'grace@globex.example';

describe.each(storages)('people who need no second factor, %s', (storage) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage({ storage });
  });
  afterAll(() => stage.stop());

  it('may put it off where it is optional, and are asked again at the next login', async () => {
    const page = await stage.open();
    await enterPassword(page, GRACE);
    await arriveAt(page, 'Protect your account');
    await stage.look(page, 'enroll-optional');
    await button(page, 'Skip for now').click();
    await arriveAt(page, 'Hello, Grace Hopper');
    expect(await page.getByText('One factor').isVisible()).toBe(true);
    await stage.look(page, 'portal-one-factor');

    const later = await stage.open();
    await enterPassword(later, GRACE);
    await arriveAt(later, 'Protect your account');
  });

  it('see until when and how often they may put it off, and then no more', async () => {
    await stage.mfa.policies.save('globex', {
      enrollment: 'required',
      graceUntil: stage.clock.now() + 14 * DAY,
      skips: 2,
    });
    const page = await stage.open();
    await enterPassword(page, GRACE);
    await arriveAt(page, 'Protect your account');
    await page.getByText(/You can skip this until .*\b29\b.* 2026/).waitFor();
    await stage.look(page, 'enroll-grace');
    await button(page, 'Skip for now').click();
    await arriveAt(page, 'Hello, Grace Hopper');

    stage.clock.advance(15 * DAY);
    const late = await stage.open();
    await enterPassword(late, GRACE);
    await arriveAt(late, 'Protect your account');
    expect(await button(late, 'Skip for now').count()).toBe(0);
    await setUpApp(stage, late);
  });

  it('go straight in where the organization has it switched off', async () => {
    const page = await stage.open();
    await enterPassword(page, 'ken@initech.example');
    await arriveAt(page, 'Hello, Ken Thompson');
  });

  it('are left to their identity provider', async () => {
    const page = await stage.open();
    await page.goto('/sso');
    await stage.look(page, 'single-sign-on');
    await button(page, /Continue as linus/).click();
    await arriveAt(page, 'Hello, Linus Torvalds');
    await stage.look(page, 'portal-federated');
  });

  it('pass by password alone where a program is exempt, and nobody else does', async () => {
    const ask = async (email: string, password = DEMO_PASSWORD) => {
      const authorization = `Basic ${Buffer.from(`${email}:${password}`).toString('base64')}`;
      const answer = await fetch(`${stage.url}/api/ping`, { headers: { authorization } });
      return [answer.status, ((await answer.json()) as { because?: string }).because];
    };
    expect(await ask('sync@acme.example')).toEqual([200, undefined]);
    expect(await ask('alan@acme.example')).toEqual([403, 'mfa-required']);
    expect(await ask('sync@acme.example', 'guess')).toEqual([401, 'wrong-credentials']);
    await stage.mfa.members.endExemption({ userId: 'sync', organizationId: 'acme', actorId: 'ada' });
    expect(await ask('sync@acme.example')).toEqual([403, 'mfa-required']);
  });
});
