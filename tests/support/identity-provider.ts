import { fork } from 'node:child_process';
import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';

/** How a person authenticated at the provider. */
export interface ProviderLogin {
  readonly accountId: string;
  readonly acr?: string;
  readonly amr?: readonly string[];
  /** Seconds since 1970. */
  readonly ts?: number;
}

/** The claims of a verified ID token. */
export type IdTokenClaims = Readonly<Record<string, unknown>> & { readonly sub: string };

export interface IdentityProvider {
  /** Signs a person in at the provider and returns the claims of the ID token, whose signature was verified. */
  signIn(login: ProviderLogin): Promise<IdTokenClaims>;
  stop(): void;
}

const CLIENT = 'Basic ' + Buffer.from('portal:not+a+secret+on+loopback').toString('base64');
const REDIRECT = 'http://localhost/callback';

/** oidc-provider on loopback. */
export async function startIdentityProvider(): Promise<IdentityProvider> {
  const child = fork(join(__dirname, 'identity-provider-process.mjs'), {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const [{ issuer }] = (await once(child, 'message')) as [{ readonly issuer: string }];
  return {
    async signIn(login) {
      const query = new URLSearchParams({
        client_id: 'portal',
        response_type: 'code',
        scope: 'openid',
        redirect_uri: REDIRECT,
        max_age: '999999999',
        login_hint: JSON.stringify(login),
      });
      const code = await followToCode(`${issuer}/auth?${query}`);
      const answer = await fetch(`${issuer}/token`, {
        method: 'POST',
        headers: { authorization: CLIENT },
        body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: REDIRECT }),
      });
      const { id_token: token } = (await answer.json()) as { readonly id_token: string };
      const keys = await (await fetch(`${issuer}/jwks`)).json();
      return verifyIdToken(token, keys as { readonly keys: readonly JsonWebKey[] });
    },
    stop: () => child.kill(),
  };
}

/** As a browser: follows the redirects of the provider with its cookies until it leads back to the app. */
async function followToCode(start: string): Promise<string> {
  const cookies = new Map<string, string>();
  let url = start;
  for (let hops = 0; hops < 10; hops += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie } });
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    if (location === null) throw new Error(`The provider answered ${answer.status}: ${await answer.text()}`);
    url = new URL(location, url).href;
    if (url.startsWith(REDIRECT)) return new URL(url).searchParams.get('code') ?? '';
  }
  throw new Error('The provider redirects in a circle.');
}

function verifyIdToken(token: string, { keys }: { readonly keys: readonly JsonWebKey[] }): IdTokenClaims {
  const [head = '', body = '', signature = ''] = token.split('.');
  const { kid } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { readonly kid: string };
  const key = keys.find((one) => one['kid'] === kid);
  if (key === undefined) throw new Error(`The provider has no key ${kid}.`);
  const signed = Buffer.from(`${head}.${body}`);
  const isRight = verify(
    'sha256',
    signed,
    createPublicKey({ key, format: 'jwk' }),
    Buffer.from(signature, 'base64url'),
  );
  if (!isRight) throw new Error('The signature of the ID token is wrong.');
  return JSON.parse(Buffer.from(body, 'base64url').toString()) as IdTokenClaims;
}
