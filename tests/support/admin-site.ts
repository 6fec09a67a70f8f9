import type { Page } from 'playwright-core';
import { createAdminHost, enrollApp, HOST_PASSWORD, signInProtected, signInToChange } from './admin-host';
import type { AdminHost } from './admin-host';
import { startLoopbackServer } from './loopback-server';
import { totpCode } from './totp';

/** The host with administrators' pages, on a port for a browser. */
export interface AdminSite extends AdminHost {
  readonly url: string;
  /** People in every state that the pages show, and an administrator with an app. */
  fill(): Promise<void>;
  signInAsAdministrator(page: Page): Promise<void>;
  /** Types the code that the administrator's app shows now. */
  enterCode(page: Page): Promise<void>;
  signInAs(page: Page, username: string): Promise<void>;
  /** Another administrator saves the policy. */
  saveMeanwhile(): Promise<void>;
  close(): Promise<void>;
}

const DAY = 86_400_000;
const LIMITS = { perChallenge: 5, perUser: 10, perAuthenticator: 100, lockSeconds: 1800 };

export async function startAdminSite(): Promise<AdminSite> {
  const waiting: { app?: AdminHost['app'] } = {};
  const server = await startLoopbackServer((req, res) => waiting.app?.(req, res));
  const host = createAdminHost({ baseUrl: server.url });
  waiting.app = host.app;
  let secret = '';

  async function signInAs(page: Page, username: string): Promise<void> {
    await page.goto('/mfa/login');
    await page.getByLabel('Email').fill(username);
    await page.getByLabel('Password').fill(HOST_PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForLoadState();
  }

  async function enterCode(page: Page): Promise<void> {
    // With the script, a complete code is sent by itself.
    const scripted = await page.evaluate('document.documentElement.classList.contains("with-script")');
    await page.getByLabel('Code').fill(totpCode(secret, host.clock.now()));
    if (scripted !== true) await page.getByRole('button', { name: 'Continue' }).click();
  }

  return {
    ...host,
    url: server.url,
    signInAs,
    enterCode,
    async fill() {
      ({ secret } = await signInProtected(host, 'ada'));
      const mary = await signInToChange(host, 'mary');
      await enrollApp(host, mary);
      await host.mfa.members.exempt(
        { userId: 'sync', organizationId: 'acme', actorId: 'ada' },
        { reason: 'data export', until: host.clock.now() + 5 * DAY },
      );
      await host.records.establishUserEpoch('alan', 'signed in before');
      for (let guess = 0; guess < 10; guess += 1) {
        const now = host.clock.now();
        await host.records.spendGuess({
          userId: 'alan',
          group: 'codes',
          rank: 3,
          authenticatorId: null,
          limits: LIMITS,
          now,
        });
      }
      await host.mfa.members.save(
        { userId: 'alan', organizationId: 'acme', actorId: 'ada' },
        { enabled: true, assignedKind: 'email' },
      );
      for (const [index, configured] of [0, 0, 1, 1, 1, 2, 2].entries()) {
        const day = new Date(host.clock.now() - (14 - 2 * index) * DAY).toISOString().slice(0, 10);
        await host.records.saveDailyCounts('acme', { day, members: 5, configured }, 400);
      }
      await host.mfa.settled();
    },
    async signInAsAdministrator(page) {
      host.clock.advance(30_000);
      await signInAs(page, 'ada');
      await enterCode(page);
      await page.getByRole('heading', { name: 'Hello ada' }).waitFor();
    },
    async saveMeanwhile() {
      await host.mfa.policies.save('acme', { skips: (Math.floor(host.clock.now() / 1000) % 90) + 1 });
    },
    close: () => server.close(),
  };
}
