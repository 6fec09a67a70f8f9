/** Every route of one organization's pages, with a body that would be accepted. */
export interface AdminRouteCase {
  readonly method: 'GET' | 'POST';
  /** Below the organization's path. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Names a member in the path. */
  readonly member?: true;
  /** Needs a fresh proof. */
  readonly change?: true;
}

export function adminRoutes(userId: string): readonly AdminRouteCase[] {
  const member = `/members/${encodeURIComponent(userId)}`;
  const post = (path: string, body: AdminRouteCase['body'] = {}) =>
    ({ method: 'POST', path, body, change: true }) as const;
  const act = (path: string, body?: AdminRouteCase['body']) =>
    ({ ...post(`${member}${path}`, body), member: true }) as const;
  return [
    { method: 'GET', path: '' },
    { method: 'GET', path: '/policy' },
    post('/policy', { enabled: true, enrollment: 'required', methods: ['totp', 'email'] }),
    { method: 'POST', path: '/policy/preview', body: { enabled: true, enrollment: 'required' } },
    { method: 'GET', path: '/disable' },
    post('/disable', { forgetDevices: true, confirm: true }),
    { method: 'GET', path: '/members' },
    { method: 'GET', path: '/members.csv' },
    { method: 'GET', path: member, member: true },
    act('/settings', { enabled: true, assignedKind: 'email' }),
    act('/exemption', { reason: 'nightly export', until: '2026-12-31' }),
    act('/exemption/end'),
    act('/reset', { reason: 'lost the phone, known by voice' }),
    act('/unlock'),
    act('/end-sessions'),
    act('/sessions/none/end'),
    act('/remind'),
    { method: 'GET', path: '/bulk?act=remind&filter=all' },
    post('/bulk', { act: 'end-sessions', user: ['alan'] }),
    { method: 'GET', path: '/bulk/remind' },
    { method: 'GET', path: '/sessions' },
    post('/sessions/end-all'),
    { method: 'GET', path: '/events' },
    { method: 'GET', path: '/events.csv' },
  ];
}
