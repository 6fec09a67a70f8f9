import { startCrawledApp } from '../../../support/crawled-app';
import { fillPath, listRoutes } from '../../../support/route-inventory';
import { doorOf } from './doors';

// The crawl is as good as its list. It comes from the app itself, and must hold at least what the documentation names.

const enroll = (kind: string) => [
  `GET /mfa/enroll/${kind}`,
  `POST /mfa/enroll/${kind}`,
  `POST /mfa/enroll/${kind}/confirm`,
];
const ORGANIZATION = '/admin/mfa/:organizationId';
const MEMBER = `${ORGANIZATION}/members/:userId`;

const CONTRACT = [
  'GET /mfa/state',
  'GET /mfa/login',
  'POST /mfa/login',
  'POST /mfa/logout',
  'GET /mfa/challenge',
  'POST /mfa/challenge',
  'POST /mfa/challenge/factor',
  'POST /mfa/challenge/resend',
  'GET /mfa/step-up',
  'POST /mfa/step-up',
  'GET /mfa/enroll',
  'POST /mfa/enroll/skip',
  ...['passkey', 'totp', 'sms', 'email'].flatMap(enroll),
  'POST /mfa/enroll/sms/resend',
  'POST /mfa/enroll/email/resend',
  'GET /mfa/enroll/recovery-codes',
  'POST /mfa/enroll/recovery-codes',
  'GET /mfa/enroll/done',
  'GET /mfa/settings',
  'POST /mfa/settings/authenticators/:id/rename',
  'POST /mfa/settings/authenticators/:id/remove',
  'POST /mfa/settings/recovery-codes',
  'GET /mfa/sessions',
  'POST /mfa/sessions/:id/end',
  'POST /mfa/sessions/end-others',
  'GET /admin/mfa',
  `GET ${ORGANIZATION}`,
  `GET ${ORGANIZATION}/policy`,
  `POST ${ORGANIZATION}/policy`,
  `POST ${ORGANIZATION}/policy/preview`,
  `GET ${ORGANIZATION}/disable`,
  `POST ${ORGANIZATION}/disable`,
  `GET ${ORGANIZATION}/members`,
  `GET ${ORGANIZATION}/members.csv`,
  `GET ${MEMBER}`,
  ...['settings', 'exemption', 'exemption/end', 'reset', 'unlock', 'end-sessions'].map(
    (act) => `POST ${MEMBER}/${act}`,
  ),
  `GET ${ORGANIZATION}/sessions`,
  `POST ${ORGANIZATION}/sessions/end-all`,
  `GET ${ORGANIZATION}/events`,
  `GET ${ORGANIZATION}/events.csv`,
  'GET /',
  'GET /payouts',
  'GET /api/ping',
  'GET /signup',
  'POST /signup',
  'GET /outbox',
  'GET /outbox.json',
  'GET /sso',
  'POST /sso',
];

describe('the list of routes', () => {
  it('holds every route of the HTTP contract and of the example app, and one that was added later', async () => {
    const app = await startCrawledApp();
    const listed = listRoutes(app.app).flatMap(({ path, methods }) =>
      methods.map((method) => `${method} ${path}`),
    );
    await app.stop();
    expect(CONTRACT.filter((route) => !listed.includes(route))).toEqual([]);
    expect(listed).toEqual(expect.arrayContaining(['GET /added-later', 'DELETE /added-later']));
    expect(new Set(listed).size).toBe(listed.length);
  });

  it('does not know what stands for a new parameter until it is told', () => {
    const known = { 'sessions/:id': 'a/b' };
    expect(fillPath('/mfa/sessions/:id/end', known)).toBe('/mfa/sessions/a%2Fb/end');
    expect(() => fillPath('/mfa/devices/:id', known)).toThrow('Say what stands for devices/:id');
  });

  it('puts a new route behind the strictest door of its part of the app', () => {
    expect(doorOf('GET', '/mfa/new')).toBe('own');
    expect(doorOf('POST', '/mfa/settings/authenticators/:id/new')).toBe('change');
    expect(doorOf('POST', '/mfa/enroll/new')).toBe('enroll');
    expect(doorOf('GET', '/admin/mfa/:organizationId/new')).toBe('admin');
    expect(doorOf('POST', '/admin/mfa/:organizationId/new')).toBe('admin-change');
    expect(doorOf('GET', '/new')).toBe('portal');
  });
});
