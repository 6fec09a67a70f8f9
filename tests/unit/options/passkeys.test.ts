import { resolvePasskeys } from '../../../src/options/passkeys';
import { resolve } from './given-options';

const site = { issuer: 'Acme Portal', origin: 'https://portal.example.com' };

describe('the option passkeys', () => {
  it('is off where it is left out, and takes the rest from the address of the app', () => {
    expect(resolvePasskeys(undefined, site)).toBeNull();
    expect(resolvePasskeys({}, site)).toEqual({
      relyingParty: {
        id: 'portal.example.com',
        name: 'Acme Portal',
        origins: ['https://portal.example.com'],
      },
      relatedOrigins: [],
      signIn: false,
      allowedAaguids: null,
      deniedAaguids: [],
    });
    expect(resolve({ passkeys: {} }).availableKinds).toContain('passkey');
    expect(resolve().availableKinds).not.toContain('passkey');
  });

  it('takes a domain above, origins below it, and related origins elsewhere', () => {
    const { relyingParty } =
      resolvePasskeys(
        {
          rpId: 'example.com',
          rpName: 'Acme',
          origins: ['https://portal.example.com', 'https://shop.example.com'],
          relatedOrigins: ['https://portal.example.de'],
        },
        site,
      ) ?? {};
    expect(relyingParty).toEqual({
      id: 'example.com',
      name: 'Acme',
      origins: ['https://portal.example.com', 'https://shop.example.com', 'https://portal.example.de'],
    });
  });

  it('lets passkeys be the way in only where the host says who may come in', () => {
    expect(() => resolvePasskeys({ signIn: true }, site)).toThrow('Write users: { maySignIn:');
    expect(resolvePasskeys({ signIn: true }, { ...site, saysWhoMaySignIn: true })).toMatchObject({
      signIn: true,
    });
  });

  it.each([
    [{ rpId: 'example.org' }, site.origin, 'passkeys.rpId'],
    [{ rpId: 'ample.com' }, site.origin, 'passkeys.rpId'],
    [{ origins: ['https://example.com'] }, site.origin, 'passkeys.origins'],
    [{ origins: ['https://portal.example.com.evil.example'] }, site.origin, 'passkeys.origins'],
    [{}, 'http://127.0.0.1:3000', 'passkeys.rpId'],
  ])('refuses %j at %s, and says how to fix it', (given, origin, option) => {
    expect(() => resolvePasskeys(given, { ...site, origin })).toThrow(option);
    expect(() => resolvePasskeys(given, { ...site, origin })).toThrow('Write ');
  });

  it.each([
    { rpId: 'https://example.com' },
    { rpId: '127.0.0.1' },
    { rpName: '' },
    { origins: [] },
    { origins: ['https://portal.example.com/'] },
    { relatedOrigins: ['portal.example.de'] },
    { allowedAaguids: ['yubikey'] },
    { deniedAaguids: [] },
    { rpID: 'example.com' },
  ])('refuses %j', (passkeys) => {
    expect(() => resolve({ passkeys })).toThrow('passkeys.');
  });
});
