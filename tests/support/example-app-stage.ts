import { redisStores, type Records } from './records';
import {
  createOutbox,
  type EmailSender,
  type LanguageOptions,
  type Outbox,
  type SmsSender,
} from 'express-mfa';

import type { Browser, Page } from 'playwright-core';
import { inspectPage, launchBrowser, openPage, runsScript } from './browser';
import { createClock } from './clock';
import { newestCode, startExampleApp, type RunningExampleApp } from './example-app';
import { connectRedis } from './redis-client';

export type Storage = 'in memory' | 'on Redis';
export const storages: readonly Storage[] = ['in memory', 'on Redis'];

interface StageOptions {
  readonly storage?: Storage;
  /** In memory, where the test puts something into them beforehand. */
  readonly records?: Records;
  readonly email?: EmailSender;
  readonly sms?: SmsSender;
  /** Reached by a name, so that it offers passkeys. */
  readonly byName?: boolean;
  readonly languages?: LanguageOptions;
}

/** The example app and a browser before it. */
export interface Stage extends Omit<RunningExampleApp, 'outbox'> {
  readonly outbox: Outbox;
  /** While true, no text message goes out. */
  smsFails: boolean;
  /** One more person's browser. */
  open(options?: { readonly javaScriptEnabled?: boolean; readonly width?: number }): Promise<Page>;
  /** The six digits in the newest message to an address. */
  codeFor(to: string): string;
  /** Checks a page the first time that a file gives its name, with JavaScript and without. */
  look(page: Page, name: string): Promise<void>;
}

let stages = 0;
/** The pages of a file, which look the same whatever store they are read from. */
const seen = new Set<string>();

export async function startStage(options: StageOptions = {}): Promise<Stage> {
  const clock = createClock();
  const outbox = createOutbox({ clock });
  const redis = options.storage === 'on Redis' ? connectRedis() : undefined;
  stages += 1;
  const failing = { smsFails: false };
  const sms: SmsSender = options.sms ?? {
    send: (message, signal) =>
      failing.smsFails ? Promise.reject(new Error('The network is down.')) : outbox.sms.send(message, signal),
  };
  const [browser, example] = await Promise.all([
    launchBrowser(),
    startExampleApp({
      clock,
      byName: options.byName ?? false,
      email: options.email ?? outbox.email,
      sms,
      onError: () => undefined,
      languages: options.languages,
      ...(options.records === undefined ? {} : { records: options.records }),
      ...(redis === undefined ? {} : redisStores(redis, { prefix: `stage-${stages}` })),
    }),
  ]);
  return Object.assign(failing, {
    ...example,
    outbox,
    open: (page: Parameters<Stage['open']>[0] = {}) => openPage(browser, { baseUrl: example.url, ...page }),
    codeFor: (to: string) => newestCode({ outbox }, to),
    async look(page: Page, name: string) {
      const shown = runsScript(page) ? name : `${name}-without-script`;
      if (seen.has(shown)) return;
      seen.add(shown);
      await inspectPage(page, shown, process.env['PICTURES_DIR'] === undefined ? undefined : [360, 1280]);
    },
    async stop() {
      await closeBrowser(browser);
      await example.stop();
      redis?.disconnect();
    },
  });
}

async function closeBrowser(browser: Browser): Promise<void> {
  await Promise.all(browser.contexts().map((context) => context.close()));
  await browser.close();
}
