import { addressOnFile } from '../../../src/core/address/destination';

const onFile = { email: 'ada@acme.example', phone: '+442079460018' };

describe('addressOnFile', () => {
  it.each([
    ['email', 'on-file-email', 'email', onFile.email],
    ['sms', 'on-file-sms', 'sms', onFile.phone],
    ['sms', 'on-file-sms', 'email', onFile.email],
    ['sms', 'enrolled', 'email', onFile.email],
    ['sms', 'enrolled', 'sms', null],
    ['email', 'enrolled', 'email', null],
  ] as const)('of a code by %s to %s that went by %s is %s', (kind, authenticatorId, sentBy, address) => {
    expect(addressOnFile({ authenticatorId, sentBy, fellBack: kind !== sentBy }, onFile)).toBe(address);
  });

  it('is no address, and not an enrolled one, where there is none any more', () => {
    const none = [
      addressOnFile({ authenticatorId: 'on-file-email', sentBy: 'email', fellBack: false }, {}),
      addressOnFile({ authenticatorId: 'on-file-sms', sentBy: 'sms', fellBack: false }, {}),
    ];
    expect(none).toEqual(['', '']);
  });
});
