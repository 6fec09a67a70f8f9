import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import { Webhook } from 'standardwebhooks';
import type { MfaEvent, WebhookEndpoint } from '../../../src/index';
import { createAdminHost, signInWithPlantedApp } from '../../support/admin-host';
import { textOf } from '../../support/page-text';
import { createPortal, PASSWORD, type Portal } from '../../support/portal';
import { startLoopbackServer, type LoopbackServer } from '../../support/loopback-server';
import { visit } from '../../support/member';
import { storeKinds } from '../../support/store-kinds';
import { totpCode } from '../../support/totp';

const SECRETS = ['a', 'b'].map((letter) => `whsec_${Buffer.from(letter.repeat(32)).toString('base64')}`);

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const HOUR = 3_600_000;

describe.each(storeKinds)('webhooks, on $kind', ({ open }) => {
  const { close, records, state } = open();
  const servers: LoopbackServer[] = [];
  const portals: Portal[] = [];
  afterAll(async () => {
    for (const { mfa } of portals) await mfa.close();
    for (const server of servers) await server.close();
    close();
  });

  /** A receiver that answers with a status, and everything that it got. */
  async function receive(statusOf: () => number = () => 204) {
    const received: Received[] = [];
    const answer: RequestListener = (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
        response.writeHead(statusOf(), { location: '/elsewhere' }).end();
      });
    };
    const server = await startLoopbackServer(answer);
    servers.push(server);
    return { url: `${server.url}/hook?key=hidden`, received };
  }

  function openPortal(endpoint: Pick<WebhookEndpoint, 'url'> & Partial<WebhookEndpoint>) {
    const webhooks = [{ secrets: SECRETS, dangerouslyAllowPrivateAddress: true, ...endpoint }];
    const portal = createPortal({ records, state, webhooks });
    portals.push(portal);
    return portal;
  }

  const ids = { next: 0 };
  /** An organization that no other test has. */
  const organization = () => `${expect.getState().currentTestName?.length ?? 0}-${(ids.next += 1)}`;
  const change = (portal: Portal, id: string) => portal.mfa.policies.save(id, { enrollment: 'required' });

  const settle = async ({ mfa }: Portal) => {
    await mfa.settled();
    await mfa.retryNotices();
  };

  it('are signed with every secret, and say what happened', async () => {
    const { url, received } = await receive();
    const portal = openPortal({ url, events: ['policy-changed'] });
    portal.clock.advance(Date.now() - portal.clock.now());
    const id = organization();
    await change(portal, id);
    await settle(portal);
    expect(received).toHaveLength(1);
    const [{ body, headers }] = received as [Received];
    for (const secret of SECRETS) {
      expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toMatchObject({
        type: 'mfa.policy-changed',
        timestamp: new Date(portal.clock.now()).toISOString(),
        data: { name: 'policy-changed', organizationId: id, details: { version: 1 } },
      });
    }
    const other = new Webhook(Buffer.from('c'.repeat(32)).toString('base64'));
    expect(() => other.verify(body, headers as Record<string, string>)).toThrow('No matching signature');
  });

  it.each([503, 404, 301])('are sent again with the same id after an answer of %d', async (status) => {
    const statuses = [status, 204];
    const { url, received } = await receive(() => statuses.shift() ?? 204);
    const portal = openPortal({ url, events: ['policy-changed'] });
    await change(portal, organization());
    await settle(portal);
    expect(received).toHaveLength(1);
    portal.clock.advance(60_000);
    await settle(portal);
    portal.clock.advance(HOUR);
    await settle(portal);
    expect(received).toHaveLength(2);
    expect(received[1]?.headers['webhook-id']).toBe(received[0]?.headers['webhook-id']);
    const bodies = received.map(({ body }) => JSON.parse(body) as unknown);
    expect(bodies[1]).toEqual(bodies[0]);
  });

  it('are sent by the next process where the first one ended', async () => {
    const { url, received } = await receive(() => (received.length < 2 ? 500 : 204));
    const id = organization();
    const first = openPortal({ url, events: ['policy-changed'] });
    await change(first, id);
    await first.mfa.close();
    const second = openPortal({ url, events: ['policy-changed'] });
    second.clock.advance(60_000);
    await settle(second);
    expect(received.map(({ body }) => JSON.parse(body).data.organizationId)).toEqual([id, id]);
  });

  it.each([
    ['after three days', 500, 4 * 24 * HOUR, 'it answered 500'],
    ['at once where the receiver is gone', 410, 0, 'it answered 410'],
  ])('are given up %s', async (_when, status, wait, because) => {
    const { url } = await receive(() => status);
    const portal = openPortal({ url, events: ['policy-changed'] });
    const id = organization();
    await change(portal, id);
    await settle(portal);
    portal.clock.advance(wait);
    await settle(portal);
    const dead = await portal.records.deadWebhooks.list(1000);
    const mine = dead.filter(({ organizationId }) => organizationId === id);
    expect(mine).toEqual([expect.objectContaining({ because, origin: new URL(url).origin })]);
    expect(portal.errors.map(String).join(' ')).toContain(because);
    expect(portal.errors.map(String).join(' ')).not.toContain('hidden');
  });

  it('are queued before a change of factors is answered', async () => {
    const { url } = await receive(() => 500);
    const portal = openPortal({ url, events: ['authenticator-added', 'recovery-codes-issued'] });
    const id = organization();
    portal.users.set(id, { id, username: id, password: PASSWORD, organizationId: id });
    await portal.mfa.policies.save(id, { enabled: true, enrollment: 'required' });
    const agent = visit(portal);
    await agent.postJson('/mfa/login', { username: id, password: PASSWORD });
    const { totp } = (await agent.postJson('/mfa/enroll/totp')).body as { totp: { secret: string } };
    const code = totpCode(totp.secret, portal.clock.now());
    expect((await agent.postJson('/mfa/enroll/totp/confirm', { code })).body.outcome).toBe('enrolled');
    const queued = await portal.records.webhooks.list(1000);
    const names = queued
      .filter(({ userId }) => userId === id)
      .map(({ body }) => (JSON.parse(body) as MfaEvent).name);
    expect(names.toSorted()).toEqual(['authenticator-added', 'recovery-codes-issued']);
  });

  it('go to no private address, and not over http, unless the endpoint allows it', async () => {
    const { received } = await receive();
    const port = servers.at(-1)?.url.split(':').at(-1);
    const portal = openPortal({
      url: `https://localhost:${port}/`,
      dangerouslyAllowPrivateAddress: undefined,
    });
    await change(portal, organization());
    await settle(portal);
    expect(received).toEqual([]);
    expect(portal.errors.map(String).join(' ')).toContain('its address is not public');
    expect(() => openPortal({ url: 'http://localhost/', dangerouslyAllowPrivateAddress: undefined })).toThrow(
      /webhooks\[0\]\.url: http: was passed as its scheme/,
    );
    expect(() => openPortal({ url: 'http://hooks.example.com/' })).toThrow(/scheme/);
    expect(() => openPortal({ url: 'https://hooks.example.com/', secrets: ['short'] })).toThrow(/24 or more/);
  });
});

it('administrators see on the events page which webhooks were given up, about their organization only', async () => {
  const server = await startLoopbackServer((_request, response) => response.writeHead(410).end());
  const webhooks = [
    { url: `${server.url}/hook?key=hidden`, secrets: SECRETS, dangerouslyAllowPrivateAddress: true },
  ];
  const host = createAdminHost({ webhooks });
  const save = (id: string) => host.mfa.policies.save(id, { enabled: true, enrollment: 'optional' });
  await save('acme');
  await save('initech');
  await host.mfa.settled();
  const { agent } = await signInWithPlantedApp(host, 'ada');
  await host.mfa.settled();
  const { body } = await agent.getJson('/admin/mfa/acme/events');
  const { undelivered } = body as { undelivered: { event: MfaEvent; attempts: number }[] };
  expect(undelivered.map(({ event }) => event.name)).toContain('policy-changed');
  expect(undelivered.every(({ event }) => event.organizationId === 'acme')).toBe(true);
  expect(undelivered[0]).toMatchObject({ because: 'it answered 410', origin: server.url, attempts: 1 });
  const page = await agent.get('/admin/mfa/acme/events');
  expect(textOf(page.text)).toContain('Events that weren’t delivered');
  expect(textOf(page.text)).toContain(`${server.url}: it answered 410`);
  expect(page.text).not.toContain('key=');
  await host.mfa.close();
  await server.close();
});
