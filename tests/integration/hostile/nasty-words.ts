// Where hostile requests go, and what stands in them.

export const MEMBER_ROUTES = [
  ...['state', 'login', 'logout', 'challenge', 'challenge/factor', 'challenge/resend', 'step-up', 'unlock'],
  ...['enroll', 'enroll/skip', 'enroll/totp', 'enroll/totp/confirm', 'enroll/recovery-codes', 'enroll/done'],
  ...['enroll/sms', 'enroll/sms/confirm', 'enroll/sms/resend', 'enroll/email', 'enroll/email/confirm'],
  ...['settings', 'settings/authenticators/x/rename', 'settings/authenticators/x/remove'],
  ...['settings/recovery-codes', 'settings/remembered-browsers', 'settings/remembered-browsers/x/forget'],
  ...[
    'sessions',
    'sessions/x/end',
    'sessions/end-others',
    'sms-status',
    'assets/express-mfa.css',
    'assets/../x',
  ],
].map((route) => `/mfa/${route}`);
export const ADMIN_ROUTES = [
  ...[
    '',
    '/acme',
    '/acme/policy',
    '/acme/policy/preview',
    '/acme/disable',
    '/acme/members',
    '/acme/members.csv',
  ],
  ...['/acme/members/alan', '/acme/members/alan/settings', '/acme/members/alan/exemption'],
  ...['/acme/sessions', '/acme/events', '/acme/events.csv', '/initech', '/__proto__', '/constructor/policy'],
].map((route) => `/admin/mfa${route}`);
export const HOST_ROUTES = [
  '/',
  '/signup',
  '/payouts',
  '/api/ping',
  '/sso',
  '/outbox',
  '/nowhere',
  '/favicon.ico',
];

export const NASTY = [
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '../../etc/passwd',
    '%00',
    '%ff',
    '%',
    '%2e%2e%2f',
  ],
  ...[
    "' OR 1=1--",
    '<script>alert(1)</script>',
    '${7*7}',
    '<%= 7*7 %>',
    '{{7*7}}',
    '\u202e',
    '\ud800',
    '＋１２３４５６',
  ],
  ...['-1', '1e309', 'NaN', 'null', 'undefined', '[object Object]', 'true', '0x10', '9'.repeat(400)],
  ...[
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '\r\nSet-Cookie: a=b',
  ],
  ...['a@b.example\r\nBcc: c@d.example', '+442079460018', '+1 900 555 0100', '123456', '000000', 'on', ''],
];
export const FIELDS = [
  ...[
    'code',
    'label',
    'phone',
    'email',
    'authenticatorId',
    'username',
    'password',
    'returnTo',
    'rememberBrowser',
  ],
  ...['enabled', 'enrollment', 'methods', 'graceUntil', 'skips', 'sessionDurationSeconds', 'reason', 'until'],
  ...[
    '_csrf',
    '_method',
    'userId',
    'organizationId',
    'confirm',
    'forgetDevices',
    'saved',
    'filter',
    'cursor',
    'q',
  ],
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'settings[view options][outputFunctionName]',
    'cache',
    'code[]',
  ],
];
export const TYPES = [
  'application/json',
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=utf-7',
  'application/json; charset=utf-16',
  'multipart/form-data; boundary=x',
  'text/plain',
  'application/octet-stream',
  '',
  'application/json;'.repeat(50),
];
