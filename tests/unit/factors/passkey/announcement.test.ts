import type { Authenticator } from '../../../../src/core/member/authenticator';
import type { FactorTools } from '../../../../src/factors/factor';
import { passkey } from '../../../../src/factors/passkey/definition';
import type { PasskeyState } from '../../../../src/factors/passkey/passkey-state';
import { registered, relyingParty, userHandle } from './portal';

const tools = {
  passkeys: { relyingParty, allowedAaguids: null, deniedAaguids: [] },
} as unknown as FactorTools;

async function authenticator(id: string): Promise<Authenticator> {
  const { state } = await registered();
  return {
    id,
    kind: 'passkey',
    label: 'Passkey',
    createdAt: 0,
    lastUsedAt: null,
    failures: 0,
    disabledAt: null,
    state: { ...state, userHandle },
    sealedSecret: null,
    maskedDestination: null,
    organizationId: 'acme',
  };
}

const announced = (left: readonly Authenticator[], owner: string | null = null) =>
  passkey.announce?.(left, owner, tools) ?? null;

describe('what the browser is told about the passkeys that are left', () => {
  it('is the list of their ids, under the handle of their owner', async () => {
    const left = [await authenticator('a'), await authenticator('b')];
    const ids = left.map(({ state }) => (state as PasskeyState).credentialId);
    const signal = { rpId: 'portal.example.com', userId: userHandle, allAcceptedCredentialIds: ids };
    // The handle of a stranger in the address counts for nothing.
    expect(announced(left, 'c3RyYW5nZXI')).toEqual({ view: 'factors/passkey/signal', shown: { signal } });
  });

  it('is an empty list after the last one was removed, and nothing where there never was one', () => {
    expect(announced([], userHandle)?.shown).toEqual({
      signal: { rpId: 'portal.example.com', userId: userHandle, allAcceptedCredentialIds: [] },
    });
    expect(announced([])).toBeNull();
  });

  it('is nothing where one of them cannot be read here, since the browser would hide it', async () => {
    const [read, unread] = [await authenticator('a'), await authenticator('b')];
    expect(announced([read, { ...unread, state: { format: 2 } }], userHandle)).toBeNull();
  });

  it('is nothing where passkeys are off', async () => {
    const off = { passkeys: null } as unknown as FactorTools;
    expect(passkey.announce?.([await authenticator('a')], userHandle, off)).toBeNull();
  });
});
