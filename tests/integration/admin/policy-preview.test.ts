import { createAdminHost, signInProtected } from '../../support/admin-host';
import type { AdminHost } from '../../support/admin-host';
import type { HttpAgent } from '../../support/http-agent';

const PREVIEW = '/admin/mfa/acme/policy/preview';

describe('a preview of a policy', () => {
  let host: AdminHost;
  let agent: HttpAgent;

  beforeAll(async () => {
    host = createAdminHost();
    ({ agent } = await signInProtected(host, 'ada'));
  });

  it.each([
    [{ enrollment: 'forced' }, 'enrollment'],
    [{ graceUntil: 'soon' }, 'graceUntil'],
    [{ enabled: 'maybe' }, 'enabled'],
    [{ version: 'x' }, 'version'],
  ])('is refused for what cannot be saved: %j', async (body, field) => {
    const refused = await agent.postJson(PREVIEW, body);
    expect([refused.status, refused.body]).toMatchObject([400, { outcome: 'rejected', field }]);
    expect((await agent.post(PREVIEW, body)).status).toBe(400);
  });

  it('is refused where the form was made from a policy that is another now', async () => {
    const { version } = (await host.records.findPolicy('acme')).policy;
    await host.mfa.policies.save('acme', { skips: 2 });
    const late = await agent.postJson(PREVIEW, { enrollment: 'required', version });
    expect([late.status, late.body]).toMatchObject([409, { because: 'policy-changed-meanwhile' }]);
  });
});
