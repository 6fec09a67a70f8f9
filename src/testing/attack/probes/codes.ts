import { sawOf } from '../crawl';
import type { AttackTarget, Finding, Probe } from '../probe';

export const CODE_PROBES: readonly Probe[] = [
  {
    name: 'replayed-code',
    asvs: ['6.5.1'],
    sentence: 'A code is accepted once.',
    async run(target) {
      const first = await target.enter('pending');
      const second = await target.signIn();
      const code = target.code();
      await target.answer(first, { code });
      const answer = await target.answer(second, { code });
      if (!(await target.isInside(second))) return [];
      return [{ request: 'the code of one sign-in in another one', saw: sawOf(answer) }];
    },
  },
  {
    name: 'raced-code',
    asvs: ['6.5.1', '15.4.2'],
    sentence: 'If several sign-ins send the same code at once, only one succeeds.',
    async run(target) {
      const browsers = [await target.enter('pending')];
      while (browsers.length < 5) browsers.push(await target.signIn());
      const path = `${target.pagesPath}/challenge`;
      const code = target.code();
      const forms = await Promise.all(browsers.map((browser) => browser.form({ code })));
      await Promise.all(
        browsers.map((browser, index) => browser.send({ method: 'POST', path, ...forms[index] })),
      );
      const inside = await Promise.all(browsers.map((browser) => target.isInside(browser)));
      const count = inside.filter(Boolean).length;
      return count < 2 ? [] : [{ request: 'one code in five sign-ins at once', saw: `${count} got in` }];
    },
  },
  {
    name: 'parallel-guesses',
    asvs: ['6.3.1', '6.6.3'],
    sentence: 'Twenty guesses at once end the sign-in, so that even the right code is refused.',
    async run(target) {
      const browser = await target.enter('pending');
      const path = `${target.pagesPath}/challenge`;
      const forms = await Promise.all(target.wrongCodes(20).map((code) => browser.form({ code })));
      await Promise.all(forms.map((form) => browser.try({ method: 'POST', path, ...form })));
      await target.answer(browser, { code: target.code() });
      if (!(await target.isInside(browser))) return [];
      return [{ request: 'twenty wrong codes at once, then the right one', saw: 'the right one got in' }];
    },
  },
  {
    name: 'odd-code',
    asvs: ['2.2.1', '16.5.3'],
    sentence: 'Only the code is accepted, and no other value.',
    async run(target) {
      const found: Finding[] = [];
      let browser = await target.enter('pending');
      for (const [index, code] of ODD_CODES.entries()) {
        if (index % CODES_A_LOGIN === 0) browser = await target.enter('pending');
        const { headers } = await browser.form();
        const json = { ...headers, 'content-type': 'application/json' };
        const body = JSON.stringify({ code });
        await browser.send({ method: 'POST', path: `${target.pagesPath}/challenge`, headers: json, body });
        if (!(await target.isInside(browser))) continue;
        found.push({ request: `the code ${body}`, saw: 'it got in' });
        browser = await target.enter('pending');
      }
      return found;
    },
  },
  {
    name: 'skipped-by-body',
    asvs: ['2.3.1', '15.3.3'],
    sentence: 'No field of a form skips the second step.',
    async run(target) {
      const found: Finding[] = [];
      for (const value of ['true', 'false', '1', '0', 'yes'])
        found.push(...(await sendFlags(target, value, false)));
      for (const value of ['true', 'false']) found.push(...(await sendFlags(target, value, true)));
      return found;
    },
  },
];

/** A pending login ends with the fifth wrong code. */
const CODES_A_LOGIN = 4;

const ODD_CODES: readonly unknown[] = [
  undefined,
  null,
  '',
  ' ',
  0,
  true,
  [],
  {},
  '000000',
  'null',
  'undefined',
  ['000000', '111111'],
  { $ne: null },
  { length: 6 },
  '%00',
  '1'.repeat(10_000),
];

/** Field names by which apps have let people skip the second step. */
const FLAGS = [
  'mfa',
  '2fa',
  'twoFactor',
  'secondFactor',
  'otp',
  'mfaRequired',
  'mfaEnabled',
  'mfaVerified',
  'mfa_verified',
  'verified',
  'isVerified',
  'authenticated',
  'skip',
  'skipMfa',
  'skipOtp',
  'skip2fa',
  'skip_mfa',
  'skipSecondFactor',
  'bypass',
  'bypassMfa',
  'remember',
  'rememberMe',
  'rememberBrowser',
  'trusted',
  'trustedDevice',
  'trust_device',
  'exempt',
  'enrolled',
  'federated',
  'admin',
  'isAdmin',
  'debug',
  'test',
];

async function sendFlags(target: AttackTarget, value: string, asJson: boolean): Promise<readonly Finding[]> {
  const change = { extraFields: Object.fromEntries(FLAGS.map((flag) => [flag, value])), asJson };
  const how = `with flags that are ${value}, as ${asJson ? 'JSON' : 'a form'}`;
  const found: Finding[] = [];
  const pending = await target.enter('pending');
  const signingIn = await target.signIn(change);
  if (await target.isInside(signingIn)) found.push({ request: `the first step ${how}`, saw: 'it got in' });
  const answering = pending.clone(change);
  await target.answer(answering, {});
  if (await target.isInside(answering)) found.push({ request: `the second step ${how}`, saw: 'it got in' });
  return found;
}
