import request from 'supertest';
import { NO_GUESSES } from '../../../src/core/member/guess-counter';
import { halfLoginsAt } from '../../support/half-logins';
import { createPortal } from '../../support/portal';
import { totpCode } from '../../support/totp';

// The attack: what no form sends as a code: wrong types, other digits, very many of them. Each gets a plain 4xx page or
// JSON, and none is counted.

const portal = createPortal();
const { clock } = portal;
const { atTheChallenge, atEnrollment } = halfLoginsAt(portal);

beforeAll(async () => {
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
});

afterEach(() => {
  expect(portal.errors.splice(0)).toEqual([]);
});

afterAll(() => portal.mfa.settled());

const huge = '1'.repeat(9000);

const NO_CODES: readonly unknown[] = [
  ['123456'],
  [['123456']],
  ['1', '2', '3', '4', '5', '6'],
  123_456,
  1e5,
  { 0: '123456' },
  { toString: '123456' },
  { $ne: '' },
  true,
  null,
  '',
  '12345',
  '1234567',
  '+123456',
  '-123456 7',
  '123.456',
  '12345e',
  '1e5000',
  '0x1234',
  '１２３４５Ｏ',
  '١٢٣٤٥',
  '123456\0',
  '123456\n7',
  '\u200B12345',
  huge,
];

const inScript = (code: string, zero: number) =>
  code.replaceAll(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));

describe('a malformed code', () => {
  it('is refused as JSON, and not counted', async () => {
    const { guest, person, secret } = await atTheChallenge();
    for (const code of NO_CODES) {
      const answer = await guest.postJson('/mfa/challenge', { code });
      expect([code, answer.status, answer.body.because]).toEqual([code, 400, 'malformed-code']);
    }
    const { guesses } = await portal.records.findMember(person.id, 'acme');
    expect(guesses.codes).toEqual(NO_GUESSES);
    const spaced = totpCode(secret, clock.now()).replace(/^.../, '$& ');
    expect((await guest.postJson('/mfa/challenge', { code: ` ${spaced}-` })).body.outcome).toBe('signed-in');
  });

  it.each([
    [
      'no-break spaces and direction marks',
      (code: string) => `\u200E${code.replace(/^.../, '$&\u00A0')}\u200F`,
    ],
    ['full-width digits', (code: string) => inScript(code, 0xff10)],
    ['Arabic digits', (code: string) => inScript(code, 0x0660)],
  ])('does not include a right code with %s', async (_what, write) => {
    const { guest, secret } = await atTheChallenge();
    const answer = await guest.post('/mfa/challenge', { code: write(totpCode(secret, clock.now())) });
    expect(answer.status).toBe(303);
    expect((await guest.getJson('/whoami')).body.authenticated).toBe(true);
  });

  it('is refused as a form, with the page again', async () => {
    const { guest } = await atTheChallenge();
    for (const field of [
      'code=1&code=123456',
      'code[]=123456',
      'code[a]=1',
      'code',
      '',
      `code=${huge}`,
      'code=%ff%fe',
    ]) {
      const token = await guest.csrfToken();
      const answer = await request(portal.app)
        .post('/mfa/challenge')
        .set({ accept: 'text/html', cookie: `session=${guest.cookie('session')}` })
        .type('form')
        .send(`_csrf=${token}&${field}`);
      expect([field, answer.status]).toEqual([field, 400]);
      expect(answer.headers['content-type']).toContain('text/html');
    }
    expect((await guest.getJson('/whoami')).body.authenticated).toBe(false);
  });

  it('is refused at enrollment and at a step-up', async () => {
    const { guest: enrolling } = await atEnrollment();
    await enrolling.postJson('/mfa/enroll/totp');
    const { guest, secret } = await atTheChallenge();
    await guest.postJson('/mfa/challenge', { code: totpCode(secret, clock.now()) });
    for (const code of NO_CODES) {
      const enrolled = await enrolling.postJson('/mfa/enroll/totp/confirm', { code });
      const steppedUp = await guest.postJson('/mfa/step-up', { code });
      expect([code, enrolled.body.because, steppedUp.body.because]).toEqual([
        code,
        'malformed-code',
        'malformed-code',
      ]);
    }
  });
});
