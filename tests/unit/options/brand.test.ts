import * as fc from 'fast-check';
import { MfaError } from '../../../src/core/errors';
import { contrast, resolveBrands, type BrandOf } from '../../../src/options/brand';
import { refusal, resolve } from './given-options';

const hex = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`);

/** A resolver for the brand of a host, with what it reported. */
function brandsOf(brand: unknown) {
  const errors: unknown[] = [];
  const brandOf = resolveBrands(brand as BrandOf, {
    issuer: 'Acme Portal',
    onError: (error) => errors.push(error),
  });
  return { brandOf, errors };
}

const PLAIN = {
  name: 'Acme Portal',
  logoUrl: null,
  faviconUrl: null,
  supportUrl: null,
  helpLinks: [],
  accents: null,
  imageOrigins: [],
};

describe('the contrast of two colours', () => {
  it.each([
    ['#000000', '#ffffff', 21],
    ['#ffffff', '#ffffff', 1],
    ['#767676', '#ffffff', 4.54],
    ['#777777', '#ffffff', 4.48],
  ])('is that of WCAG: %s on %s', (one, other, ratio) => {
    expect(contrast(one, other)).toBeCloseTo(ratio, 2);
    expect(contrast(other, one)).toBeCloseTo(ratio, 2);
  });
});

describe('a brand', () => {
  it('leaves our colours, mark and icon where it says nothing', async () => {
    expect(await brandsOf(undefined).brandOf('acme')).toEqual(PLAIN);
  });

  it('is the same for everybody if it is an object', async () => {
    const { brandOf } = brandsOf({ name: 'Acme', supportUrl: '/help' });
    expect(await brandOf(null)).toEqual({ ...PLAIN, name: 'Acme', supportUrl: '/help' });
    expect(await brandOf('acme')).toBe(await brandOf(null));
  });

  it('allows images from the origins it names, and from no other', async () => {
    const { brandOf } = brandsOf({
      logoUrl: 'https://cdn.acme.example/logo.svg',
      faviconUrl: '/favicon.svg',
      supportUrl: 'https://help.acme.example',
    });
    expect((await brandOf(null)).imageOrigins).toEqual(['https://cdn.acme.example']);
  });

  it('has an accent that can be read on light and on dark pages, or is refused with the nearest that can', async () => {
    await fc.assert(
      fc.asyncProperty(hex, async (accent) => {
        if (contrast(accent, '#f6f7f9') < 4.5) {
          const { message } = refusal({ brand: { accent } });
          const [, nearest = ''] = /Write (#[0-9a-f]{6})\.$/.exec(message) ?? [];
          const { accents } = await resolve({ brand: { accent: nearest } }).brandOf(null);
          expect(accents?.light).toBe(nearest);
          return;
        }
        const { accents } = await brandsOf({ accent }).brandOf(null);
        expect(accents?.light).toBe(accent);
        expect(contrast(accents?.dark ?? '', '#181c25')).toBeGreaterThanOrEqual(4.5);
      }),
    );
  });

  it('keeps an accent on dark pages that can be read there', async () => {
    const { brandOf } = brandsOf({ accent: '#0B6E4F', darkAccent: '#5fd0a6' });
    expect((await brandOf(null)).accents).toEqual({ light: '#0b6e4f', dark: '#5fd0a6' });
    expect(refusal({ brand: { accent: '#0b6e4f', darkAccent: '#0b6e4f' } })).toMatchObject({
      option: 'brand.darkAccent',
    });
    expect(refusal({ brand: { darkAccent: '#5fd0a6' } })).toMatchObject({ option: 'brand.darkAccent' });
  });

  it.each([
    ['brand', { brand: 'Acme' }],
    ['brand.name', { brand: { name: 'Acme\r\nBcc: eve@evil.example' } }],
    ['brand.name', { brand: { name: '' } }],
    ['brand.accent', { brand: { accent: 'red' } }],
    ['brand.accent', { brand: { accent: '#fff' } }],
    ['brand.accent', { brand: { accent: '#0b6e4f;}' } }],
    ['brand.logoUrl', { brand: { logoUrl: 'http://acme.example/logo.svg' } }],
    ['brand.logoUrl', { brand: { logoUrl: '//acme.example/logo.svg' } }],
    ['brand.logoUrl', { brand: { logoUrl: 'data:image/svg+xml,<svg/>' } }],
    ['brand.logoUrl', { brand: { logoUrl: 'https://acme.example;sandbox/logo.svg' } }],
    ['brand.logoUrl', { brand: { logoUrl: 'https://*/logo.svg' } }],
    ['brand.faviconUrl', { brand: { faviconUrl: 'favicon.svg' } }],
    ['brand.supportUrl', { brand: { supportUrl: 'javascript:alert(1)' } }],
    ['brand.helpLinks', { brand: { helpLinks: [{ label: 'Help', url: 'javascript:alert(1)' }] } }],
    ['brand.colour', { brand: { colour: '#000000' } }],
    ['stylesheet', { stylesheet: 'https://cdn.acme.example/theme.css' }],
    ['signInLinks', { signInLinks: [{ label: 'Forgot', url: 'javascript:alert(1)' }] }],
    ['signInLinks', { signInLinks: [{ label: '', url: '/forgot' }] }],
    ['signInLinks', { signInLinks: Array.from({ length: 6 }, () => ({ label: 'Help', url: '/help' })) }],
  ])('is refused: %s in %j', (option, changes) => {
    expect(refusal(changes)).toMatchObject({ option });
  });

  it('takes images from hosts with a port, an underscore or a number', async () => {
    const origins = ['https://my_bucket.example:8443', 'https://192.0.2.7', 'https://[2001:db8::7]'];
    for (const origin of origins) {
      // oxlint-disable-next-line no-await-in-loop
      const { imageOrigins } = await brandsOf({ logoUrl: `${origin}/logo.svg` }).brandOf(null);
      expect(imageOrigins).toEqual([origin]);
    }
  });
});

describe('a brand that is a function', () => {
  it('answers for each organization, and for null before anybody is known', async () => {
    const { brandOf, errors } = brandsOf(async (id: string | null) =>
      id === null ? undefined : { name: `${id} Ltd` },
    );
    expect(await brandOf('acme')).toEqual({ ...PLAIN, name: 'acme Ltd' });
    expect(await brandOf(null)).toEqual(PLAIN);
    expect(errors).toEqual([]);
  });

  it('uses the nearest colour that can be read, and reports it once for each organization and colour', async () => {
    let accent = '#eeee00';
    const { brandOf, errors } = brandsOf(() => ({ accent, darkAccent: '#000000' }));
    const { accents } = await brandOf('acme');
    expect(contrast(accents?.light ?? '', '#f6f7f9')).toBeGreaterThanOrEqual(4.5);
    expect(contrast(accents?.dark ?? '', '#181c25')).toBeGreaterThanOrEqual(4.5);
    expect(errors.map(String)).toEqual([
      expect.stringMatching(/brand\("acme"\) .*brand\.accent: #eeee00 .*The nearest one is used\./),
      expect.stringMatching(/brand\("acme"\) .*brand\.darkAccent: #000000 /),
    ]);
    await brandOf('acme');
    expect(errors).toHaveLength(2);
    await brandOf('globex');
    expect(errors).toHaveLength(4);
    accent = '#ffff00';
    await brandOf('acme');
    expect(errors).toHaveLength(5);
  });

  it('keeps a bright colour on dark pages', async () => {
    const { brandOf } = brandsOf(() => ({ accent: '#E0A000' }));
    expect((await brandOf('acme')).accents).toEqual({ light: '#946a00', dark: '#e0a000' });
  });

  it.each<[string, () => unknown, RegExp]>([
    [
      'throws',
      () => {
        throw new Error('no database');
      },
      /it failed/,
    ],
    ['rejects', () => Promise.reject(new Error('no database')), /it failed/],
    ['answers with text', () => 'Acme', /brand: a text of 4 characters was passed/],
    ['names an address that is none', () => ({ logoUrl: 'javascript:alert(1)' }), /brand\.logoUrl: /],
    ['names an origin that breaks the policy', () => ({ logoUrl: 'https://a;sandbox/' }), /brand\.logoUrl: /],
    ['names a colour that is none', () => ({ accent: 'red' }), /brand\.accent: /],
    ['has a name with a line break', () => ({ name: 'Acme\nBcc: eve@evil.example' }), /brand\.name: /],
    ['has a field that is none', () => ({ logo: '/logo.svg' }), /brand\.logo: /],
  ])('shows our look and reports it once if it %s', async (_case, answer, words) => {
    const { brandOf, errors } = brandsOf(answer);
    expect(await brandOf('acme')).toEqual(PLAIN);
    expect(await brandOf('acme')).toEqual(PLAIN);
    expect(errors).toEqual([expect.any(MfaError)]);
    expect(String(errors[0])).toMatch(words);
    expect(errors[0]).toMatchObject({ code: 'host-misconfigured', cause: expect.any(Error) });
  });

  it('is not waited for longer than two seconds', async () => {
    jest.useFakeTimers();
    try {
      const { brandOf, errors } = brandsOf(() => new Promise(() => undefined));
      const answered = brandOf('acme');
      await jest.advanceTimersByTimeAsync(2000);
      expect(await answered).toEqual(PLAIN);
      expect(errors).toHaveLength(1);
    } finally {
      jest.useRealTimers();
    }
  });
});
