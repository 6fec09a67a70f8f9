import { createAdminHost, signInProtected } from '../../support/admin-host';
import type { AdminHost } from '../../support/admin-host';
import type { HttpAgent } from '../../support/http-agent';

const MEMBERS = '/admin/mfa/acme/members';

describe('a form about a member', () => {
  let host: AdminHost;
  let agent: HttpAgent;

  beforeAll(async () => {
    host = createAdminHost();
    ({ agent } = await signInProtected(host, 'ada'));
  });

  it.each([
    ['settings', { enabled: true }],
    ['settings', { enabled: 'maybe' }],
    ['settings', { enabled: false, assignedKind: 'pigeon' }],
    ['exemption', { reason: 'x', until: '2026-12-31' }],
    ['exemption', { reason: 'x', until: 'soon' }],
    ['exemption/end', {}],
    ['reset', { reason: 'x' }],
    ['reset', {}],
    ['unlock', {}],
    ['end-sessions', {}],
  ])('says of nobody and of strangers only that they are not there: %s %j', async (path, body) => {
    for (const id of ['nobody', 'grace']) {
      const answered = await agent.postJson(`${MEMBERS}/${id}/${path}`, body);
      expect([id, answered.status, answered.body]).toMatchObject([id, 404, { because: 'not-found' }]);
      expect((await agent.post(`${MEMBERS}/${id}/${path}`, body)).status).toBe(404);
    }
  });

  it.each([
    [{ enabled: false, assignedKind: 'pigeon' }, 'kind-not-allowed'],
    [{ enabled: false, assignedKind: 'recovery-code' }, 'kind-not-allowed'],
    [{ enabled: 'maybe' }, 'malformed'],
  ])('assigns no kind that nobody can enroll, switched off or not: %j', async (body, because) => {
    const { settings } = await host.records.findMember('alan', 'acme');
    const refused = await agent.postJson(`${MEMBERS}/alan/settings`, body);
    expect([refused.status, refused.body]).toMatchObject([400, { because }]);
    expect((await host.records.findMember('alan', 'acme')).settings).toEqual(settings);
  });
});
