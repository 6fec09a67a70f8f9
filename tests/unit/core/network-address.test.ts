import { networkOf, parseAddress } from '../../../src/core/address/network-address';

describe('an address', () => {
  it.each([
    ['203.0.113.5', '203.0.113.5'],
    [' 203.0.113.5 ', '203.0.113.5'],
    ['203.0.113.5:0', '203.0.113.5'],
    ['203.0.113.5:65535', '203.0.113.5'],
    ['[203.0.113.5]:80', '203.0.113.5'],
    ['::ffff:203.0.113.5', '203.0.113.5'],
    ['[::ffff:203.0.113.5]:80', '203.0.113.5'],
    ['::FFFF:CB00:7105', '203.0.113.5'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1%eth0.1]:443', '2001:db8::1'],
    ['fe80::1%25', 'fe80::1'],
    ['::', '::'],
  ])('is read from %j', (text, address) => {
    expect(parseAddress(text)).toBe(address);
  });

  it.each([
    '',
    'unknown',
    '1',
    '0x7f000001',
    '010.0.0.1',
    '203.0.113',
    '203.0.113.256',
    '203.0.113.5:',
    '203.0.113.5:port',
    '203.0.113.5:999999',
    '203.0.113.5, 203.0.113.6',
    '[2001:db8::1',
    '2001:db8::1]:443',
    '[2001:db8::1]443',
    '[]:443',
    '2001:db8',
    '2001:db8:::1',
    '%eth0',
  ])('is none in %j', (text) => {
    expect(parseAddress(text)).toBeNull();
  });

  it('has a network: itself, or the /64 of an IPv6 address', () => {
    expect(networkOf('203.0.113.5')).toBe('203.0.113.5');
    expect(networkOf('2001:db8:0:1::1')).toBe('32.1.13.184.0.0.0.1/64');
    expect(networkOf('2001:db8:0:1:ffff:ffff:ffff:ffff')).toBe('32.1.13.184.0.0.0.1/64');
    expect(networkOf('2001:db8:0:1::1')).not.toBe(networkOf('2001:db8:0:2::1'));
    expect(networkOf('2001:db8:0:1::1')).not.toBe(networkOf('2001:db8:0:101::1'));
  });
});
