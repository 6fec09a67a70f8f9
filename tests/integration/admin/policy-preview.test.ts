import { createAdminHost, signInProtected } from '../../support/admin-host';
import type { AdminHost } from '../../support/admin-host';
import type { HttpAgent } from '../../support/http-agent';
import { textOf } from '../../support/page-text';
import { plantApp } from '../../support/planted';

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

  it('stands above the form, with each changed rule before and after', async () => {
    const body = { methods: ['totp', 'email'], skips: 3 };
    const { text } = await agent.post(PREVIEW, body);
    expect(text).toContain(`formaction="${PREVIEW}#preview"`);
    expect(text.indexOf('<h2 id="preview" tabindex="-1">')).toBeLessThan(text.indexOf('name="enrollment"'));
    const said = textOf(text);
    expect(said).toMatch(/What changes Rule Now After saving Methods .*text message.* Skips no count 3 /i);
    expect(said).not.toContain('Maximum session length 90 days');
    expect(said).toContain('Save policy Keep editing');
  });

  it('names the people who lose a method, with a link to all of them', async () => {
    await plantApp(host, 'mary');
    const body = { methods: ['sms', 'email'] };
    const { text } = await agent.post(PREVIEW, body);
    const lost = text.slice(text.indexOf('Who loses a method'), text.indexOf('Keep editing'));
    expect(textOf(lost)).toContain('Authenticator app: 2 members, 2 of them without another method.');
    expect(lost).toContain('href="/admin/mfa/acme/members?filter=totp"');
    expect(lost).toContain('href="/admin/mfa/acme/members/mary"');
    expect((await agent.postJson(PREVIEW, body)).body).toMatchObject({
      changed: ['methods'],
      losses: [{ kind: 'totp', count: 2, withoutOther: 2, people: [{ id: 'ada' }, { id: 'mary' }] }],
    });
  });

  it('says in one sentence that nothing was changed', async () => {
    const { text } = await agent.post(PREVIEW, {});
    expect(textOf(text)).toContain('You haven’t changed anything, so saving keeps the policy as it is.');
    expect(textOf(text)).not.toContain('What changes');
    expect(text.match(/Save policy/g)).toHaveLength(1);
  });

  it('is refused where the form was made from a policy that is another now', async () => {
    const { version } = (await host.records.findPolicy('acme')).policy;
    await host.mfa.policies.save('acme', { skips: 2 });
    const late = await agent.postJson(PREVIEW, { enrollment: 'required', version });
    expect([late.status, late.body]).toMatchObject([409, { because: 'policy-changed-meanwhile' }]);
  });
});
