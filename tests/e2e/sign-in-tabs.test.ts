import type { Page } from 'playwright-core';
import { startStage, type Stage } from '../support/example-app-stage';
import { arriveAt, button } from '../support/example-app-visitor';
import { DEMO_PASSWORD } from '../support/example-app';

const KEN = 'ken@initech.example';

/** Opens the page in each tab until both were asked for before the first answer came. */
async function openAtOnce(tabs: readonly Page[]): Promise<void> {
  const [context] = tabs.map((tab) => tab.context());
  for (let tries = 0; tries < 20; tries += 1) {
    await context?.clearCookies();
    await Promise.all(tabs.map((tab) => tab.goto('/mfa/login')));
    const cookies = (await context?.cookies()) ?? [];
    if (cookies.filter(({ name }) => name.startsWith('mfa-visitor-')).length === tabs.length) return;
  }
  throw new Error('One tab was always answered before the other asked.');
}

describe('two tabs with the sign-in page, opened before the browser has a cookie', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage({ storage: 'in memory' });
  });
  afterAll(() => stage.stop());

  it.each(['first', 'second'] as const)('let the person in by the %s', async (which) => {
    const first = await stage.open();
    const second = await first.context().newPage();
    await openAtOnce([first, second]);
    const page = which === 'first' ? first : second;
    await page.getByLabel('Email').fill(KEN);
    await page.getByLabel('Password').fill(DEMO_PASSWORD);
    await button(page, 'Sign in').click();
    await arriveAt(page, 'Hello, Ken Thompson');
  });
});
