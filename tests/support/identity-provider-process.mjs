import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

// An OpenID Connect provider in a process of its own, since oidc-provider is an ES module. It is told by the parameter `login_hint`,
// as JSON, how the person authenticated: { accountId, acr, amr, ts }.

const CLIENT = {
  client_id: 'portal',
  client_secret: 'not a secret on loopback',
  redirect_uris: ['http://localhost/callback'],
};

let provider;
const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    response.writeHead(500).end(String(error));
  });
});

async function answer(request, response) {
  if (!request.url.startsWith('/interaction/')) return provider.callback()(request, response);
  const { params } = await provider.interactionDetails(request, response);
  const login = JSON.parse(params.login_hint);
  return provider.interactionFinished(request, response, { login });
}

server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  provider = new Provider(issuer, {
    clients: [CLIENT],
    claims: { openid: ['sub', 'acr', 'amr', 'auth_time'] },
    acrValues: ['urn:example:mfa', 'urn:example:password'],
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    conformIdTokenClaims: false,
    pkce: { required: () => false },
    cookies: { keys: ['loopback'] },
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client.clientId,
        accountId: oidc.session.accountId,
      });
      grant.addOIDCScope('openid');
      await grant.save();
      return grant;
    },
  });
  process.send({ issuer });
});
