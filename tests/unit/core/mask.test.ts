import { maskDestination, maskEmail, maskPhone } from '../../../src/core/address/destination';

describe('masking', () => {
  it.each([
    ['mary@acme.example', 'm•••@acme.example'],
    ['m@acme.example', 'm•••@acme.example'],
    ['𝒎ary@acme.example', '𝒎•••@acme.example'],
    ['@acme.example', '•••'],
    ['nonsense', '•••'],
    ['', '•••'],
  ])('shows one letter and the domain of %j', (address, masked) => {
    expect(maskEmail(address)).toBe(masked);
  });

  it.each([
    ['+15005554417', '•••• 4417'],
    ['+447700900123', '•••• 0123'],
    ['+290123456', '•••• 3456'],
    ['+29012345', '•••• 45'],
  ])('shows the last digits of %s', (e164, masked) => {
    expect(maskPhone(e164)).toBe(masked);
  });

  it('masks each kind of destination as its own', () => {
    expect(maskDestination('email', 'ada@acme.example')).toBe('a•••@acme.example');
    expect(maskDestination('sms', '+15005554417')).toBe('•••• 4417');
  });
});
