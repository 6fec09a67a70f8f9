import { wideNetworkOf } from '../../../src/core/address/network-address';
import { MOST_SEEN, NO_BROWSERS, noteSignInTraits } from '../../../src/core/member/browser-rules';

const HOME = { browser: 'Firefox on Linux', network: '203.0' };
const seenAt = (...all: readonly (typeof HOME)[]) =>
  all.reduce((document, traits) => noteSignInTraits(document, traits).next, NO_BROWSERS);

describe('the browser of a sign-in', () => {
  it('is the first, then known, and new where its name or its network is', () => {
    expect(noteSignInTraits(NO_BROWSERS, HOME).outcome).toBe('first');
    const document = seenAt(HOME);
    expect(noteSignInTraits(document, HOME)).toEqual({ next: document, outcome: 'known' });
    expect(noteSignInTraits(document, { ...HOME, browser: 'Safari on iOS' }).outcome).toBe('new');
    expect(noteSignInTraits(document, { ...HOME, network: '198.51' }).outcome).toBe('new');
  });

  it('is known where its name and its network were seen apart', () => {
    const document = seenAt(HOME, { browser: 'Safari on iOS', network: '198.51' });
    expect(noteSignInTraits(document, { ...HOME, network: '198.51' }).outcome).toBe('known');
  });

  it('keeps what was there, and forgets the oldest of very many', () => {
    const browsers = Array.from({ length: MOST_SEEN + 1 }, (_, index) => `Browser ${index}`);
    const document = seenAt(...browsers.map((browser) => ({ ...HOME, browser })));
    expect(document.seen.browsers).toHaveLength(MOST_SEEN);
    expect(document.seen).toEqual({ browsers: browsers.slice(1).toReversed(), networks: [HOME.network] });
    expect(document.browsers).toBe(NO_BROWSERS.browsers);
  });
});

describe('the wide network of an address', () => {
  it.each([
    ['8.8.4.4', '8.8'],
    ['::ffff:8.8.4.4', '8.8'],
    ['2001:4860:4860::8888', '32.1.72.96'],
    ['10.1.2.3', 'private'],
    ['127.0.0.1', 'private'],
    ['fe80::1%eth0', 'private'],
    ['no address', 'private'],
    ['', 'private'],
  ])('of %j is %j', (address, network) => {
    expect(wideNetworkOf(address)).toBe(network);
  });
});
