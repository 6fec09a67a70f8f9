import { createGuessedHost } from '../../support/guessed-host';
import { addPerson } from '../../support/member';

// The attack: the proxy writes addresses in a way of its own, or none at all. If everybody's address is the same to the app,
// the mistakes of a few strangers refuse all others.

describe('an address as a proxy writes it', () => {
  it.each([
    ['with a port', '203.0.113.5:51234', '203.0.113.5:4711', '203.0.113.6:51234'],
    ['within an IPv6 address', '::ffff:203.0.113.5', '203.0.113.5', '::ffff:203.0.113.6'],
    ['in hexadecimal within an IPv6 address', '::ffff:cb00:7105', '203.0.113.5', '::ffff:cb00:7106'],
    ['in brackets', '[2001:db8::1]', '2001:db8::2', '[2001:db8:0:1::1]'],
    ['in brackets with a port', '[2001:db8::1]:443', '[2001:db8::1]:444', '[2001:db8:0:1::1]:443'],
    ['with the name of an interface', 'fe80::1%eth0', 'fe80::1%en1', '2001:db8::1%eth0'],
  ])('is read %s', async (_how, address, same, other) => {
    const host = createGuessedHost();
    const person = addPerson(host.portal);
    for (let n = 0; n < 10; n += 1) expect(await host.call(person.username, address, 'guessed')).toBe(401);
    expect(await host.call(person.username, same)).toBe(429);
    expect((await host.logIn(person.username, other))[0]).toBe(200);
    expect(host.portal.errors).toEqual([]);
    await host.portal.mfa.close();
  });

  it.each(['unknown', '_SEVKISEK', '203.0.113', '999.1.1.1', '[203.0.113.5', '2001:db8::g'])(
    'refuses nobody where it is %s, and the host is told once',
    async (address) => {
      const host = createGuessedHost();
      for (let n = 0; n < 150; n += 1) await host.call(`somebody-${n}`, address, 'guessed');
      const person = addPerson(host.portal);
      for (let n = 0; n < 12; n += 1) expect(await host.call(person.username, address, 'guessed')).toBe(401);
      expect((await host.logIn(person.username, address))[0]).toBe(200);
      expect(await host.attack(person.username)).toBe(8);
      expect(host.portal.errors).toEqual([
        expect.objectContaining({ message: expect.stringContaining(`req.ip is "${address}"`) }),
      ]);
      await host.portal.mfa.close();
    },
  );

  it('is kept in no event for longer than an address is', async () => {
    const host = createGuessedHost();
    const addresses: (string | undefined)[] = [];
    host.portal.mfa.events.on('password-rejected', ({ address }) => addresses.push(address));
    await host.logIn('nobody', 'x'.repeat(500), 'guessed');
    await host.logIn('nobody', '203.0.113.5:51234', 'guessed');
    expect(addresses).toEqual(['x'.repeat(64), '203.0.113.5']);
    await host.portal.mfa.close();
  });
});
