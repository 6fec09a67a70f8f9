import { suggestName } from '../../../../src/factors/passkey/providers';
import { registered } from './portal';

describe('the name that is suggested for a passkey', () => {
  it('is that of the provider, by its AAGUID', async () => {
    const { state } = await registered({ aaguid: 'd548826e79b4db40a3d811116f7e8349', backupEligible: true });
    expect(suggestName(state)).toBe('Bitwarden');
  });

  it('tells a security key from a passkey where the model is not known', async () => {
    const { state } = await registered();
    const named = (transports: readonly string[], backupEligible = false) =>
      suggestName({ ...state, transports, backupEligible });
    expect(named(['usb', 'nfc'])).toBe('Security key');
    expect([named(['internal']), named(['hybrid', 'usb']), named([]), named(['usb'], true)]).toEqual(
      Array.from({ length: 4 }, () => 'Passkey'),
    );
    expect(suggestName({ ...state, aaguid: 'constructor' })).toBe('Passkey');
  });
});
